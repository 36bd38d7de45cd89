package sweep

import (
	"fmt"
	"runtime"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn/optim"
)

// Cost is what a task is predicted to take.
type Cost struct {
	Memory int64   // bytes of its process, 0 unknown
	Batch  float64 // seconds of a training batch, 0 unknown
}

// Schedule is what Run will do.
type Schedule struct {
	Format  int    `json:"format"`
	Workers int    `json:"workers"` // tasks at a time, as memory allows
	Threads int    `json:"threads"` // of each
	Memory  int64  `json:"memory_bytes"`
	Todos   []Todo `json:"tasks"`
	Missing int    `json:"missing"` // tasks that Run carries out
	// Seconds of training that are missing, divided among the workers; 0 where
	// those of a task are unknown. Tests and figures are not counted.
	Seconds float64 `json:"seconds"`
}

// Todo is a task with what Run does about it, and why.
type Todo struct {
	*Task
	State   State   `json:"state"`
	Action  string  `json:"action"`
	Memory  int64   `json:"memory_bytes,omitempty"`
	Seconds float64 `json:"seconds,omitempty"` // of the training that is missing
	Trouble string  `json:"trouble,omitempty"` // why it cannot run
}

// What Run does about a task.
const (
	Nothing = "nothing"                  // finished
	Leave   = "leave to another process" // running
	Begin   = "begin"
	GoOn    = "go on"
	Again   = "try again"
)

// Schedule works out what Run will do, without doing it.
func (l *Ledger) Schedule(o Options) (*Schedule, error) {
	s := &Schedule{Format: spec.Format, Memory: o.Memory}
	for _, t := range l.List {
		state, err := t.State()
		if err != nil {
			return nil, err
		}
		x := Todo{Task: t, State: state, Action: map[string]string{
			rundir.Finished: Nothing, rundir.Running: Leave, Fresh: Begin, rundir.Interrupted: GoOn, rundir.Failed: Again,
		}[state.State]}
		if state.Unsure && o.TakeRunning {
			x.Action = GoOn
		}
		if x.Action == "" {
			return nil, fmt.Errorf("%s: found state %q, want that of a run", t.Folder(), state.State)
		}
		if x.Missing() {
			s.Missing++
		}
		s.Todos = append(s.Todos, x)
	}
	cores := o.Threads
	if cores == 0 {
		cores = runtime.NumCPU()
	}
	if s.Workers = o.Workers; s.Workers == 0 {
		s.Workers = cores
	}
	s.Workers = max(min(s.Workers, s.Missing), 1)
	s.Threads = max(cores/s.Workers, 1)
	if o.Predict != nil {
		if err := s.predict(o); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Missing reports whether Run carries the task out.
func (x *Todo) Missing() bool { return x.Action != Nothing && x.Action != Leave }

// predict fills in memory and time. Experiments that differ in seed, rate and
// epochs alone take the same for a batch.
func (s *Schedule) predict(o Options) error {
	known := map[string]Cost{}
	total, all := 0.0, true
	longest := 0.0
	for i := range s.Todos {
		x := &s.Todos[i]
		if !x.Missing() {
			continue
		}
		e, err := x.Experiment()
		if err != nil {
			x.Trouble = err.Error()
			continue
		}
		shape := *e
		shape.Name, shape.Seed, shape.Train.Epochs, shape.Train.Schedule = "", 0, 1, optim.DefaultSchedule()
		key := x.Base + "\n" + shape.TOML()
		c, ok := known[key]
		if !ok {
			if c, err = o.Predict(e, x.Base, s.Threads); err != nil {
				x.Trouble = err.Error()
				continue
			}
			known[key] = c
		}
		x.Memory = c.Memory
		x.Seconds = c.Batch * float64(x.Batches-x.State.Batches)
		total, longest = total+x.Seconds, max(longest, x.Seconds)
		all = all && x.Seconds > 0
		if o.Memory > 0 && c.Memory > o.Memory {
			x.Trouble = fmt.Sprintf("needs %d MiB of memory, want at most the %d MiB there are", c.Memory>>20, o.Memory>>20)
		}
	}
	if all {
		s.Seconds = max(total/float64(s.Workers), longest)
	}
	return nil
}
