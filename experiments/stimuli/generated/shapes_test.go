package generated

import (
	"math"
	"strconv"
	"testing"

	"ventral/experiments/stimuli"
)

// TestShapesHidden measures, in the images, what is hidden: the light of the object
// behind each occluder beside that of the same object without.
func TestShapesHidden(t *testing.T) {
	for _, occluder := range []string{"bubbles", "bars", "squares"} {
		k := NewShapes()
		k.Occluder, k.Train, k.Occlusion = occluder, 120, []float64{0, 0.3, 0.6, 0.9}
		d := open(t, k, 4)
		bare := NewShapes()
		bare.Occluder, bare.Train, bare.Occlusion = occluder, 120, []float64{0}
		b := open(t, bare, 4)
		around, pixelsAround := [4]float64{}, 0.0
		for i := range k.Train {
			f := told(t, d, stimuli.Train, i)
			want := k.Occlusion[i/6%4]
			if f["occlusion"] != number(want) {
				t.Errorf("%s: image %d has occlusion %s, want %v", occluder, i, f["occlusion"], want)
			}
			with, without := pixels(t, d, stimuli.Train, i), pixels(t, b, stimuli.Train, i)
			object, seen := 0.0, 0.0
			for j, v := range without {
				object += float64(v-0.5) / 0.5
				if with[j] > 0 {
					seen += float64(v-0.5) / 0.5
					if with[j] != v {
						t.Fatalf("%s: image %d, pixel %d is %v, and %v without an occluder", occluder, i, j, with[j], v)
					}
				} else if v == 0.5 {
					around[i/6%4]++
				}
				if v == 0.5 {
					pixelsAround++
				}
			}
			// Half a pixel of the object is what is rounded.
			share := 1 - seen/object
			if math.Abs(share-want) > 0.5/object+1e-6 {
				t.Errorf("%s: image %d hides %v of %v pixels, want %v", occluder, i, share, object, want)
			}
			if hidden, err := strconv.ParseFloat(f["hidden"], 64); err != nil || math.Abs(hidden-share) > 0.0006 {
				t.Errorf("%s: image %d says that %s is hidden, want %v", occluder, i, f["hidden"], share)
			}
		}
		// Around the object as much is covered as of it, or a few in a hundred less and more.
		for k, want := range []float64{0, 0.3, 0.6, 0.9} {
			if got := around[k] / (pixelsAround / 4); math.Abs(got-want) > 0.12 {
				t.Errorf("%s: %v of the ground is covered where %v of the object is", occluder, got, want)
			}
		}
	}
}

// TestShapesAreas holds figures to the areas of geometry.
func TestShapesAreas(t *testing.T) {
	want := map[string]float64{
		"disc": math.Pi * 0.8, "square": 1.4 * 1.4, "cross": 2*0.56*1.8 - 0.56*0.56, "ring": math.Pi * (0.95*0.95 - 0.55*0.55),
		// Equilateral, with its corners on the circle of radius 1.
		"triangle": 3 * math.Sqrt(3) / 4,
		// Ten triangles from the centre, with sides 1 and 0.45 and an angle of 36°.
		"star": 10 * 0.5 * 0.45 * math.Sin(math.Pi/5),
	}
	for _, f := range figures {
		const n = 1000
		in := 0
		for i := range n {
			for j := range n {
				if x, y := (float64(i)+0.5)/n*2-1, (float64(j)+0.5)/n*2-1; f.has(x, y) {
					if in++; math.Hypot(x, y) > 1 {
						t.Fatalf("a %s leaves its radius at %v, %v", f.name, x, y)
					}
				}
			}
		}
		if got := float64(in) * 4 / n / n; math.Abs(got/want[f.name]-1) > 0.005 { // of counted points
			t.Errorf("a %s has the area %v, want %v", f.name, got, want[f.name])
		}
	}
}

// TestShapesBetween: parts are drawn between the least and the largest.
func TestShapesBetween(t *testing.T) {
	k := NewShapes()
	k.Occlusion, k.Between, k.Train = []float64{0.8, 0.2}, true, 300
	d := open(t, k, 4)
	sum := 0.0
	for i := range k.Train {
		v, err := strconv.ParseFloat(told(t, d, stimuli.Train, i)["occlusion"], 64)
		if err != nil || v < 0.2 || v > 0.8 {
			t.Errorf("image %d has occlusion %v, %v", i, v, err)
		}
		sum += v
	}
	// Uniform: the standard error of the mean is 0.6/√12/√300 = 0.01; 5 are allowed.
	if mean := sum / 300; math.Abs(mean-0.5) > 0.05 {
		t.Errorf("the mean is %v, want 0.5", mean)
	}
}

func TestShapesRefused(t *testing.T) {
	for want, change := range map[string]func(*Shapes){
		"occlusion: found no numbers":                         func(s *Shapes) { s.Occlusion = nil },
		"occlusion: found 1, want 0..0.95":                    func(s *Shapes) { s.Occlusion = []float64{0, 1} },
		"radius: found [0.3 0.2], want the least and the":     func(s *Shapes) { s.Radius = []float64{0.3, 0.2} },
		"radius: found [0.3], want the least and the":         func(s *Shapes) { s.Radius = []float64{0.3} },
		`occluder: found "fog", want "bubbles" or "bars" or `: func(s *Shapes) { s.Occluder = "fog" },
		"object: found 0.5, the grey of the ground":           func(s *Shapes) { s.Object = 0.5 },
	} {
		k := NewShapes()
		change(k)
		_, err := k.Describe(stimuli.Env{})
		checkError(t, err, want)
	}
}
