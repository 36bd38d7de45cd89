package compare

import (
	"fmt"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
)

// Run is a finished run as a comparison reads it.
type Run struct {
	Folder rundir.Folder
	Seed   int
	Test   *rundir.TestResult
	data   string // of run.Info.Tested
	images *stimuli.Description

	Diverged bool // as in run.Info
}

// readRun reads a finished run.
func readRun(dir rundir.Folder) (*Run, error) {
	if _, _, err := run.Open(dir); err != nil {
		return nil, err
	}
	s, err := rundir.ReadState(dir)
	if err != nil {
		return nil, err
	}
	info := s.Info
	if s.State != rundir.Finished {
		hint := ""
		if s.State != rundir.Running {
			hint = fmt.Sprintf("; cortex run %s --resume goes on with it", dir)
		}
		return nil, fmt.Errorf("%s: is %s, want a finished run%s", dir, rundir.StateText(s.State, s.Unsure), hint)
	}
	o, err := rundir.ReadStatus(dir, false)
	if err != nil {
		return nil, err
	}
	if o.Test == nil || len(o.Test.Steps) == 0 {
		return nil, fmt.Errorf("%s: has no test results, want a run with them", dir)
	}
	return &Run{Folder: dir, Seed: info.Seed, Test: o.Test, data: info.Tested(o.Test.Split), images: run.Described(info), Diverged: info.Diverged}, nil
}

// at is what a run measured at a step. A network without recurrence keeps its
// answer after the step at which it gives it. ok is false where there is none.
func (r *Run) at(t int, recurrent bool) (rundir.Step, bool) {
	last := r.Test.Steps[len(r.Test.Steps)-1]
	if t < 0 || !recurrent && t > last.Step {
		return last, true
	}
	for _, s := range r.Test.Steps {
		if s.Step == t {
			return s, true
		}
	}
	return last, false
}

// testedAt are the steps at which a run was tested.
func testedAt(r *Run) (list []int) {
	for _, s := range r.Test.Steps {
		list = append(list, s.Step)
	}
	return list
}
