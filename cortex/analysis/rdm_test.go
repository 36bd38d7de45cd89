package analysis_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// rdmOf are the settings of rdm, changed.
func rdmOf(change func(*analysis.RDM)) *analysis.RDM {
	k, _ := analysis.Find("rdm")
	s := k.New().(*analysis.RDM)
	change(s)
	return s
}

// Dissimilarities are those of rsatoolbox, of one recording, which
// testdata/rdm.py makes in the same way. Both add float64 numbers, in another
// order: 1e-6 of a number is far more than that takes away.
func TestRDMAgainstRsatoolbox(t *testing.T) {
	const images, steps, units = 6, 3, 12
	a := &recording.Anatomy{Format: recording.Format, Steps: steps, Classes: []string{"cat", "dog", "owl"},
		Areas: []recording.AnatomyArea{{Name: "V1", Shape: [3]int{2, 3, 2}}}}
	data := make([]float32, images*steps*units)
	for k := range data {
		data[k] = float32((31*k*k+7*k)%257) / 256
		if k/units == 4*steps+1 {
			data[k] = 0.5 // a pattern whose units are all equal
		}
	}
	f := analysistest.NewFiles(a)
	f.PutTrace(recording.Trace{Area: "V1", Signal: recording.State, Steps: []int{0, 1, 2}, Shape: a.Areas[0].Shape},
		[]int{100, 101, 102, 103, 104, 105}, []int{1, 0, 1, 0, 2, 2}, data)
	text, err := os.ReadFile("testdata/rdm.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string][steps][images][images]*float64
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, distance := range []string{"correlation", "euclidean"} {
		t.Run(distance, func(t *testing.T) {
			frames, err := analysis.Run(f, []analysis.Request{{Name: "rdm", Kind: "rdm", Settings: rdmOf(func(s *analysis.RDM) { s.Distance, s.Signal = distance, "state" })}})
			if err != nil {
				t.Fatal(err)
			}
			got := frames[0]
			if !slices.Equal(got.Shape(), []int{1, steps, images, images}) {
				t.Fatalf("shape %v", got.Shape())
			}
			order := got.Axis("image")
			if !slices.Equal(order.Values, []float64{101, 103, 100, 102, 104, 105}) || strings.Join(order.Groups, " ") != "cat cat dog dog owl owl" {
				t.Errorf("images %v of %v, want them by class", order.Values, order.Groups)
			}
			undefined := 0
			for s := range steps {
				for i := range images {
					for j := range images {
						v, w := got.At(0, s, i, j), want[distance][s][i][j]
						constant := distance == "correlation" && s == 1 && (i == 4 || j == 4)
						switch {
						case constant: // rsatoolbox has nan, and 0 on the diagonal
							undefined++
							if !math.IsNaN(v) || i != j && w != nil {
								t.Errorf("step %d, images %d and %d: got %v, want NaN", s, i, j, v)
							}
						case w == nil || math.Abs(v-*w) > 1e-6*math.Abs(*w):
							t.Errorf("step %d, images %d and %d: got %v, want %v", s, i, j, v, w)
						}
					}
				}
			}
			if said := strings.Contains(got.Note, "all equal have no correlation: V1@1 (1)"); said != (undefined > 0) {
				t.Errorf("note %q with %d undefined numbers", got.Note, undefined)
			}
		})
	}
}

// Not more images than are asked for, as many of each class.
func TestRDMImages(t *testing.T) {
	frames, err := analysis.Run(analysistest.Synthetic(1, 0), []analysis.Request{{Name: "few", Kind: "rdm", Settings: rdmOf(func(s *analysis.RDM) { s.Distance, s.Images = "euclidean", 6 }), Areas: []string{"V1", "IT"}}})
	if err != nil {
		t.Fatal(err)
	}
	f := frames[0]
	if f.Analysis != "few" || !slices.Equal(f.Shape(), []int{2, 5, 6, 6}) || !slices.Equal(f.Axis("image").Values, []float64{100, 103, 101, 104, 102, 105}) {
		t.Errorf("analysis %q, shape %v, images %v", f.Analysis, f.Shape(), f.Axis("image").Values)
	}
	for s := range 5 {
		if got := math.IsNaN(f.At(1, s, 0, 1)); got != (s < 3) { // the onset of IT
			t.Errorf("IT at step %d has no number: %v", s, got)
		}
	}
}
