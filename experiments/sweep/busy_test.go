package sweep

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ventral/experiments"
	"ventral/nn/engine/cpu"
)

// planned is a sweep of one task.
func planned(t *testing.T) (*Ledger, *Task) {
	t.Helper()
	l, err := New(experiments.Folder(filepath.Join(t.TempDir(), "s")), []Item{{Labels: map[string]string{"variant": "one"}, Experiment: read(t, "")}})
	must(t, err)
	return l, l.List[0]
}

// TestBusyForAMoment: a task whose lock somebody holds for a moment is carried
// out all the same, and one whose run is held has not failed.
func TestBusyForAMoment(t *testing.T) {
	l, x := planned(t)
	lock, err := x.own().Lock()
	must(t, err)
	time.AfterFunc(pause+pause/2, lock.Release)
	must(t, l.Run(context.Background(), Options{Threads: 1}))
	if s, err := x.State(); err != nil || s.State != experiments.Finished {
		t.Errorf("%v, %v; want a task that is finished", s, err)
	}

	_, x = planned(t)
	must(t, os.MkdirAll(string(x.Folder()), 0o777))
	lock, err = x.Folder().Lock()
	must(t, err)
	defer lock.Release()
	var busy *experiments.Busy
	e := cpu.New(cpu.Options{Threads: 1})
	if err := x.Work(context.Background(), experiments.Options{Engine: e, Kernel: e.KernelName(), Threads: 1}); !errors.As(err, &busy) {
		t.Errorf("got %v, want that the folder is busy", err)
	}
	if x.own().Has(failureFile) {
		t.Error("a task that was busy is noted as failed")
	}
}

// TestPlannedAgain: a worker finds its task though another plan has dropped it
// from the ledger meanwhile.
func TestPlannedAgain(t *testing.T) {
	l, x := planned(t)
	_, err := New(l.Folder(), []Item{{Experiment: read(t, "fast")}})
	must(t, err)
	must(t, l.Run(context.Background(), Options{Threads: 1}))
	if s, err := x.State(); err != nil || s.State != experiments.Finished {
		t.Errorf("%v, %v; want a task that is finished", s, err)
	}
	if _, err := OpenTask(l.Folder(), x.Hash[:16]); err == nil {
		t.Error("a task is opened by a part of its hash")
	}
}

// TestLastWords: what is quoted of a process is its own, not what an earlier one
// said.
func TestLastWords(t *testing.T) {
	_, x := planned(t)
	must(t, x.own().WriteText(logFile, "old words\n"))
	j := &job{Todo: Todo{Task: x}}
	events := make(chan event, 1000)
	must(t, j.attend(context.Background(), Options{Program: os.Args[0]}, 1, events))
	if got := j.lastWords(); got != "" {
		t.Errorf("got %q of a process that said nothing", got)
	}
}
