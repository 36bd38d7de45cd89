package analysis_test

import (
	"math"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// firstUnit gives the first unit of every image and step.
type firstUnit struct{}
type firstUnits struct {
	of   *analysis.Recording
	data map[[2]int]float64 // by image and step
}

func (*firstUnit) Needs() []analysis.Need { return []analysis.Need{analysis.SignalOf("response")} }
func (*firstUnit) Start(analysis.Subject) analysis.Analysis {
	return &firstUnits{data: map[[2]int]float64{}}
}
func (f *firstUnits) Add(b analysis.Batch) error {
	f.of = b.Recording
	for i := range b.Images() {
		for k := range b.Steps {
			f.data[[2]int{b.First + i, k}] = float64(b.At(i, k)[0])
		}
	}
	return nil
}
func (f *firstUnits) Frames() ([]analysis.Frame, error) {
	x := analysis.Frame{Name: "unit by image", Axes: []analysis.Axis{{Name: "step"}, {Name: "image"}}}
	for _, s := range f.of.Steps {
		x.Axes[0].Values = append(x.Axes[0].Values, float64(s))
	}
	for _, id := range f.of.IDs {
		x.Axes[1].Values = append(x.Axes[1].Values, float64(id))
	}
	for k := range f.of.Steps {
		for i := range f.of.IDs {
			x.Data = append(x.Data, f.data[[2]int{i, k}])
		}
	}
	return []analysis.Frame{x}, nil
}

// Conditions are contrasted over the images that both have, at the steps that both have.
func TestContrasts(t *testing.T) {
	source := func(ids []int, steps []int, value func(id, step int) float32) *analysistest.Files {
		an := &recording.Anatomy{Format: recording.Format, Steps: len(steps), Areas: []recording.AnatomyArea{{Name: "IT", Shape: [3]int{1, 1, 1}, Kind: "rate"}}}
		f := analysistest.NewFiles(an)
		var data []float32
		for _, id := range ids {
			for _, s := range steps {
				data = append(data, value(id, s))
			}
		}
		f.PutTrace(recording.Trace{Area: "IT", Signal: "response", Steps: steps, Shape: [3]int{1, 1, 1}}, ids, nil, data)
		return f
	}
	intact := source([]int{1, 2, 3, 4, 5, 6, 7, 8}, []int{0, 1}, func(id, step int) float32 { return float32(id) })
	cut := source([]int{8, 7, 6, 5, 4, 3, 2, 99}, []int{0, 1, 2}, func(id, step int) float32 { return float32(id - step*(10+id%2)) })
	g := analysis.Group{Axis: "condition", Members: []analysis.Member{{Name: "intact", Source: intact}, {Name: "cut", Source: cut}}}
	frames, err := analysis.RunGroup(g, []analysis.Request{{Name: "unit", Kind: "unit", Settings: &firstUnit{}}})
	if err != nil {
		t.Fatal(err)
	}
	f := frames[0][len(frames[0])-1]
	if f.Name != "unit difference" || f.Label("condition") != "cut − intact" || f.Axis("step").Len() != 2 {
		t.Fatalf("got %+v", f)
	}
	mean, n, p := f.Column("mean"), f.Column("n"), f.Column("p")
	// Seven images are in both; of the odd ones, 3, 5 and 7, one more is taken off.
	if mean[0] != 0 || math.Abs(mean[1]+10+3.0/7) > 1e-9 || n[1] != 7 {
		t.Errorf("means %v, n %v", mean, n)
	}
	if p[0] != 1 || p[1] > 0.05 {
		t.Errorf("p %v; all of seven signs agree in 2 of 128 flips", p)
	}
	if !strings.Contains(f.Note, "7 images that both conditions have") {
		t.Errorf("note %q", f.Note)
	}
	// A condition that was shown other images has no difference, though numbers of images
	// are the same, and says so.
	g.Members[0].Images, g.Members[1].Images = "a", "b"
	if frames, err = analysis.RunGroup(g, []analysis.Request{{Name: "unit", Kind: "unit", Settings: &firstUnit{}}}); err != nil {
		t.Fatal(err)
	}
	if len(frames[0]) != 2 || !strings.Contains(frames[0][1].Note, "shown other images than intact") {
		t.Errorf("got %d frames, the second with the note %q", len(frames[0]), frames[0][len(frames[0])-1].Note)
	}
}
