package generated

import (
	"math"
	"strconv"
	"testing"

	"ventral/experiments/stimuli"
)

// one is a grating of single values.
func one() *Gratings {
	g := NewGratings()
	g.Size, g.Orientation, g.Frequency, g.Phase, g.Contrast, g.Draw = 64, []float64{0}, []float64{4}, []float64{0}, []float64{1}, 0
	return g
}

// TestGratingValues: luminance at single pixels, by hand.
func TestGratingValues(t *testing.T) {
	at := func(g *Gratings, x, y int) float64 {
		return float64(pixels(t, open(t, g, 1), stimuli.Train, 0)[y*g.Size+x])
	}
	check := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-6 { // of float32
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	g := one()
	// 4 cycles in 64 pixels: a period of 16. Row 32 has its middle half a pixel below the
	// centre, 1/32 of a period.
	check("horizontal bars, peak", at(g, 5, 32), 0.5+0.5*math.Cos(2*math.Pi/32))
	check("the same along a row", at(g, 60, 32), 0.5+0.5*math.Cos(2*math.Pi/32))
	check("half a period below", at(g, 5, 40), 0.5-0.5*math.Cos(2*math.Pi/32))
	g.Phase = []float64{90}
	check("phase 90", at(g, 5, 32), 0.5-0.5*math.Sin(2*math.Pi/32))
	g = one()
	g.Orientation = []float64{90}
	check("vertical bars", at(g, 40, 3), 0.5-0.5*math.Cos(2*math.Pi/32))
	g.Contrast = []float64{0.2}
	check("contrast 0.2", at(g, 40, 3), 0.5-0.1*math.Cos(2*math.Pi/32))
	// Bars at 45° rise to the right: a step right and a step up change nothing.
	g = one()
	g.Orientation = []float64{45}
	check("oblique bars", at(g, 30, 30), at(g, 35, 25))
	if math.Abs(at(g, 30, 30)-at(g, 35, 35)) < 0.1 {
		t.Error("bars at 45° fall to the right")
	}
	g = one()
	g.Contrast, g.Plaid = []float64{0.5}, []float64{0.5}
	check("plaid, both at their peak", at(g, 32, 32), 0.5+0.5*math.Cos(2*math.Pi/32))
	check("plaid, one at its peak", at(g, 32, 40), 0.5)
	g = one()
	g.Diameter, g.X = []float64{0.5}, []float64{0.25}
	check("outside the diameter", at(g, 10, 32), 0.5)
	check("inside", at(g, 48, 32), 0.5+0.5*math.Cos(2*math.Pi/32))
	g.X, g.Surround, g.SurroundOrientation, g.Gap = []float64{0}, []float64{1}, []float64{90}, []float64{0.1}
	check("ring", at(g, 32, 13), 0.5)
	check("surround", at(g, 32, 4), 0.5+0.5*math.Cos(2*math.Pi/32))
	check("surround, half a period on", at(g, 40, 4), 0.5-0.5*math.Cos(2*math.Pi/32))
}

// TestGratingMoments: a grating of whole cycles has mean ½ and the standard deviation of
// a sine, contrast/√8; an aperture has the area of its circle.
func TestGratingMoments(t *testing.T) {
	g := one()
	g.Orientation, g.Frequency, g.Contrast, g.Phase = []float64{0, 90}, []float64{2, 4, 8}, []float64{0.3, 1}, []float64{20}
	d := open(t, g, 1)
	if n := d.about.Images; n != [3]int{12, 12, 12} {
		t.Fatalf("%v images, want all 12 combinations in every split", n)
	}
	seen := map[string]bool{}
	for i := range 12 {
		f := told(t, d, stimuli.Test, i)
		contrast, err := strconv.ParseFloat(f["contrast"], 64)
		if err != nil {
			t.Fatal(err)
		}
		seen[f["orientation"]+" "+f["frequency"]+" "+f["contrast"]] = true
		mean, square := 0.0, 0.0
		for _, v := range pixels(t, d, stimuli.Test, i) {
			mean += float64(v) / 4096
			square += (float64(v) - 0.5) * (float64(v) - 0.5) / 4096
		}
		if math.Abs(mean-0.5) > 1e-6 || math.Abs(math.Sqrt(square)-contrast/math.Sqrt(8)) > 1e-6 {
			t.Errorf("grating %v has mean %v, deviation %v, want 0.5 and %v", f, mean, math.Sqrt(square), contrast/math.Sqrt(8))
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d combinations are shown, want 12", len(seen))
	}

	g = one()
	g.Frequency, g.Diameter = []float64{0}, []float64{0.6}
	area := 0.0
	for _, v := range pixels(t, open(t, g, 1), stimuli.Train, 0) {
		area += (float64(v) - 0.5) / 0.5 / 4096
	}
	if want := math.Pi * 0.3 * 0.3; math.Abs(area-want) > 0.002 { // a 2000th of a pixel along the edge
		t.Errorf("an aperture covers %v, want %v", area, want)
	}
}

// TestGratingsDrawn: values come from the lists, all of them.
func TestGratingsDrawn(t *testing.T) {
	g := NewGratings()
	g.Draw = 400
	d := open(t, g, 1)
	seen, phases := map[string]int{}, map[string]bool{}
	for i := range 400 {
		f := told(t, d, stimuli.Train, i)
		phases[f["phase"]] = true
		for _, c := range []string{"orientation", "frequency", "contrast"} {
			seen[c+f[c]]++
		}
	}
	if len(seen) != 8+4+4 || len(phases) < 399 || seen["orientation22.5"] != 50 || seen["contrast0.1"] < 60 || seen["contrast0.1"] > 140 {
		t.Errorf("values are shown %v times", seen)
	}
}

func TestGratingsRefused(t *testing.T) {
	for want, change := range map[string]func(*Gratings){
		"orientation: found no numbers, want one or more":                         func(g *Gratings) { g.Orientation = nil },
		"contrast: found 1.5, want 0..1":                                          func(g *Gratings) { g.Contrast = []float64{1, 1.5} },
		"phase: found no numbers, want one or more":                               func(g *Gratings) { g.Draw = 0 },
		"phase: found 90 twice":                                                   func(g *Gratings) { g.Phase = []float64{90, 90} },
		"plaid: found 0.5, and contrast 1, want at most 1 together":               func(g *Gratings) { g.Plaid = []float64{0.5} },
		"frequency: found NaN, want 0..1e+06":                                     func(g *Gratings) { g.Frequency = []float64{math.NaN()} },
		"draw: found 0, and more than 100000000 combinations of values, want a n": func(g *Gratings) { g.Draw, g.Phase, g.X, g.Y, g.Gap = 0, []float64{0}, many(300), many(300), many(300) },
	} {
		g := NewGratings()
		change(g)
		_, err := g.Describe(stimuli.Env{})
		checkError(t, err, want)
	}
	about, err := one().Describe(stimuli.Env{})
	if err != nil || about.Labelled() {
		t.Errorf("one orientation: %v, labelled %t, want no classes", err, about.Labelled())
	}
}

func many(n int) (list []float64) {
	for i := range n {
		list = append(list, float64(i)/float64(n))
	}
	return list
}
