package sweep

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"ventral/experiments"
)

// Options say how a sweep is carried out.
type Options struct {
	Program   string // path of cortex, "" for the running program
	Workers   int    // tasks at a time; 0: one a core, as many as memory holds
	Threads   int    // cores to divide among them; 0: all
	Memory    int64  // bytes to divide among them; 0: no limit
	KeepGoing bool   // a task that fails does not end the others

	// TakeRunning goes on with tasks that are unsure to run; Arguments must say so
	// to the processes, too.
	TakeRunning bool

	Arguments []string // further flags of cortex sweep run for every process, as --no-figures

	// Predict returns what an experiment will take with so many threads. An
	// error is why it cannot run. Nil where that does not matter.
	Predict func(e *experiments.Experiment, folder string, threads int) (Cost, error)
	Report  Report // told of progress; may be nil
}

// Report is told of a sweep's progress, by one goroutine at a time.
type Report interface {
	Begins(t *Task, threads int)
	Stage(t *Task, text string)
	Train(t *Task, p experiments.TrainingStep)
	Ends(t *Task, s State, took time.Duration)
	Note(format string, a ...any)
}

type silent struct{}

func (silent) Begins(*Task, int)                     {}
func (silent) Stage(*Task, string)                   {}
func (silent) Train(*Task, experiments.TrainingStep) {}
func (silent) Ends(*Task, State, time.Duration)      {}
func (silent) Note(string, ...any)                   {}

// job is a task that is to be carried out.
type job struct {
	Todo
	begun time.Time
	said  int64 // bytes of the task's log before its process began
	tries int   // how often it was found busy
}

// attempts are how often a task that was busy is tried, and pause the time
// before each: whoever looks at a folder, or removes it, holds its lock for a
// moment, and whoever works there for long.
const (
	attempts = 5
	pause    = 200 * time.Millisecond
)

// event is what a worker process says.
type event struct {
	*job
	message
	ended bool
	err   error // why the process ended, nil where it ended well
}

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
	if err := d.sort(); err != nil {
		return err
	}
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

// sort sets tasks aside that cannot run and those that other processes hold.
func (d *dispatcher) sort() error {
	for _, x := range d.plan.Todos {
		switch {
		case x.Action == Leave:
			d.busy = append(d.busy, &job{Todo: x})
		case x.Trouble != "":
			s, err := x.troubled()
			if err != nil {
				return err
			}
			d.ended(x.Task, s, 0)
		case x.Missing():
			d.waiting = append(d.waiting, &job{Todo: x})
		}
	}
	return nil
}

// begin begins as many tasks as there are workers and memory for. What another
// process has finished meanwhile is done, and what it holds is looked at again.
func (d *dispatcher) begin() {
	for d.ctx.Err() == nil && len(d.running) < d.plan.Workers {
		j := d.next()
		if j == nil {
			return
		}
		if s, err := j.Task.State(); err == nil && s.State == experiments.Finished {
			d.ended(j.Task, s, 0)
			continue
		} else if err == nil && s.State == experiments.Running && !(s.Unsure && d.o.TakeRunning) {
			d.busy = append(d.busy, j)
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
		case err == nil && s.State == experiments.Running && j.Action == Leave:
			hint := ""
			if s.Unsure {
				hint = ", as its run.json says; the file system has no locks to tell. If nobody is, --take-running goes on with it"
			}
			d.o.Report.Note("%s: another process is at work on it%s; left to that one", j.Label(d.ledger.Axes), hint)
		case err == nil && (s.State == experiments.Running || s.State == experiments.Finished):
			d.ended(j.Task, s, 0)
		default:
			s.State, s.Error = experiments.Failed, fmt.Sprintf("its folder was in use each of %d times, though nobody works there now; the same command tries again", attempts)
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
		if e.err == nil && s.State != experiments.Finished && s.State != experiments.Failed {
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
	if s.State != experiments.Failed {
		return
	}
	d.failed = append(d.failed, fmt.Sprintf("%s: %s", t.Label(d.ledger.Axes), s.Error))
	if !d.o.KeepGoing {
		d.stop()
	}
}

// process carries the task out in a process. That process goes on while its
// standard input is open, so that it leaves a checkpoint and ends when this one
// closes it, or dies.
func (j *job) process(ctx context.Context, o Options, threads int, events chan<- event) {
	err := j.attend(ctx, o, threads, events)
	events <- event{job: j, ended: true, err: err}
}

func (j *job) attend(ctx context.Context, o Options, threads int, events chan<- event) error {
	args := []string{"sweep", "run", string(j.dir), "--task", j.Hash, "--worker", "--threads", strconv.Itoa(threads)}
	if o.Memory > 0 {
		args = append(args, "--memory-mib", strconv.FormatInt(max(o.Memory>>20, 1), 10))
	}
	c := exec.Command(o.Program, append(args, o.Arguments...)...)
	log, err := os.OpenFile(filepath.Join(string(j.own()), logFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer log.Close()
	if info, err := log.Stat(); err == nil {
		j.said = info.Size()
	}
	c.Stderr = log
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { in.Close() })()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var m message
		if json.Unmarshal(lines.Bytes(), &m) == nil {
			events <- event{job: j, message: m}
		}
	}
	io.Copy(io.Discard, out)
	return c.Wait()
}

// verdict is how a task stands whose process has ended. A process that was
// killed leaves no word of its own; then this one notes what is known.
func (e event) verdict() (State, error) {
	s, err := e.Task.State()
	if err != nil || e.err == nil || s.State == experiments.Failed || s.State == experiments.Finished || s.State == experiments.Running && !s.Unsure {
		return s, err // running: in a process of another sweep
	}
	var exit *exec.ExitError
	if errors.As(e.err, &exit) && exit.ExitCode() == interrupted {
		return s, nil
	}
	why := fmt.Sprintf("its process ended: %v", e.err)
	if strings.Contains(e.err.Error(), "killed") {
		why += "; the system kills a process that takes too much memory"
	}
	if line := e.lastWords(); line != "" {
		why += "; it said: " + line
	}
	if err := e.fail(why, time.Now()); err != nil {
		return s, err
	}
	return e.Task.State()
}

// interrupted is the exit status of a process that was asked to end.
const interrupted = 130

// lastWords is the last line that the job's process said, "" where it said
// nothing: the log begins with those of earlier ones.
func (j *job) lastWords() string {
	text, err := j.own().ReadText(logFile)
	if err != nil || int64(len(text)) < j.said {
		return ""
	}
	text = strings.TrimSpace(text[j.said:])
	return text[strings.LastIndexByte(text, '\n')+1:]
}
