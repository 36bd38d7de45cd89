package cortex_test

import (
	"testing"

	"ventral/areas"
	"ventral/cortex"
	"ventral/nn/engine/ref"
	"ventral/nn/optim"
)

// TestWorkIsDoneOnce counts how often a graph is unrolled: once for what
// training fills and once for what answers ask for, however often and by
// whomever it is asked, and once for each program that is made.
func TestWorkIsDoneOnce(t *testing.T) {
	begun := cortex.WorkDone()
	g := looped(t, 6, "reestimate", "3")
	unrolls := func(what string, want int64, do func() error) {
		t.Helper()
		before := cortex.WorkDone().Unrolls
		for range 2 {
			if err := do(); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		if got := cortex.WorkDone().Unrolls - before; got != want {
			t.Errorf("%s twice: got %d unrolls, want %d", what, got, want)
		}
	}
	var taps []cortex.Tap
	for s := range g.Steps {
		taps = append(taps, cortex.Tap{Area: 1, Signal: areas.Response, Step: s})
	}
	unrolls("weights", 1, func() error { _, err := cortex.Weights(g); return err })
	unrolls("anatomy", 0, func() error { _, err := cortex.Anatomy(g, "loop"); return err })
	var norms *cortex.Norms
	unrolls("norms", 0, func() (err error) { norms, err = cortex.TrainedNorms(g); return err })
	unrolls("tested", 1, func() error { return cortex.CheckTested(g, norms) })
	unrolls("usable", 0, func() error { _, _, err := cortex.Usable(g, taps, norms); return err })
	unrolls("multiply-adds", 0, func() error { _, err := cortex.MultiplyAdds(g, g.TestSteps()); return err })
	unrolls("re-estimated", 0, func() error { _, err := cortex.Reestimated(g, norms, g.TestSteps()); return err })
	unrolls("re-estimation of nothing", 0, func() error {
		_, err := cortex.Reestimate(g, ref.Engine{}, nil, norms, nil, 2, []int{3}, nil)
		return err
	})
	unrolls("training", 2, func() error {
		_, err := cortex.TrainingProgram(g, optim.Rule{Optimiser: &optim.SGD{}}, 2, false)
		return err
	})
	unrolls("answering", 2, func() error { _, _, err := cortex.Inference(g, 2, g.TestSteps(), taps[1:], nil); return err })
	unrolls("receptive fields", 2, func() error { _, err := cortex.ReceptiveFields(g); return err })
	if graphs := cortex.WorkDone().Graphs - begun.Graphs; graphs != 1 {
		t.Errorf("got %d graphs, want 1", graphs)
	}
}

// TestMultiplyAdds compares with the programs that give the answers.
func TestMultiplyAdds(t *testing.T) {
	for name, g := range map[string]*cortex.Graph{"loop": looped(t, 6, "reestimate", "3"), "windowed": windowed(t)} {
		for _, steps := range [][]int{{3}, {5}, {3, 5}, g.TestSteps()} {
			p, _, err := cortex.Inference(g, 1, steps, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := cortex.MultiplyAdds(g, steps); err != nil || got != p.MultiplyAdds() {
				t.Errorf("%s, answers at %v: got %d multiply-adds, %v; the program has %d", name, steps, got, err, p.MultiplyAdds())
			}
		}
		if _, err := cortex.MultiplyAdds(g, []int{99}); err == nil {
			t.Errorf("%s: an answer at step 99 has a price", name)
		}
	}
}
