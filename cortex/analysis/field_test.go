package analysis_test

import (
	"math"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// Numbers by image become means with intervals, those by area stay what they are, and
// areas that are not asked for are left out.
func TestField(t *testing.T) {
	an := &recording.Anatomy{Format: recording.Format, Steps: 1, Readout: "IT", Areas: []recording.AnatomyArea{{Name: "V1", Shape: [3]int{1, 1, 1}}, {Name: "IT", Shape: [3]int{1, 1, 1}}}}
	f := analysistest.NewFiles(an)
	area, step := analysis.Axis{Name: "area", Labels: []string{"V1", "IT"}}, analysis.Axis{Name: "step", Values: []float64{0}}
	image, side := analysis.Axis{Name: "image", Values: []float64{7, 8, 9}}, analysis.Axis{Name: "y", Values: []float64{0, 1}}
	byImage := []analysis.Axis{area, step, image}
	x := side
	x.Name = "x"
	f.PutProbe("field",
		analysis.Frame{Name: "effective side", Unit: "pixels", Axes: byImage, Data: []float64{9, 9, 9, 1, 2, 3}},
		analysis.Frame{Name: "effective spread", Unit: "pixels", Axes: byImage, Data: []float64{9, 9, 9, 2, 4, math.NaN()}},
		analysis.Frame{Name: "elongation", Axes: byImage, Data: []float64{9, 9, 9, 1, 1, 1}},
		analysis.Frame{Name: "effective field map", Axes: []analysis.Axis{area, step, side, x}, Data: []float64{9, 9, 9, 9, 1, 2, 3, 4}},
		analysis.Frame{Name: "theoretical side", Unit: "pixels", Axes: []analysis.Axis{area, step}, Data: []float64{9, 5}})
	k, _ := analysis.Find("field")
	q := analysistest.Request(k)
	q.Areas = []string{"IT"}
	frames, err := analysis.Run(f, []analysis.Request{q})
	if err != nil {
		t.Fatal(err)
	}
	// t(0.975; 2) = 4.302653, t(0.975; 1) = 12.706205
	want := map[string][]float64{
		"effective receptive field":          {2, 2 - 4.302653/math.Sqrt(3), 2 + 4.302653/math.Sqrt(3), 3, 0},
		"effective receptive field by image": {1, 2, 3},
		"effective spread":                   {3, 3 - 12.706205, 3 + 12.706205, 2, 1},
		"elongation":                         {1, 1, 1, 3, 0},
		"theoretical receptive field":        {5},
		"effective field map":                {1, 2, 3, 4},
	}
	if len(frames) != len(want) {
		t.Fatalf("%d frames, want %d", len(frames), len(want))
	}
	for _, f := range frames {
		if f.Label("area") != "IT" || len(f.Data) != len(want[f.Name]) {
			t.Fatalf("frame %q of %q has %v", f.Name, f.Label("area"), f.Data)
		}
		for i, w := range want[f.Name] {
			if math.Abs(f.Data[i]-w) > 1e-5 {
				t.Errorf("%s: %v, want %v", f.Name, f.Data[i], w)
			}
		}
	}
}
