package run_test

import (
	"context"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"testing"

	"ventral/cortex"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn"
)

// counting is an engine that counts what it compiles.
type counting struct {
	nn.Engine
	compiled atomic.Int64
}

func (c *counting) Compile(p *nn.Program) (nn.Executable, error) {
	c.compiled.Add(1)
	debug.PrintStack()
	return c.Engine.Compile(p)
}

// A run of the experiment debris with its control makes each network's graph once
// and compiles each of its three programs once: for training, for answering, which
// validation and test have in common, and for recording. Analysis and drawing do
// neither.
func TestWorkOnce(t *testing.T) {
	// Statistics that training never fills, of activity before step 3, are estimated in
	// three programs, since those of a batch depend on those of the step before.
	const estimates = 3
	set := spec.Overrides{Set: []string{"train.epochs=3", "train.batch=16", "stimuli.train=32", "stimuli.validation=16", "stimuli.test=16", "record.images=4"}}
	text := ""
	for _, b := range spec.Builtins() {
		if b.Name == "debris" {
			text = b.Text
		}
	}
	e, controls := readAll(t, text, set)
	if len(controls) != 1 {
		t.Fatalf("debris has %d controls", len(controls))
	}
	o := plainly(2)
	engine := &counting{Engine: o.Engine}
	o.Engine = engine
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	before, written := cortex.WorkDone(), spec.Written()
	if err := run.Run(context.Background(), e, controls, dir, o); err != nil {
		t.Fatal(err)
	}
	after, compiled := cortex.WorkDone(), engine.compiled.Load()
	for _, c := range []struct {
		what      string
		got, want int64
	}{
		{"graphs", after.Graphs - before.Graphs, 2},
		// Of each network: what training fills, what answers ask for, and its programs.
		{"unrolls", after.Unrolls - before.Unrolls, 2 * (2 + 3 + estimates)},
		{"compilations", compiled, 2 * (3 + estimates)},
		{"resolved texts", spec.Written() - written, 2},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %d, want %d", c.what, c.got, c.want)
		}
	}
	if err := report.Analyse(dir, e.Analyses); err != nil {
		t.Fatal(err)
	}
	if err := report.Draw(dir); err != nil {
		t.Fatal(err)
	}
	if w := cortex.WorkDone(); w != after || engine.compiled.Load() != compiled {
		t.Errorf("analysis and drawing did work: %+v, before %+v; %d compilations, before %d", w, after, engine.compiled.Load(), compiled)
	}
}
