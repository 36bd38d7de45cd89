package analysis_test

import (
	"math"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// Verdicts are counted by area and said in words; eigenvalues are in the complex plane, of
// the images that have any; growth is a mean over images.
func TestStability(t *testing.T) {
	nan := math.NaN()
	f := analysistest.NewFiles(&recording.Anatomy{Format: recording.Format, Steps: 2, Readout: "IT", Areas: []recording.AnatomyArea{{Name: "IT", Shape: [3]int{1, 1, 1}}}})
	area, image := analysis.Axis{Name: "area", Labels: []string{"IT"}}, analysis.Axis{Name: "image", Values: []float64{7, 8, 9}}
	verdicts := analysis.Axis{Name: "verdict", Labels: []string{"converged", "cycling", "drifting", "exploding"}}
	f.PutProbe("jacobian",
		analysis.Frame{Name: "distance between steps", Axes: []analysis.Axis{area, {Name: "step", Values: []float64{0, 1}}, image}, Data: []float64{nan, nan, nan, 0.1, 0.01, 0.001}},
		analysis.Frame{Name: "verdict", Note: "run for 200 steps", Axes: []analysis.Axis{area, image, verdicts}, Data: []float64{1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0}},
		analysis.Frame{Name: "period", Axes: []analysis.Axis{area, image}, Data: []float64{nan, 7, nan}},
		analysis.Frame{Name: "rate", Axes: []analysis.Axis{area, image}, Data: []float64{0.8, nan, 0.9}},
		analysis.Frame{Name: "eigenvalues", Axes: []analysis.Axis{image, {Name: "eigenvalue", Values: []float64{1, 2}}, {Name: "number", Labels: []string{"real part", "imaginary part", "modulus", "residual"}}},
			Data: []float64{0.6, 0.8, 1, 1e-6, 0.6, -0.8, 1, 1e-5, nan, nan, nan, nan, nan, nan, nan, nan, 0.5, 0, 0.5, 0, nan, nan, nan, nan}},
		analysis.Frame{Name: "fixed point", Axes: []analysis.Axis{image, {Name: "quantity", Labels: []string{"q", "growth per step"}}}, Data: []float64{0, 1, 3, 2, 0, 3}})
	k, _ := analysis.Find("stability")
	frames, err := analysis.Run(f, []analysis.Request{analysistest.Request(k)})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]analysis.Frame{}
	for _, f := range frames {
		by[f.Name] = f
	}
	// t(0.975; 1) = 12.706205 and t(0.975; 2) = 4.302653; the deviations are 0.353553, 1 and 0.1
	for name, want := range map[string][]float64{
		"verdict":     {2, 1, 0, 0},
		"eigenvalues": {0.6, 0.8, 0.6, -0.8, 0.5, 0},
		"growth":      {0.75, 0.75 - 12.706205*0.25, 0.75 + 12.706205*0.25, 2, 1, 2, 2 - 4.302653/math.Sqrt(3), 2 + 4.302653/math.Sqrt(3), 3, 0},
	} {
		got := by[name].Data
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", name, got, want)
		}
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-5 {
				t.Errorf("%s: number %d is %v, want %v", name, i, got[i], want[i])
			}
		}
	}
	if got := by["eigenvalues"].Axes[0].Labels; strings.Join(got, "; ") != "7, 1; 7, 2; 9, 1" {
		t.Errorf("eigenvalues are of %q", got)
	}
	for name, want := range map[string]string{
		"verdict":     "IT: converged for 2, cycling for 1 of 3 images; distances change by a factor of 0.85 a step; first return after 7 steps; run for 200 steps",
		"eigenvalues": "the largest residual |Jx-λx| of a vector of length 1 is 1e-05",
	} {
		if !strings.Contains(by[name].Note, want) {
			t.Errorf("%s: the note %q lacks %q", name, by[name].Note, want)
		}
	}
	if got := by["distance between steps"].Data; len(got) != 6 || math.Abs(got[1]+1) > 1e-12 || got[3] != -2 || got[5] != -3 || !math.IsNaN(got[0]) {
		t.Errorf("the distances of images over steps are %v", got)
	}
}
