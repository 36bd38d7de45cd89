package sweep

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ventral/experiments/filelock"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/nn/engine/cpu"
)

// planned is a sweep of one task.
func planned(t *testing.T) (*Ledger, *Task) {
	t.Helper()
	l, err := New(rundir.Folder(filepath.Join(t.TempDir(), "s")), []Item{{Labels: map[string]string{"variant": "one"}, Experiment: read(t, "")}})
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
	if s, err := x.State(); err != nil || s.State != rundir.Finished {
		t.Errorf("%v, %v; want a task that is finished", s, err)
	}

	_, x = planned(t)
	must(t, os.MkdirAll(string(x.Folder()), 0o777))
	lock, err = x.Folder().Lock()
	must(t, err)
	defer lock.Release()
	var busy *rundir.Busy
	e := cpu.New(cpu.Options{Threads: 1})
	if err := x.Work(context.Background(), run.Options{Engine: e, Kernel: e.KernelName(), Threads: 1}, false); !errors.As(err, &busy) {
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
	if s, err := x.State(); err != nil || s.State != rundir.Finished {
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

// TestWithoutLocks: where no lock tells, a run that calls itself running is left
// alone, until it is said that nobody works there.
func TestWithoutLocks(t *testing.T) {
	withLocks := filelock.Lock
	defer func() { filelock.Lock = withLocks }()
	l, x := planned(t)
	e := cpu.New(cpu.Options{Threads: 1})
	o := run.Options{Engine: e, Kernel: e.KernelName(), Threads: 1}
	ctx, cancel := context.WithCancel(context.Background())
	o.Report = &canceller{cancel: cancel}
	if err := x.Work(ctx, o, false); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	o.Report = nil
	var info rundir.Info
	must(t, x.Folder().ReadJSON("run.json", &info))
	info.State = rundir.Running // as a process that is killed leaves it, or one that works
	must(t, x.Folder().WriteJSON("run.json", info))
	if s, err := x.State(); err != nil || s.State != rundir.Interrupted || s.Unsure {
		t.Errorf("with locks: %+v, %v; want interrupted", s, err)
	}
	filelock.Lock = func(*os.File, bool) error { return errors.ErrUnsupported }
	if s, err := x.State(); err != nil || s.State != rundir.Running || !s.Unsure {
		t.Errorf("without locks: %+v, %v; want running, unsure", s, err)
	}
	if p, err := l.Schedule(Options{}); err != nil || p.Todos[0].Action != Leave {
		t.Errorf("%v, %v; want a task that is left alone", p.Todos[0].Action, err)
	}
	if p, err := l.Schedule(Options{TakeRunning: true}); err != nil || p.Todos[0].Action != GoOn {
		t.Errorf("%v, %v; want a task that goes on", p.Todos[0].Action, err)
	}
	var busy *rundir.Busy
	if err := x.Work(context.Background(), o, false); !errors.As(err, &busy) {
		t.Errorf("got %v, want that the folder is busy", err)
	}
	j := &job{Todo: Todo{Task: x}}
	if s, err := (event{job: j, err: errors.New("signal: killed")}).verdict(); err != nil || s.State != rundir.Failed {
		t.Errorf("%v, %v; want that a process of one's own which was killed has failed", s, err)
	}
	must(t, x.forget())
	must(t, x.Work(context.Background(), o, true))
	if s, err := x.State(); err != nil || s.State != rundir.Finished {
		t.Errorf("%v, %v; want a task that is finished", s, err)
	}
}

// canceller cancels at the first training batch.
type canceller struct {
	wire
	cancel func()
}

func (c *canceller) Stage(string)           {}
func (c *canceller) Note(string, ...any)    {}
func (c *canceller) Train(run.TrainedBatch) { c.cancel() }
