package plots

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"ventral/plots/canvas"

	"gonum.org/v1/plot/vg"
)

// scaleOf finds the line from numbers of an axis to their places: of marks that
// are texts of numbers, lo is at the place of the first, hi at that of the last.
func scaleOf(t *testing.T, texts []mark, place func(mark) canvas.Pt) func(float64) canvas.Pt {
	t.Helper()
	var v []float64
	var at []canvas.Pt
	for _, m := range texts {
		if x, err := strconv.ParseFloat(strings.ReplaceAll(m.text, "−", "-"), 64); err == nil && m.kind == "text" {
			v, at = append(v, x), append(at, place(m))
		}
	}
	n := len(v) - 1
	if n < 1 || v[0] == v[n] {
		t.Fatalf("numbers %v give no scale", v)
	}
	return func(x float64) canvas.Pt { return at[0] + (at[n]-at[0])*canvas.Pt((x-v[0])/(v[n]-v[0])) }
}

// Read back by the numbers of its axes, the accuracy figure's lines, bands and
// markers have the frames' values.
func TestDrawnValues(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	f, err := Make("accuracy", d)
	if err != nil {
		t.Fatal(err)
	}
	all := marks(t, f)
	for i, name := range []string{"accuracy", "confidence"} {
		t.Run(name, func(t *testing.T) {
			var below, beside, data []mark
			for _, m := range all {
				if (m.box.CX() > f.Width/2) != (i == 1) {
					continue
				}
				switch {
				case m.data(d.style()) || m.kind == "fill" && len(m.points) > 12:
					data = append(data, m)
				case m.kind == "text" && m.box.T < 28:
					below = append(below, m)
				case m.kind == "text" && m.box.R < canvas.Pt(i)*f.Width/2+40:
					beside = append(beside, m)
				}
			}
			x := scaleOf(t, below, func(m mark) canvas.Pt { return m.box.CX() })
			y := scaleOf(t, beside, func(m mark) canvas.Pt { return m.box.CY() })
			frame := d.frames(name)[0]
			mean, low, high := frame.Column("mean"), frame.Column("low"), frame.Column("high")
			var line, band, markers []vg.Point
			for k, s := range frame.Axis("step").Values {
				if math.IsNaN(mean[k]) {
					continue
				}
				line = append(line, vg.Point{X: x(s), Y: y(mean[k])})
				band = append(band, vg.Point{X: x(s), Y: y(low[k])}, vg.Point{X: x(s), Y: y(high[k])})
			}
			markers = line
			for _, want := range []struct {
				what   string
				points []vg.Point
				in     func(m mark) bool
			}{
				{"line", line, func(m mark) bool { return m.kind == "line" }},
				{"band", band, func(m mark) bool { return m.kind == "fill" && m.colour.A < 255 }},
			} {
				for _, p := range want.points {
					found := false
					for _, m := range data {
						for _, q := range m.points {
							found = found || want.in(m) && math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)) < 0.1
						}
					}
					if !found {
						t.Errorf("no point of the %s at %.2f", want.what, p)
					}
				}
			}
			for _, p := range markers {
				found := false
				for _, m := range data {
					found = found || m.kind == "fill" && m.colour.A == 255 && math.Hypot(float64(p.X-m.box.CX()), float64(p.Y-m.box.CY())) < 0.1
				}
				if !found {
					t.Errorf("no marker at %.2f", p)
				}
			}
		})
	}
}

// Labels at ends of lines are apart, inside, and in the order of the lines.
func TestSpreadOut(t *testing.T) {
	for _, at := range [][]canvas.Pt{{10, 10, 10}, {99, 98, 1}, {0, 0, 0, 0}, {50}, {}, {3, 60, 61, 59}} {
		got := canvas.SpreadOut(at, 8, 0, 100)
		for i := range got {
			if got[i] < 0 || got[i] > 100 {
				t.Errorf("%v: %v leaves 0 … 100", at, got)
			}
			for j := range i {
				if math.Abs(float64(got[i]-got[j])) < 7.9 {
					t.Errorf("%v: %v are less than 8 apart", at, got)
				}
				if at[i] < at[j] && got[i] > got[j] {
					t.Errorf("%v: %v are in another order", at, got)
				}
			}
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		n      int
		cover  bool
		want   string
	}{
		{0, 100, 5, true, "0 20 40 60 80 100"},
		{0, 1, 5, true, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{0, 0.63, 3, true, "0.0 0.5 1.0"},
		{-1.2, 2, 3, true, "−2 0 2"},
		{0, 3.4, 4, false, "0 1 2 3"},
		{7, 7, 3, true, "0 5 10 15"}, // half of it either way, 7/3 rounded up to a step of 5
		{0, 0, 2, true, "0.0 0.5 1.0"},
		{0, 3e-7, 3, true, "0 1e−07 2e−07 3e−07"},
	} {
		if got := strings.Join(canvas.Numerals(canvas.Ticks(c.lo, c.hi, c.n, c.cover)), " "); got != c.want {
			t.Errorf("%g … %g in %d: %s, want %s", c.lo, c.hi, c.n, got, c.want)
		}
	}
}
