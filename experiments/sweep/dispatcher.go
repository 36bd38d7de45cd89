package sweep

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"ventral/experiments/rundir"
)

// attempts are how often a task that was busy is tried, and pause the time
// before each: whoever looks at a folder, or removes it, holds its lock for a
// moment, and whoever works there for long.
const (
	attempts = 5
	pause    = 200 * time.Millisecond
)

// Run carries out what is missing, each task in a process of its own. When ctx
// is cancelled every task is left so that it can go on, and the error is ctx's.
// A task that failed is an error that names it, of all failures the first. What
// another process works on at the end is left to it, and is no error.
func (l *Ledger) Run(ctx context.Context, o Options) error {
	if o.Report == nil {
		o.Report = silent{}
	}
	if o.Program == "" {
		var err error
		if o.Program, err = os.Executable(); err != nil {
			return err
		}
	}
	plan, err := l.Schedule(o)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d := &dispatcher{ledger: l, o: o, plan: plan, events: make(chan event), ctx: ctx, stop: stop}
	d.divide()
	for d.begin(); len(d.running) > 0 || d.again(); d.begin() {
		if len(d.running) == 0 {
			continue
		}
		if again := d.heard(<-d.events); again != nil && err == nil {
			err = again
			stop()
		}
	}
	if err != nil {
		return err
	}
	switch len(d.failed) {
	case 0:
		return ctx.Err()
	case 1:
		return fmt.Errorf("%s: a task failed: %s", l.dir, d.failed[0])
	}
	return fmt.Errorf("%s: %d tasks failed, the first: %s", l.dir, len(d.failed), d.failed[0])
}

// dispatcher gives tasks to processes.
type dispatcher struct {
	ledger  *Ledger
	o       Options
	plan    *Schedule
	ctx     context.Context
	stop    func()
	events  chan event
	waiting []*job
	running []*job
	busy    []*job // locked when their turn came
	used    int64  // bytes of those running
	failed  []string
}

// divide has those tasks wait that are to be carried out, refuses those that
// cannot run, and sets aside those that other processes hold.
func (d *dispatcher) divide() {
	for _, x := range d.plan.Todos {
		j := &job{Todo: x}
		switch {
		case x.Action == Leave:
			d.busy = append(d.busy, j)
		case x.Trouble != "":
			d.refuse(j)
		case x.Missing():
			d.waiting = append(d.waiting, j)
		}
	}
}

// refuse notes that a task cannot run, so that its state tells. A task that
// another process holds is busy, like any other.
func (d *dispatcher) refuse(j *job) {
	s, err := j.failed(j.State, j.Trouble)
	var busy *rundir.Busy
	switch {
	case errors.As(err, &busy):
		d.busy = append(d.busy, j)
		return
	case err != nil:
		s.State, s.Error = rundir.Failed, fmt.Sprintf("%s; this cannot be noted: %v", j.Trouble, err)
	case s.State != rundir.Failed && s.State != rundir.Finished:
		d.busy = append(d.busy, j) // another process has been there
		return
	}
	d.ended(j.Task, s, 0)
}

// begin begins as many tasks as there are workers and memory for. What another
// process has finished meanwhile is done, and what it holds is looked at again.
func (d *dispatcher) begin() {
	for d.ctx.Err() == nil && len(d.running) < d.plan.Workers {
		j := d.next()
		if j == nil {
			return
		}
		s, err := j.Task.State()
		if err == nil {
			j.State = s
		}
		switch {
		case err == nil && s.State == rundir.Finished:
			d.ended(j.Task, s, 0)
			continue
		case err == nil && s.State == rundir.Running && !(s.Unsure && d.o.TakeRunning):
			d.busy = append(d.busy, j)
			continue
		case j.Trouble != "":
			d.refuse(j)
			continue
		}
		j.begun = time.Now()
		d.o.Report.Begins(j.Task, d.plan.Threads)
		go j.process(d.ctx, d.o, d.plan.Threads, d.events)
		d.running, d.used = append(d.running, j), d.used+j.Memory
	}
}

// again has the tasks that were busy wait again, when nothing else is left. What
// another process still works on in the end is left to it; what is free and
// undone all the same has failed. It reports whether any task waits.
func (d *dispatcher) again() bool {
	busy := d.busy
	d.busy = nil
	if len(busy) > 0 {
		select {
		case <-time.After(pause):
		case <-d.ctx.Done():
		}
	}
	if d.ctx.Err() != nil {
		return false
	}
	for _, j := range busy {
		if j.tries++; j.tries <= attempts {
			d.waiting = append(d.waiting, j)
			continue
		}
		s, err := j.Task.State()
		switch {
		case err == nil && s.State == rundir.Running && j.Action == Leave:
			hint := ""
			if s.Unsure {
				hint = ", as its run.json says; the file system has no locks to tell. If nobody is, --take-running goes on with it"
			}
			d.o.Report.Note("%s: another process is at work on it%s; left to that one", j.Label(d.ledger.Axes), hint)
		case err == nil && (s.State == rundir.Running || s.State == rundir.Finished):
			d.ended(j.Task, s, 0)
		default:
			s.State, s.Error = rundir.Failed, fmt.Sprintf("its folder was in use each of %d times, though nobody works there now; the same command tries again", attempts)
			d.ended(j.Task, s, 0)
		}
	}
	return len(d.waiting) > 0
}

// next takes the first waiting task that fits into the memory that is left;
// alone, any task does.
func (d *dispatcher) next() *job {
	for i, j := range d.waiting {
		if len(d.running) == 0 || d.o.Memory == 0 || d.used+j.Memory <= d.o.Memory {
			d.waiting = slices.Delete(d.waiting, i, i+1)
			return j
		}
	}
	return nil
}

// heard acts on what a process said.
func (d *dispatcher) heard(e event) error {
	switch {
	case e.Stage != "":
		d.o.Report.Stage(e.Task, e.Stage)
	case e.Note != "":
		d.o.Report.Note("%s: %s", e.Label(d.ledger.Axes), e.Note)
	case e.Train != nil:
		d.o.Report.Train(e.Task, *e.Train)
	case e.ended:
		d.used -= e.Memory
		d.running = slices.DeleteFunc(d.running, func(j *job) bool { return j == e.job })
		s, err := e.verdict()
		if err != nil {
			return err
		}
		if e.err == nil && s.State != rundir.Finished && s.State != rundir.Failed {
			d.busy = append(d.busy, e.job) // its process could not have the lock
			return nil
		}
		d.ended(e.Task, s, time.Since(e.begun))
	}
	return nil
}

// ended notes how a task ended.
func (d *dispatcher) ended(t *Task, s State, took time.Duration) {
	d.o.Report.Ends(t, s, took)
	if s.State != rundir.Failed {
		return
	}
	d.failed = append(d.failed, fmt.Sprintf("%s: %s", t.Label(d.ledger.Axes), s.Error))
	if !d.o.KeepGoing {
		d.stop()
	}
}
