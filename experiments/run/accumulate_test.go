package run_test

import (
	"context"
	"math"
	"path/filepath"
	"testing"

	"os"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn"
	"ventral/nn/safetensors"
)

// weightsOf reads the trained cortex of a run.
func weightsOf(t *testing.T, dir string) *nn.Variables {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "weights.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := safetensors.Read(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestAccumulate trains in batches of 32 and from two accumulated batches of 16.
// Without norms over the batch the loss is a mean over images, so that both
// follow the same gradients but for rounding; with them they do not.
func TestAccumulate(t *testing.T) {
	for _, c := range []struct {
		optimiser, norm string
		same            bool
	}{{"sgd", "none", true}, {"sgd", "batch", false}, {"adamw", "none", true}} {
		var v [2]*nn.Variables
		for i, set := range [][]string{{"train.batch=32"}, {"train.batch=16", "train.accumulate=2"}} {
			set = append(set, "train.optimiser="+c.optimiser, "train.weight_decay=0.01", "default.norm.kind="+c.norm, "readout.train=3", `readout.net=["relu", "average", "dense"]`, "train.schedule=constant")
			e, _ := readAll(t, tiny, spec.Overrides{Set: set})
			if c, err := run.CostOf(e); err != nil || c.Updates != 6 {
				t.Errorf("%v: %d updates, %v; want 6", set, c.Updates, err)
			}
			dir := filepath.Join(t.TempDir(), "run")
			if err := run.Run(context.Background(), e, nil, rundir.Folder(dir), plainly(2)); err != nil {
				t.Fatal(err)
			}
			v[i] = weightsOf(t, dir)
		}
		if len(v[0].Names()) < 5 {
			t.Fatalf("%v: want kernels and biases", v[0].Names())
		}
		most := 0.0
		for _, name := range v[0].Names() {
			a, _ := v[0].Get(name)
			b, ok := v[1].Get(name)
			if !ok {
				t.Fatalf("%s is missing", name)
			}
			for i, x := range a.Data {
				most = math.Max(most, math.Abs(float64(x-b.Data[i])))
			}
		}
		// Six batches; Adam divides gradients near 0 by their own size.
		if (most < 2e-5) != c.same || most == 0 {
			t.Errorf("%s, norm %s: weights differ by up to %.2g; want the same: %v", c.optimiser, c.norm, most, c.same)
		}
	}
}

// TestAccumulateResume stops between two batches of one update, and goes on to
// the same bytes.
func TestAccumulateResume(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.accumulate=3"}})
	want := filepath.Join(t.TempDir(), "whole")
	if err := run.Run(context.Background(), e, nil, rundir.Folder(want), plainly(2)); err != nil {
		t.Fatal(err)
	}
	for batch := 4; batch < 7; batch++ {
		got := filepath.Join(t.TempDir(), "stopped")
		ctx, cancel := context.WithCancel(context.Background())
		o := plainly(1)
		o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == batch }, stop: cancel}
		if err := run.Run(ctx, e, nil, rundir.Folder(got), o); err == nil {
			t.Fatal("the run was not stopped")
		}
		if err := run.Resume(context.Background(), rundir.Folder(got), plainly(2)); err != nil {
			t.Fatal(err)
		}
		sameRun(t, got, want)
	}
}
