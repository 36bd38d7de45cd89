package sweep

import (
	"time"

	"ventral/experiments/run"
	"ventral/experiments/spec"
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
	Predict func(e *spec.Experiment, folder string, threads int) (Cost, error)
	Report  Report // told of progress; may be nil
}

// Report is told of a sweep's progress, by one goroutine at a time.
type Report interface {
	Begins(t *Task, threads int)
	Stage(t *Task, text string)
	Train(t *Task, p run.TrainedBatch)
	Ends(t *Task, s State, took time.Duration)
	Note(format string, a ...any)
}

type silent struct{}

func (silent) Begins(*Task, int)                {}
func (silent) Stage(*Task, string)              {}
func (silent) Train(*Task, run.TrainedBatch)    {}
func (silent) Ends(*Task, State, time.Duration) {}
func (silent) Note(string, ...any)              {}
