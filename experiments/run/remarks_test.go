package run

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// TestDiverged: far above guessing, or above it and above the beginning; a loss
// that falls has not diverged, however it began.
func TestDiverged(t *testing.T) {
	guess := math.Log(10)
	for _, c := range []struct {
		losses []float64
		want   bool
	}{
		{nil, false}, {[]float64{2.3}, false}, {[]float64{2.5, 2.4, 2.6}, false},
		{[]float64{9.4e10}, true}, {[]float64{2, 1, 24}, true}, {[]float64{2, 1, 5}, true},
		{[]float64{20, 12, 6}, false}, {[]float64{5}, false}, {[]float64{2, math.NaN()}, true},
	} {
		var epochs []rundir.Epoch
		for _, l := range c.losses {
			epochs = append(epochs, rundir.Epoch{TrainingLoss: rundir.Number(l)})
		}
		if got := diverged(epochs, guess); got != c.want {
			t.Errorf("losses %v: %v, want %v", c.losses, got, c.want)
		}
	}
}

// TestUnsettled: the note gives what the recursion r ← (1-m)·r + m·batch does, and
// what it proposes is enough.
func TestUnsettled(t *testing.T) {
	b, _, _ := spec.FindBuiltin("debris")
	read := func(set ...string) *spec.Experiment {
		t.Helper()
		e, err := spec.Read("debris.toml", b.Text, spec.Overrides{Set: append([]string{"stimuli.train=64", "train.batch=16"}, set...)})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	moved := func(n int, m float64) float64 {
		r := 0.0
		for range n {
			r = (1-m)*r + m
		}
		return r
	}
	e := read("train.epochs=1")
	notes := Unsettled(e, []float64{0.1, 0.9})
	if len(notes) != 1 {
		t.Fatalf("notes %q, want one, of momentum 0.1", notes)
	}
	want := fmt.Sprintf("norms with momentum 0.1: 4 updates move their statistics %.0f %% of the way", 100*moved(4, 0.1))
	if !strings.HasPrefix(notes[0], want) {
		t.Errorf("got  %s\nwant %s…", notes[0], want)
	}
	var percent, updates, epochs int
	var momentum float64
	tail := notes[0][strings.Index(notes[0], "95 %"):]
	if _, err := fmt.Sscanf(tail, "%d %% takes %d updates: train.epochs = %d, a smaller train.batch, or momentum = %g", &percent, &updates, &epochs, &momentum); err != nil {
		t.Fatalf("%s: %v", tail, err)
	}
	if moved(updates, 0.1) < 0.95 || moved(updates-1, 0.1) >= 0.95 {
		t.Errorf("%d updates move %.3f, one less %.3f", updates, moved(updates, 0.1), moved(updates-1, 0.1))
	}
	if moved(4, momentum) < 0.95 {
		t.Errorf("momentum %g moves %.3f in 4 updates", momentum, moved(4, momentum))
	}
	if notes := Unsettled(read(fmt.Sprint("train.epochs=", epochs)), []float64{0.1}); len(notes) > 0 {
		t.Errorf("with what was proposed: %q", notes)
	}
	if notes := Unsettled(e, []float64{0}); len(notes) != 1 || !strings.Contains(notes[0], "want a momentum above 0") {
		t.Errorf("momentum 0: %q", notes)
	}
	if notes := Unsettled(e, nil); len(notes) > 0 {
		t.Errorf("without norms: %q", notes)
	}
}
