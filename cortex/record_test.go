package cortex_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/engine/ref"
)

// TestRecord shows two batches to a column and compares logits and taps, in the
// order asked for, with a computation by hand.
func TestRecord(t *testing.T) {
	g := columnGraph(t, nn.DefaultNorm(), 3, "2", "0..")
	v := trainedColumn(t, g)
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		t.Fatal(err)
	}
	taps := []cortex.Tap{{Area: 0, Signal: areas.State, Step: 2}, {Area: 0, Signal: areas.Response, Step: 0}, {Area: 0, Signal: areas.State, Step: 2}}
	var got [4][]float64 // logits@2 of class 0, and the taps
	var images []int
	err = cortex.Record(g, ref.Engine{}, v, norms, pixelSource{short: true}, 4, []int{2}, taps, func(a cortex.Answer) error {
		batch := len(images)
		images = append(images, a.Images)
		if len(a.Labels) != 1 || len(a.Labels[0]) != 8 || a.Labels[0][1] != float32(10*batch+1) {
			t.Errorf("batch %d: got labels %v", batch, a.Labels)
		}
		for i := range a.Images {
			got[0] = append(got[0], float64(a.Logits[0][2*i]))
			for k := range taps {
				got[1+k] = append(got[1+k], float64(a.Taps[k][i]))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(images, []int{4, 3}) {
		t.Errorf("got batches of %v images, want 4 and 3", images)
	}
	x := onePixel[:7]
	first := theColumn.first(x)
	s := theColumn.next(first, trainedMean(0), trainedVariance(0))
	s = theColumn.next(s, trainedMean(1), trainedVariance(1))
	response, logits := make([]float64, len(x)), make([]float64, len(x))
	normal := func(v float64, step int) float64 { // with slope 0, next is relu(norm) alone
		return column{w: 1}.next([]float64{v}, trainedMean(step), trainedVariance(step))[0] - v
	}
	for i := range x {
		response[i] = normal(first[i], 0)
		logits[i] = normal(s[i], 2) - normal(2*trainedMean(2)-s[i], 2) // both sides of the relu
	}
	const float32s = 2e-6 // images and taps cross float32 ports
	near(t, "logits@2", got[0], logits, float32s)
	near(t, "state@2", got[1], s, float32s)
	near(t, "response@0", got[2], response, float32s)
	near(t, "state@2 again", got[3], s, float32s)
}

func TestRecordErrors(t *testing.T) {
	g := columnGraph(t, nn.DefaultNorm(), 3, "2", "0..")
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		t.Fatal(err)
	}
	record := func(g *cortex.Graph, v *nn.Variables, taps []cortex.Tap, each func(cortex.Answer) error) error {
		return cortex.Record(g, ref.Engine{}, v, norms, pixelSource{}, 4, []int{2}, taps, each)
	}
	nothing := func(cortex.Answer) error { return nil }
	if err := record(g, nn.NewVariables(1), nil, nothing); err == nil || !strings.Contains(err.Error(), "has no value; it was never trained") {
		t.Errorf("no variables: got %v", err)
	}
	stop := errors.New("enough")
	if err := record(g, trainedColumn(t, g), nil, func(cortex.Answer) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v, want the sink's error", err)
	}
	silent := network(t, chain(cortex.Readout{Train: at("2")}))
	v := nn.NewVariables(1)
	p, _, err := cortex.Inference(silent, 4, []int{2}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	err = record(silent, v, []cortex.Tap{{Area: 1, Signal: areas.State, Step: 0}}, nothing)
	if want := "area B has no state at step 0"; err == nil || err.Error() != want {
		t.Errorf("silent tap: got %v, want %q", err, want)
	}
}

// TestUsable: taps that training says nothing about are not offered, with the
// reason.
func TestUsable(t *testing.T) {
	spec := chain(cortex.Readout{Train: at("2")})
	spec.Matrix.Sharing.Time = "untied"
	g := network(t, spec)
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		t.Fatal(err)
	}
	var taps []cortex.Tap
	for s := range g.Steps {
		for i := range g.Areas {
			taps = append(taps, cortex.Tap{Area: i, Signal: areas.State, Step: s})
		}
	}
	ok, why, err := cortex.Usable(g, taps, norms)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, tap := range ok {
		got = append(got, g.TapName(tap))
	}
	// The loss at 2 trains A->B@1 and B->B@2, nothing later.
	if want := []string{"A@0/state", "B@1/state", "B@2/state"}; !slices.Equal(got, want) {
		t.Errorf("usable: got %v, want %v", got, want)
	}
	for _, s := range []int{3, 4} {
		if reason := why[fmt.Sprintf("B@%d/state", s)]; !strings.Contains(reason, "no trained step depends on its weights B->B") {
			t.Errorf("B@%d: got reason %q", s, reason)
		}
	}
	if err := cortex.CheckTested(g, norms); err == nil || !strings.Contains(err.Error(), "found step 3") {
		t.Errorf("tested steps: got %v, want an error about step 3", err)
	}
}
