package analysis_test

import (
	"math"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// TestControl: of draws with accuracies 0, 10, …, 190 over two, a lesion with 50 is better
// than ten of twenty and equal to none; without a match there is no percentile.
func TestControl(t *testing.T) {
	step := analysis.Axis{Name: "step", Values: []float64{2, 3}}
	draw := analysis.Axis{Name: "draw"}
	var data []float64
	for d := range 20 {
		draw.Values = append(draw.Values, float64(d+1))
		data = append(data, 5*float64(d)+2, math.NaN())
	}
	f := analysistest.NewFiles(&recording.Anatomy{Format: recording.Format, Name: "x", Steps: 4, Precision: "float32"})
	f.PutProbe("control",
		analysis.Frame{Name: "accuracy of controls", Axes: []analysis.Axis{draw, step}, Data: data, Note: "no match: why"},
		analysis.Frame{Name: "accuracy under the lesion", Axes: []analysis.Axis{step}, Data: []float64{52, 7}},
		analysis.Frame{Name: "removed drive", Axes: []analysis.Axis{{Name: "area", Labels: []string{"V1"}}, {Name: "quantity", Labels: []string{"lesion"}}}, Data: []float64{1}})
	k, _ := analysis.Find("control")
	frames, err := analysis.Run(f, []analysis.Request{analysistest.Request(k)})
	if err != nil {
		t.Fatal(err)
	}
	spread, under, rank := frames[0], frames[1], frames[2]
	// The mean of 2, 7, …, 97 is 49.5; ten draws are below 52 and one is equal.
	if spread.At(0, 0) != 49.5 || spread.At(0, 3) != 20 || under.At(0, 0) != 52 || rank.At(0, 0) != 100*10.5/20 {
		t.Errorf("got %v, %v, %v", spread.Data, under.Data, rank.Data)
	}
	if spread.At(0, 1) < 2 || spread.At(0, 1) > 7 || spread.At(0, 2) < 92 || spread.At(0, 2) > 97 {
		t.Errorf("percentiles %v", spread.Data)
	}
	if !math.IsNaN(rank.At(1, 0)) || rank.At(1, 1) != 0 || rank.Note[:8] != "no match" {
		t.Errorf("without a match got %v, %q", rank.Data, rank.Note)
	}
}
