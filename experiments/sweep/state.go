package sweep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Fresh is the state of a task that nobody has begun; others have the states
// of runs: experiments.Running, Interrupted, Failed, Finished.
const Fresh = "new"

// State is how a task stands, as its files tell.
type State struct {
	State        string `json:"state"`
	Batches      int    `json:"batches"`         // of the newest checkpoint
	BatchesInAll int    `json:"batches_in_all"`  // in all
	Error        string `json:"error,omitempty"` // why it failed

	// Unsure is that it is called running by its run alone, since the file system
	// has no locks to tell: its process may have been killed.
	Unsure bool `json:"unsure,omitempty"`

	// Conditions is that the run is finished, but was not tested in the conditions that
	// the task asks for.
	Conditions bool `json:"conditions_missing,omitempty"`
}

// String says it in words.
func (s State) String() string {
	switch s.State {
	case rundir.Interrupted:
		if s.Conditions {
			return "trained and tested; it is not tested in its conditions yet"
		}
		return fmt.Sprintf("interrupted at batch %d of %d", s.Batches, s.BatchesInAll)
	case rundir.Running:
		if s.Unsure {
			return fmt.Sprintf("running as its run.json says, batch %d of %d kept; the file system has no locks to tell", s.Batches, s.BatchesInAll)
		}
		return fmt.Sprintf("running, batch %d of %d kept", s.Batches, s.BatchesInAll)
	case rundir.Failed:
		return "failed: " + s.Error
	}
	return s.State
}

// failure is failure.json: why a task ended, where its run cannot tell.
type failure struct {
	Format int       `json:"format"`
	Error  string    `json:"error"`
	Time   time.Time `json:"time"`
}

// fail notes why the task failed.
func (t *Task) fail(why string, now time.Time) error {
	return t.own().WriteJSON(failureFile, failure{spec.Format, why, now})
}

// failed notes under the task's lock why it failed, and returns how it stands
// then. A task that another process holds is an *experiments.Busy; one that stands
// otherwise by now than it did is left as it is.
func (t *Task) failed(was State, why string) (State, error) {
	lock, err := t.own().Lock()
	if err != nil {
		return was, err
	}
	defer lock.Release()
	s, err := t.stands()
	if err != nil || s.State != was.State || s.Unsure != was.Unsure {
		return s, err
	}
	if err := t.fail(why, time.Now()); err != nil {
		return s, err
	}
	return State{State: rundir.Failed, Batches: s.Batches, BatchesInAll: s.BatchesInAll, Error: why}, nil
}

// forget removes the note of an earlier failure.
func (t *Task) forget() error {
	err := os.Remove(filepath.Join(string(t.own()), failureFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// State reads how the task stands.
func (t *Task) State() (State, error) {
	busy := t.own().InUse()
	s, err := t.stands()
	if err == nil && busy && s.State != rundir.Finished {
		s.State, s.Error, s.Unsure = rundir.Running, "", false
	}
	return s, err
}

// stands is State for whoever holds the task's own lock.
func (t *Task) stands() (State, error) {
	s := State{State: Fresh, BatchesInAll: t.Batches}
	run := t.Folder()
	inUse := false
	if run.IsRun() {
		x, err := rundir.ReadState(run)
		if err != nil {
			return s, err
		}
		if x.State == rundir.Finished && t.conditioned() {
			return State{State: x.State, Batches: t.Batches, BatchesInAll: t.Batches}, nil
		}
		s.State, s.Error, s.Unsure, s.Batches = x.State, x.Info.Error, x.Unsure, newest(run)
		inUse = x.InUse
		if x.State == rundir.Finished {
			s.State, s.Batches, s.Conditions, inUse = rundir.Interrupted, t.Batches, true, false
		}
	} else {
		inUse = run.InUse()
	}
	if inUse {
		s.State, s.Error = rundir.Running, ""
		return s, nil
	}
	if s.State == rundir.Stopped { // its process was killed
		s.State = rundir.Interrupted
	}
	if t.own().Has(failureFile) {
		var f failure
		if err := t.own().ReadJSON(failureFile, &f); err != nil {
			return s, err
		}
		s.State, s.Error, s.Unsure = rundir.Failed, f.Error, false
	}
	return s, nil
}

// newest is the batches of a run's newest checkpoint, 0 where there is none.
func newest(run rundir.Folder) (batches int) {
	entries, _ := os.ReadDir(filepath.Join(string(run), "checkpoints"))
	for _, e := range entries {
		n := 0
		if _, err := fmt.Sscanf(e.Name(), "batch-%d.safetensors", &n); err == nil {
			batches = max(batches, n)
		}
	}
	return batches
}
