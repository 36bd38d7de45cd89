package plots

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// The state is drawn beside the response: with norms of each step a mean response
// is level whatever the state does, and the caption says so of those areas alone.
func TestActivityHasTheState(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	for i, norm := range []string{"per_step", "shared", "running", "lrn"} {
		d.Anatomy.Areas[i].Norm = norm
	}
	f, err := Make("activity", d)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"(b) state, before norm and nonlinearity, root mean square over units", "take the mean of the step away (V1)", "in training, not in testing (V2)"} {
		if !strings.Contains(f.Caption, want) {
			t.Errorf("caption %q does not say %q", f.Caption, want)
		}
	}
	for _, area := range []string{"V4", "IT"} {
		if strings.Contains(f.Caption, "("+area+")") {
			t.Errorf("caption %q counts %s among the norms that take the mean away", f.Caption, area)
		}
	}
	var right []mark
	for _, m := range marks(t, f) {
		if m.kind == "line" && m.width == 1 && m.box.L > f.Width/2 {
			right = append(right, m)
		}
	}
	if len(right) != len(d.Anatomy.Areas) {
		t.Errorf("%d lines of states, want one for each area", len(right))
	}
	d.Frames = slices.DeleteFunc(d.Frames, func(f analysis.Frame) bool { return f.Name == "state size" })
	if f, err = Make("activity", d); err != nil || f.Width != canvas.OneColumn || strings.Contains(f.Caption, "(a)") {
		t.Errorf("without states: %v, width %v, caption %q", err, f.Width, f.Caption)
	}
}

// An axis of what cannot be negative begins at 0, also where data passes the place
// of a triangle at its onset.
func TestRowsBeginAtZero(t *testing.T) {
	d, err := blt.data(canvas.Light())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Frames {
		if f.Name == "activity" || f.Name == "active units" || f.Name == "state change" {
			for i := range f.Data {
				if i%5 < 3 && !math.IsNaN(f.Data[i]) && i%3 == 0 {
					f.Data[i] = 0
				}
			}
		}
	}
	for _, name := range []string{"activity", "active-units", "state-change"} {
		f, err := Make(name, d)
		if err != nil {
			t.Fatal(err)
		}
		all := marks(t, f)
		var axes []canvas.Pt
		for _, m := range all {
			if m.kind == "line" && len(m.points) == 2 && m.points[0].Y == m.points[1].Y && m.box.W() > 100 && m.width == d.style().Line {
				axes = append(axes, m.points[0].Y)
			}
		}
		zeros := 0
		for _, m := range all {
			if v, err := strconv.ParseFloat(m.text, 64); m.kind == "text" && err == nil && v == 0 && m.box.R < 46 {
				zeros++
				if !slices.ContainsFunc(axes, func(y canvas.Pt) bool { return math.Abs(float64(y-m.box.CY())) < 0.1 }) {
					t.Errorf("%s: 0 stands at %.1f, the axes at %.1f", name, m.box.CY(), axes)
				}
			}
		}
		if zeros < len(d.Anatomy.Areas) {
			t.Errorf("%s: %d zeros on the axes", name, zeros)
		}
	}
}

// Milliseconds stand above every figure over steps where they are known.
func TestMillisecondsOfRows(t *testing.T) {
	for _, ms := range []float64{0, 10} {
		d, err := blt.data(canvas.Light())
		if err != nil {
			t.Fatal(err)
		}
		d.Anatomy.MSPerStep = ms
		for _, name := range []string{"accuracy", "activity", "active-units", "state-change", "feature-maps"} {
			f, err := Make(name, d)
			if err != nil {
				t.Fatal(err)
			}
			has := slices.ContainsFunc(marks(t, f), func(m mark) bool {
				return m.kind == "text" && strings.HasSuffix(m.text, "ms)") && !strings.HasSuffix(m.text, "rms)")
			})
			if has != (ms > 0) {
				t.Errorf("%s: milliseconds drawn is %v with %g ms a step", name, has, ms)
			}
		}
	}
}
