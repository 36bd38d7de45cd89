package compare

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/sweep"
)

// TestLeftToAnother: nothing is read of runs that another process trains, neither
// to choose a candidate nor to compare, although the sweep has nothing left to do.
func TestLeftToAnother(t *testing.T) {
	list, err := builtin(t, "debris").Derive("", []string{"feedforward", "adjacent"})
	if err != nil {
		t.Fatal(err)
	}
	c := spec.NewComparison()
	c.Seeds, c.TuneSeeds = 1, 1
	c.Tune = []spec.Candidate{{Key: "train.rate", Values: []string{"0.1", "0.03"}}}
	p, err := NewPlan("x", list, c, 0)
	if err != nil {
		t.Fatal(err)
	}
	dir := rundir.Folder(t.TempDir())
	write := func(task *sweep.Task, state string, epoch int) {
		t.Helper()
		if err := task.Folder().WriteJSON("run.json", rundir.Info{Format: spec.Format, State: state}); err != nil {
			t.Fatal(err)
		}
		if err := task.Folder().WriteText("experiment.toml", ""); err != nil {
			t.Fatal(err)
		}
		if err := task.Folder().WriteText("metrics.jsonl", fmt.Sprintf(`{"format":2,"epoch":%d,"batches":10,"validation_accuracy":%d}`+"\n", epoch, 10+epoch)); err != nil {
			t.Fatal(err)
		}
	}
	hold := func(task *sweep.Task) {
		t.Helper()
		lock, err := task.Folder().Lock()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(lock.Release)
	}
	calls := 0
	carry := func(ctx context.Context, l *sweep.Ledger) error {
		calls++
		for _, task := range l.List {
			if !task.Folder().IsRun() {
				write(task, rundir.Running, 1)
				hold(task)
			}
		}
		return l.Run(ctx, sweep.Options{Threads: 1, Program: "/nothing"})
	}
	say := func(string, ...any) {}
	_, err = p.Run(context.Background(), dir, carry, say)
	if want := "another process works on 4 candidates; the same command goes on when it has ended"; err == nil || !strings.Contains(err.Error(), want) || calls != 1 {
		t.Fatalf("after %d calls got %v, want %q", calls, err, want)
	}
	l, err := sweep.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, task := range l.List {
		write(task, rundir.Finished, i)
	}
	_, err = p.Run(context.Background(), dir, carry, say)
	if want := "another process works on 2 runs; "; err == nil || !strings.Contains(err.Error(), want) || calls != 3 {
		t.Errorf("after %d calls got %v, want %q", calls, err, want)
	}
	if v := p.Variants[0].Chosen["train.rate"]; v != "0.03" {
		t.Errorf("chose %s of finished candidates, want 0.03", v)
	}
}

// TestLock: a folder is of one comparison at a time, and what a killed process
// left before its plan is no obstacle. Nobody removes a folder that is in use.
func TestLock(t *testing.T) {
	dir := rundir.Folder(t.TempDir() + "/new")
	lock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := dir.WriteJSON(planFile, map[string]any{"format": spec.Format, "variants": []map[string]string{{"name": "a"}}}); err != nil {
		t.Fatal(err)
	}
	var busy *rundir.Busy
	if _, err := Lock(dir); !errors.As(err, &busy) {
		t.Errorf("a second comparison: %v", err)
	}
	if _, err := NewRemoval(dir, false); !errors.As(err, &busy) {
		t.Errorf("a removal: %v", err)
	}
	lock.Release()
	r, err := NewRemoval(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(string(dir)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	if lock, err = Lock(dir); err != nil {
		t.Fatal(err)
	}
	lock.Release()
	if err := Vacant(dir); err != nil {
		t.Errorf("a folder with a lock file alone: %v", err)
	}
}
