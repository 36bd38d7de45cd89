package sweep

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// TestTroubleBusy: a task that cannot run and that another process holds does not
// end the sweep before it begins. Once its lock is free it is said to fail, and
// while it is not, it is left to that process.
func TestTroubleBusy(t *testing.T) {
	for _, held := range []time.Duration{2 * pause, time.Hour} {
		l, err := New(rundir.Folder(filepath.Join(t.TempDir(), "s")), []Item{
			{Labels: map[string]string{"k": "a"}, Experiment: read(t, "", "steps=4")},
			{Labels: map[string]string{"k": "b"}, Experiment: read(t, "")},
		})
		must(t, err)
		cannot, other := l.List[0], l.List[1]
		var lock *rundir.Lock
		err = l.Run(context.Background(), Options{Threads: 1, KeepGoing: true, Predict: func(e *spec.Experiment, _ string, _ int) (Cost, error) {
			if e.Steps != 4 {
				return Cost{}, nil
			}
			if lock == nil { // it was free when Schedule looked
				lock, err = cannot.own().Lock()
				must(t, err)
				time.AfterFunc(held, lock.Release)
			}
			return Cost{}, errors.New("no such data")
		}})
		if s, err := other.State(); err != nil || s.State != rundir.Finished {
			t.Errorf("held for %v: %v, %v; want the other task finished", held, s, err)
		}
		switch s, stateErr := cannot.State(); {
		case stateErr != nil:
			t.Error(stateErr)
		case held == time.Hour:
			if err != nil || s.State != rundir.Running {
				t.Errorf("got %v, %v; want that it is left to the other process", s, err)
			}
			lock.Release()
		case err == nil || !strings.Contains(err.Error(), "a task failed: k a: no such data") || s.Error != "no such data":
			t.Errorf("got %v, %v; want that it cannot run", s, err)
		}
	}
}

// TestFailedUnderLock: why a task failed is noted by whoever has its lock, and not
// over what another process has brought about meanwhile.
func TestFailedUnderLock(t *testing.T) {
	_, x := planned(t)
	was, err := x.State()
	must(t, err)
	lock, err := x.own().Lock()
	must(t, err)
	var busy *rundir.Busy
	if _, err := x.failed(was, "killed"); !errors.As(err, &busy) || x.own().Has(failureFile) {
		t.Errorf("got %v; want that it is busy, and no note", err)
	}
	must(t, x.fail("too little memory", time.Now())) // by that process
	lock.Release()
	if s, err := x.failed(was, "killed"); err != nil || s.Error != "too little memory" {
		t.Errorf("got %v, %v; want the note of the other process", s, err)
	}
	was, err = x.State()
	must(t, err)
	if s, err := x.failed(was, "killed"); err != nil || fmt.Sprint(s) != "failed: killed" {
		t.Errorf("got %v, %v; want the new note", s, err)
	}
	if s, err := x.State(); err != nil || fmt.Sprint(s) != "failed: killed" {
		t.Errorf("got %v, %v; want the new note", s, err)
	}
}
