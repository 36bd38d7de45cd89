package analysis_test

import (
	"math"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// The numbers are by hand: a mean and its t interval over three images, of which one has
// no cosine, and paired differences of accuracy.
func TestInference(t *testing.T) {
	nan := math.NaN()
	f := analysistest.NewFiles(&recording.Anatomy{Format: recording.Format, Steps: 2, Readout: "IT", Areas: []recording.AnatomyArea{{Name: "IT", Shape: [3]int{1, 1, 1}}}})
	area, step := analysis.Axis{Name: "area", Labels: []string{"IT"}}, analysis.Axis{Name: "step", Values: []float64{0, 1}}
	image := analysis.Axis{Name: "image", Values: []float64{7, 8, 9}}
	by := []analysis.Axis{area, step, image}
	f.PutProbe("gradient",
		analysis.Frame{Name: "update cosine", Axes: by, Data: []float64{nan, nan, nan, 0.2, 0.4, nan}},
		analysis.Frame{Name: "update ratio", Axes: by, Data: []float64{nan, nan, nan, 1, 2, 3}})
	f.PutProbe("drop",
		analysis.Frame{Name: "right", Axes: by, Data: []float64{nan, nan, nan, 0, 1, 0}},
		analysis.Frame{Name: "right without a step", Axes: by[1:], Data: []float64{nan, nan, nan, 1, 1, 1}},
		analysis.Frame{Name: "right with all", Axes: by[2:], Data: []float64{1, 1, 0}})
	k, ok := analysis.Find("inference")
	if !ok {
		t.Fatal("no kind inference")
	}
	frames, err := analysis.Run(f, []analysis.Request{analysistest.Request(k)})
	if err != nil {
		t.Fatal(err)
	}
	// t(0.975; 1) = 12.706205, t(0.975; 2) = 4.302653 from tables; s of 0.2, 0.4 is 0.141421,
	// of 1, 2, 3 is 1, of -100, 0, 0 is 57.735027, of 0, 0, 100 too.
	for _, c := range []struct {
		name                   string
		mean, half, n, missing float64
	}{
		{"update cosine", 0.3, 12.706205 * 0.141421356 / math.Sqrt2, 2, 1},
		{"update ratio", 2, 4.302653 / math.Sqrt(3), 3, 0},
		{"accuracy without an update", -100. / 3, 4.302653 * 57.735027 / math.Sqrt(3), 3, 0},
		{"accuracy without a step", 100. / 3, 4.302653 * 57.735027 / math.Sqrt(3), 3, 0},
	} {
		found := false
		for _, f := range frames {
			if f.Name != c.name {
				continue
			}
			found = true
			row := f.Data[5:]
			for i, want := range []float64{c.mean, c.mean - c.half, c.mean + c.half, c.n, c.missing} {
				if math.Abs(row[i]-want) > 1e-5*(1+math.Abs(want)) {
					t.Errorf("%s: %s is %v, want %v", c.name, f.Axes[len(f.Axes)-1].At(i), row[i], want)
				}
			}
			if !math.IsNaN(f.Data[0]) {
				t.Errorf("%s: %v at a step without numbers", c.name, f.Data[0])
			}
			if strings.HasPrefix(c.name, "accuracy") && !strings.Contains(f.Note, "66.7 %") {
				t.Errorf("%s: the note %q lacks the accuracy with every update", c.name, f.Note)
			}
		}
		if !found {
			t.Errorf("no frame %q", c.name)
		}
	}
}
