package run_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn"
)

// TestStandEnded: a run that ends between the first reading of run.json and the
// look at its lock has ended; neither was it killed, nor is it running.
func TestStandEnded(t *testing.T) {
	for _, ended := range []string{rundir.Finished, rundir.Failed, rundir.Interrupted} {
		dir := shelved(t, rundir.Running)
		run.BetweenReads(t, func() { write(t, dir, "run.json", []byte(`{"format": 2, "state": "`+ended+`"}`)) })
		s, err := rundir.ReadState(rundir.Folder(dir))
		if err != nil || s.State != ended || s.Info.State != ended || s.InUse || s.Unsure {
			t.Errorf("%+v, %v; want %s", s, err, ended)
		}
	}
}

// TestStand: running while the lock is held, stopped when it is free, and unsure
// where there are no locks.
func TestStand(t *testing.T) {
	dir := shelved(t, rundir.Running)
	lock, err := rundir.Folder(dir).Lock()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		begin  func()
		state  string
		unsure bool
	}{
		{func() {}, rundir.Running, false},
		{lock.Release, rundir.Stopped, false},
		{func() { run.WithoutLocks(t) }, rundir.Running, true},
	} {
		c.begin()
		runs, faults := rundir.List([]string{dir})
		if len(faults) > 0 || runs[0].State != c.state || runs[0].Unsure != c.unsure {
			t.Errorf("%+v, %v; want %s, unsure %v", runs, faults, c.state, c.unsure)
		}
	}
}

// TestStandingWithoutLocks: show says what it knows of a run that no lock tells
// about, and names a checkpoint of another experiment.
func TestStandingWithoutLocks(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=2"}})
	dir := filepath.Join(t.TempDir(), "r")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := plainly(1)
	o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == 6 }, stop: cancel}
	if err := run.Run(ctx, e, nil, rundir.Folder(dir), o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	replace(t, dir, "run.json", `"state": "interrupted"`, `"state": "running"`)
	const last = "checkpoints/batch-000000006.safetensors"
	other := strings.Repeat("0", 64)
	edited(t, dir, last, func(_ *nn.Variables, meta map[string]string) {
		if meta["experiment"] != infoOf(t, dir).Experiment {
			t.Fatal("a checkpoint does not say of which experiment it is")
		}
		meta["experiment"] = other
	})

	run.WithoutLocks(t)
	s, err := rundir.ReadStatus(rundir.Folder(dir), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.Checkpoints {
		if (c.Damage != "") != (c.File == last) {
			t.Errorf("%s: damage %q", c.File, c.Damage)
		}
	}
	for _, want := range []string{
		"running (no locks here), its process may have been killed (if nobody works there, cortex run " + dir + " --resume goes on); ",
		"batch-000000006.safetensors, ", "; damaged, nothing goes on from it: belongs to another experiment than experiment.toml beside it\n",
	} {
		if !strings.Contains(report.StatusText(s), want) {
			t.Errorf("want %q in\n%s", want, report.StatusText(s))
		}
	}
	// As going on says.
	if err := run.Resume(context.Background(), rundir.Folder(dir), plainly(1)); err == nil || !strings.Contains(err.Error(), "belongs to another experiment than experiment.toml beside it") {
		t.Errorf("got %v", err)
	}
}
