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
	"runtime"
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

	// Predict returns the bytes that the process of an experiment will take;
	// nil where memory does not matter.
	Predict func(e *experiments.Experiment, folder string) (int64, error)
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
	*Task
	memory int64
	begun  time.Time
}

// event is what a worker process says.
type event struct {
	*job
	message
	ended bool
	err   error // why the process ended, nil where it ended well
}

// Run carries out what is missing, each task in a process of its own. When ctx
// is cancelled every task is left so that it can go on, and the error is ctx's.
// A task that failed is an error that names it, of all failures the first.
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
	if o.Threads == 0 {
		o.Threads = runtime.NumCPU()
	}
	waiting, err := l.missing(o)
	if err != nil || len(waiting) == 0 {
		return err
	}
	if o.Workers == 0 {
		o.Workers = o.Threads
	}
	o.Workers = min(o.Workers, len(waiting))
	threads := max(o.Threads/o.Workers, 1)

	ctx, stop := context.WithCancel(ctx)
	defer stop()
	events := make(chan event)
	var running []*job
	var failed []string
	var used int64
	for {
		for ctx.Err() == nil && len(running) < o.Workers {
			j := next(&waiting, used, o.Memory, len(running) == 0)
			if j == nil {
				break
			}
			j.begun = time.Now()
			o.Report.Begins(j.Task, threads)
			go j.process(ctx, o, threads, events)
			running, used = append(running, j), used+j.memory
		}
		if len(running) == 0 {
			break
		}
		e := <-events
		switch {
		case e.Stage != "":
			o.Report.Stage(e.Task, e.Stage)
		case e.Note != "":
			o.Report.Note("%s: %s", e.Label(l.Axes), e.Note)
		case e.Train != nil:
			o.Report.Train(e.Task, *e.Train)
		case e.ended:
			used -= e.memory
			for i, j := range running {
				if j == e.job {
					running = append(running[:i], running[i+1:]...)
					break
				}
			}
			s, err := e.verdict()
			if err != nil {
				return err
			}
			o.Report.Ends(e.Task, s, time.Since(e.begun))
			if s.State == experiments.Failed {
				failed = append(failed, fmt.Sprintf("%s: %s", e.Label(l.Axes), s.Error))
				if !o.KeepGoing {
					stop()
				}
			}
		}
	}
	switch {
	case len(failed) == 1:
		return fmt.Errorf("%s: a task failed: %s", l.dir, failed[0])
	case len(failed) > 1:
		return fmt.Errorf("%s: %d tasks failed, the first: %s", l.dir, len(failed), failed[0])
	}
	return ctx.Err()
}

// missing returns what is to be carried out, with the memory that it takes.
func (l *Ledger) missing(o Options) (list []*job, err error) {
	for _, t := range l.List {
		s, err := t.State()
		if err != nil {
			return nil, err
		}
		if s.State == experiments.Finished {
			continue
		}
		if s.State == experiments.Running {
			o.Report.Note("%s: another process is at work on it; left to that one", t.Label(l.Axes))
			continue
		}
		j := &job{Task: t}
		if o.Predict != nil {
			e, err := t.Experiment()
			if err != nil {
				return nil, err
			}
			if j.memory, err = o.Predict(e, t.Base); err != nil {
				return nil, err
			}
		}
		list = append(list, j)
	}
	return list, nil
}

// next takes the first waiting task that fits into what memory is left; alone,
// any task does.
func next(waiting *[]*job, used, memory int64, alone bool) *job {
	for i, j := range *waiting {
		if alone || memory == 0 || used+j.memory <= memory {
			*waiting = append((*waiting)[:i:i], (*waiting)[i+1:]...)
			return j
		}
	}
	return nil
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
	c := exec.Command(o.Program, args...)
	log, err := os.OpenFile(filepath.Join(string(j.own()), logFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer log.Close()
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
	s, err := e.State()
	if err != nil || e.err == nil || s.State == experiments.Failed || s.State == experiments.Finished {
		return s, err
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
	return e.State()
}

// interrupted is the exit status of a process that was asked to end.
const interrupted = 130

// lastWords is the last line that the task's process said.
func (t *Task) lastWords() string {
	text, err := t.own().ReadText(logFile)
	if err != nil {
		return ""
	}
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
