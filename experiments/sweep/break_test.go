package sweep

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// watch is a report that calls a function at the first training batch of a task.
type watch struct {
	silent
	t     *testing.T
	mu    sync.Mutex
	first func(t *Task)
	seen  map[string]bool
	ends  []string
}

func (w *watch) Train(t *Task, p run.TrainedBatch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.seen[t.Hash] && p.Batch < p.Batches {
		w.seen[t.Hash] = true
		w.first(t)
	}
}

func (w *watch) Ends(t *Task, s State, _ time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ends = append(w.ends, s.State)
}

// whole returns the weights of the experiment without a break.
func whole(t *testing.T, set ...string) string {
	t.Helper()
	l, err := New(rundir.Folder(filepath.Join(t.TempDir(), "whole")), []Item{{Experiment: read(t, "", set...)}})
	must(t, err)
	must(t, l.Run(context.Background(), Options{Threads: 1}))
	text, err := l.List[0].Folder().ReadText("weights.safetensors")
	must(t, err)
	return text
}

// long takes seconds to train.
var long = []string{"stimuli.train=16000", "train.epochs=2"}

// TestInterrupted cancels a sweep, and kills a worker; both go on to the bits of
// a run without a break.
func TestInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: trains for seconds")
	}
	want := whole(t, long...)
	for _, c := range []struct {
		name  string
		stop  func(cancel func(), x *Task)
		state string
		says  string
	}{
		{"cancelled", func(cancel func(), x *Task) { cancel() }, rundir.Interrupted, "context canceled"},
		{"killed", func(_ func(), x *Task) { kill(t, x) }, rundir.Failed, "a task failed: one: its process ended: signal: killed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := New(rundir.Folder(filepath.Join(t.TempDir(), "s")), []Item{{Labels: map[string]string{"variant": "one"}, Experiment: read(t, "", long...)}})
			must(t, err)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			w := &watch{t: t, seen: map[string]bool{}, first: func(x *Task) { c.stop(cancel, x) }}
			if err := l.Run(ctx, Options{Threads: 1, Report: w}); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("got %v, want %q", err, c.says)
			}
			s, err := l.List[0].State()
			must(t, err)
			if s.State != c.state || len(w.ends) != 1 || w.ends[0] != c.state {
				t.Errorf("%v, %v; want %s", s, w.ends, c.state)
			}
			if c.state == rundir.Interrupted && (s.Batches == 0 || s.Batches >= s.BatchesInAll) {
				t.Errorf("a checkpoint of batch %d of %d", s.Batches, s.BatchesInAll)
			}
			must(t, l.Run(context.Background(), Options{Threads: 2}))
			got, err := l.List[0].Folder().ReadText("weights.safetensors")
			must(t, err)
			if got != want {
				t.Error("the weights differ from those without a break")
			}
		})
	}
}

// kill kills the process that works on a task.
func kill(t *testing.T, x *Task) {
	text, err := x.own().ReadText(".lock") // "process N on HOST"
	must(t, err)
	pid := 0
	for _, c := range strings.TrimPrefix(text, "process ") {
		if c < '0' || c > '9' {
			break
		}
		pid = 10*pid + int(c-'0')
	}
	p, err := os.FindProcess(pid)
	must(t, err)
	must(t, p.Kill())
}

// TestTwoAtOnce has two dispatchers share a sweep: every task is done once.
func TestTwoAtOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: trains for seconds")
	}
	dir := rundir.Folder(filepath.Join(t.TempDir(), "s"))
	_, err := New(dir, seeds(t))
	must(t, err)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			l, err := Open(dir)
			if err != nil {
				t.Error(err)
				return
			}
			if err := l.Run(context.Background(), Options{Workers: 2, Threads: 2}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	l, err := Open(dir)
	must(t, err)
	for _, x := range l.List {
		var info rundir.Info
		must(t, x.Folder().ReadJSON("run.json", &info))
		if info.State != rundir.Finished || len(info.Resumed) > 0 || len(info.TestRead) != 1 {
			t.Errorf("%s: %s, went on %d times, read test images %d times", x.Label(l.Axes), info.State, len(info.Resumed), len(info.TestRead))
		}
	}
}
