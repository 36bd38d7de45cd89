package plots

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"ventral/plots/canvas"
)

// Two variants have bands. Of four nothing covers anything: each has a bar at each
// step, none of them before the onset, and outlines where steps are many.
func TestIntervalsOfManyVariants(t *testing.T) {
	d, err := four(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	f, err := Make("accuracy", d)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(f.Caption, "line and bars (of the variants in their order, right of the step)") {
		t.Errorf("caption %q", f.Caption)
	}
	all := marks(t, f)
	var axis []mark
	for _, m := range all {
		if m.kind == "text" && m.box.T < 28 && m.box.R < f.Width/2 {
			axis = append(axis, m)
		}
	}
	on, colours := (onset(t, axis, 2)+onset(t, axis, 4))/2, map[color.NRGBA]int{} // every other step has its number
	if d.Anatomy.ReadoutOnset() != 3 {
		t.Fatalf("onset at %d", d.Anatomy.ReadoutOnset())
	}
	for _, m := range all {
		if m.kind == "fill" && m.colour.A < 255 && m.box.W() > 20 {
			t.Errorf("a band at %.1f", m.box)
		}
		if m.kind == "line" && math.Abs(float64(m.width)-0.6) < 1e-9 && m.box.R < f.Width/2 {
			colours[m.colour]++
			if m.points[0].X < on-0.01 {
				t.Errorf("a bar at %.2f, the onset is at %.2f", m.points[0].X, on)
			}
		}
	}
	for c, n := range colours {
		if want := d.Anatomy.Steps - d.Anatomy.ReadoutOnset(); n != want {
			t.Errorf("%d bars of %v, want %d", n, c, want)
		}
	}
	if len(colours) != 4 {
		t.Errorf("bars of %d variants, want 4", len(colours))
	}
	for _, c := range []struct {
		variants, steps int
		want            string
	}{{1, 8, band}, {2, 60, band}, {3, 8, bars}, {3, 60, outlines}} {
		if got := intervalsOf(c.variants, c.steps); got != c.want {
			t.Errorf("%d variants over %d steps: %s, want %s", c.variants, c.steps, got, c.want)
		}
	}
}
