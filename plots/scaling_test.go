package plots

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

func scalingFrame() analysis.Frame {
	return analysis.Frame{Name: "scaling", Title: "Cost of a batch", Note: "Median of 5 rounds; Precision: float32",
		Axes: []analysis.Axis{{Name: "point", Labels: []string{"steps", "steps", "channels", "channels", "batch", "threads"}},
			{Name: "statistic", Labels: []string{"factor", "time", "memory"}}},
		Data: []float64{2, 2, 1.5, 4, 4, 2.5, 0.5, 0.4, 0.7, 2, 3, 2, 4, 3.8, 3, 0.5, 1.8, math.NaN()}}
}

// TestScaling draws cost in proportion along the dotted line, and leaves out
// what has no number.
func TestScaling(t *testing.T) {
	for _, style := range []canvas.Style{canvas.Light(), canvas.Dark()} {
		f, err := Scaling(scalingFrame(), style)
		if err != nil {
			t.Fatal(err)
		}
		for _, format := range canvas.Formats {
			var a, b bytes.Buffer
			if err := canvas.Save(&a, format, f, 0, 0); err != nil {
				t.Fatal(err)
			}
			if err := canvas.Save(&b, format, f, 0, 0); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
				t.Errorf("%s: other bytes the second time (%v)", format, err)
			}
			if format == "svg" {
				for word, n := range map[string]int{"steps": 2, "channels": 2, "threads": 1, "relative memory": 1, "relative time": 1} {
					if got := strings.Count(a.String(), ">"+word+"<"); got != n {
						t.Errorf("%d times %q, want %d", got, word, n)
					}
				}
			}
		}
		if !strings.Contains(f.Caption, "in proportion") || !strings.Contains(f.Caption, "Precision: float32") {
			t.Errorf("caption %q", f.Caption)
		}
	}
	all := scalingSeries(scalingFrame(), canvas.Light(), "time", 0)
	if len(all) != 4 || all[0].variant != "steps" || len(all[0].step) != 3 || all[0].step[2] != 2 || all[0].mean[2] != 2 {
		t.Errorf("steps: %+v", all[0])
	}
	if c := all[1]; c.step[0] != -1 || c.step[1] != 0 || c.mean[1] != 0 {
		t.Errorf("channels are not in order: %+v", c)
	}
	bad := scalingFrame()
	bad.Axes[1].Labels[0] = "other"
	if _, err := Scaling(bad, canvas.Light()); err == nil {
		t.Error("a frame without factors is drawn")
	}
}
