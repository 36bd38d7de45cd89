package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// Work carries a task out in this process: it begins the run, goes on with it
// from its last checkpoint, or leaves it where it is finished; [Task.Condition] then tests
// it in its conditions. A task that
// another process works on is an *run.Busy, and so is one of which that
// is unsure, unless it is to be taken all the same. When ctx is cancelled there
// is a checkpoint, and the error is ctx's. Of o, the folder that paths start
// from is the task's own.
func (t *Task) Work(ctx context.Context, o run.Options, take bool) error {
	s, err := t.State()
	if err != nil || s.State == rundir.Finished || s.Conditions {
		return err
	}
	if s.Unsure && !take {
		return &rundir.Busy{Folder: t.Folder(), By: "another process, as run.json says, though the file system has no locks to tell,"}
	}
	lock, err := t.own().Lock()
	if err != nil {
		return err
	}
	defer lock.Release()
	if s, err := t.stands(); err != nil || s.State == rundir.Finished || s.Conditions {
		return err // by a process that held the lock before
	}
	if err := t.forget(); err != nil {
		return err
	}
	err = t.work(ctx, o)
	var busy *rundir.Busy
	if err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, &busy) {
		if noted := t.fail(err.Error(), time.Now()); noted != nil {
			return errors.Join(err, noted)
		}
	}
	return err
}

func (t *Task) work(ctx context.Context, o run.Options) error {
	dir := t.Folder()
	if dir.IsRun() {
		return run.Resume(ctx, dir, o)
	}
	e, err := t.Experiment()
	if err != nil {
		return err
	}
	o.Folder, o.LeaveTest = t.Base, t.LeaveTest
	return run.Run(ctx, e, nil, dir, o)
}

// message is a line that a worker writes for the process that began it.
type message struct {
	Stage string            `json:"stage,omitempty"`
	Note  string            `json:"note,omitempty"`
	Train *run.TrainedBatch `json:"train,omitempty"`
}

// wire is a report that writes messages, of training batches at most four a
// second.
type wire struct {
	mu   sync.Mutex
	out  *json.Encoder
	last time.Time
}

// Wire returns a report whose lines the process that began a worker reads.
func Wire(w io.Writer) run.Report { return &wire{out: json.NewEncoder(w)} }

func (w *wire) send(m message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out.Encode(m) // nobody is left to tell where it fails
}

func (w *wire) Stage(text string)              { w.send(message{Stage: text}) }
func (w *wire) Work(_, _ int64)                {}
func (w *wire) Epoch(_ string, _ rundir.Epoch) {}
func (w *wire) Drawable(rundir.Folder)         {}
func (w *wire) Note(format string, a ...any)   { w.send(message{Note: fmt.Sprintf(format, a...)}) }
func (w *wire) Train(p run.TrainedBatch) {
	w.mu.Lock()
	early := time.Since(w.last) < 250*time.Millisecond && p.Batch < p.Batches
	if !early {
		w.last = time.Now()
	}
	w.mu.Unlock()
	if !early {
		w.send(message{Train: &p})
	}
}
