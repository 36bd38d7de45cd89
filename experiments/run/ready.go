package run

import (
	"fmt"
	"math"

	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/readable"
	"ventral/experiments/spec"
	"ventral/experiments/spec/fitting"
	"ventral/experiments/stimuli"
	"ventral/nn"
	"ventral/nn/rewrite"
)

// Ready returns the reason why an experiment cannot run, as Run does before it makes a
// folder. The error names the experiment's variant.
func Ready(e *spec.Experiment, o Options) error {
	r, err := newReady(e, o)
	r.close()
	return err
}

// ready is a network whose training can begin: its graph, and its training program,
// which the engine has taken.
type ready struct {
	g   *cortex.Graph
	p   *nn.Program
	exe nn.Executable
}

func (r *ready) close() {
	if r != nil && r.exe != nil {
		r.exe.Close()
	}
}

// newReady makes an experiment ready, or reports what would keep it from running:
// places that training never fills, data that is not there, arithmetic that the
// engine lacks, memory. The error names the experiment's variant.
func newReady(e *spec.Experiment, o Options) (*ready, error) {
	r, err := compiled(e, o)
	if err == nil {
		err = DataReady(e, o)
	}
	if err != nil {
		r.close()
		return nil, decode.OfVariant(err, e.Variant)
	}
	return r, nil
}

// DataReady reports data that is not there.
func DataReady(e *spec.Experiment, o Options) error {
	return e.Wrap([]string{"stimuli"}, stimuli.Ready(e.Stimuli.Settings, e.Env(o.Folder, o.Cache)))
}

// compiled is newReady without a look at the data.
func compiled(e *spec.Experiment, o Options) (r *ready, err error) {
	r = &ready{}
	if r.g, err = e.Graph(); err != nil {
		return nil, err
	}
	if err := Trainable(e, r.g, o); err != nil {
		return nil, err
	}
	if r.p, err = cortex.TrainingProgram(r.g, e.Rule(), e.Train.Batch, e.Statistics == "all"); err != nil {
		return nil, err
	}
	_, err = Fits(e, r.p, func(p *nn.Program) (int64, error) {
		exe, err := o.Engine.Compile(p)
		switch {
		case err != nil:
		case p == r.p:
			r.exe = exe
		default: // it was asked whether another would fit
			exe.Close()
		}
		return 0, err
	})
	return r, err
}

// Trainable reports what no engine could hold, test steps that training never fills, and
// conditions that do not fit their trials.
func Trainable(e *spec.Experiment, g *cortex.Graph, o Options) error {
	if err := Room(e, g, o.Engine); err != nil {
		return err
	}
	norms, err := cortex.TrainedNorms(g)
	if err != nil {
		return e.Wrap(nil, err)
	}
	if err := e.Wrap(nil, cortex.CheckTested(g, norms)); err != nil {
		return err
	}
	if err := fitting.Check(e, o.Folder, o.Cache); err != nil {
		return err
	}
	_, err = fitting.LeftOut(e)
	return err
}

// Fits returns the bytes of a training batch p, or reports that the engine will
// not take it.
func Fits(e *spec.Experiment, p *nn.Program, memory func(p *nn.Program) (int64, error)) (int64, error) {
	n, err := memory(p)
	if err == nil {
		return n, nil
	}
	hint := ", and train.accumulate = N updates from the mean gradient of N such batches, norms taking the statistics of each"
	if every := recompute(e); every > 0 {
		if _, again := memory(rewrite.Recompute(p, every)); again == nil {
			hint = fmt.Sprintf("; so would train.recompute = %d, which takes longer", every)
		}
	}
	return 0, e.Fault([]string{"train", "batch"}, "found %d images in a batch, which the engine does not take: %v%s", e.Train.Batch, err, hint)
}

// recompute is the train.recompute that saves most memory, 0 where it is given
// already or there is nothing to save.
func recompute(e *spec.Experiment) int {
	if every := int(math.Ceil(math.Sqrt(float64(e.Steps)))); e.Train.Recompute == 0 && every > 1 {
		return every
	}
	return 0
}

// planned is how many transitions a program may have of which plans for several
// batches take less than a tenth of a second.
const planned = 100

// Room reports a training batch whose states alone are more than the engine's
// memory, if it tells how much that is. It knows from the shapes of areas; no
// program is made. Of a small batch nothing is reported: its plan says exactly
// what would fit, and takes no time.
func Room(e *spec.Experiment, g *cortex.Graph, engine nn.Engine) error {
	x, ok := engine.(interface{ MemoryLimit() int64 })
	if !ok || x.MemoryLimit() <= 0 {
		return nil
	}
	if cortex.TrainedTransitions(g) <= planned {
		return nil
	}
	limit := x.MemoryLimit()
	batch, single := cortex.Held(g)
	need := int64(e.Train.Batch)*batch + single
	if need <= limit {
		return nil
	}
	hint := "no batch would fit"
	if n := (limit - single) / max(batch, 1); n > 0 {
		hint = fmt.Sprintf("at most %d images would fit, and train.accumulate = N updates from the mean gradient of N such batches, norms taking the statistics of each", n)
	}
	if every := recompute(e); every > 0 {
		again := *g
		again.Recompute = every
		if b, s := cortex.Held(&again); int64(e.Train.Batch)*b+s <= limit {
			hint += fmt.Sprintf("; train.recompute = %d needs less, and takes longer", every)
		}
	}
	return e.Fault([]string{"train", "batch"}, "found %d images in a batch, but the states that a training batch keeps are %s at least, allowed are %s; %s", e.Train.Batch, readable.Bytes(need), readable.Bytes(limit), hint)
}
