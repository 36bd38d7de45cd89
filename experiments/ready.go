package experiments

import (
	"fmt"
	"math"

	"ventral/cortex"
	"ventral/nn"
)

// Ready reports what would keep the experiment from running: places that
// training never fills, data that is not there, arithmetic that the engine
// lacks, memory.
func (e *Experiment) Ready(o Options) error {
	if err := e.sound(o); err != nil {
		return err
	}
	return e.dataReady(o)
}

// dataReady reports data that is not there.
func (e *Experiment) dataReady(o Options) error {
	return e.src.wrap([]string{"stimuli"}, e.Stimuli.Settings.Ready(e.env(o)))
}

// sound is Ready without a look at the data.
func (e *Experiment) sound(o Options) error {
	g, err := e.Graph()
	if err != nil {
		return err
	}
	norms, err := g.TrainedNorms()
	if err != nil {
		return e.src.wrap(nil, err)
	}
	if err := g.CheckTested(norms); err != nil {
		return e.src.wrap(nil, err)
	}
	return e.fits(g, o.Engine)
}

// fits reports a training step that the engine will not take: its memory.
func (e *Experiment) fits(g *cortex.Graph, engine nn.Engine) error {
	p, err := g.Training(e.Rule(), e.Train.Batch, e.Statistics == "all")
	if err != nil {
		return err
	}
	exe, err := engine.Compile(p)
	if err != nil {
		hint := ", and train.accumulate = N updates from the mean gradient of N such batches, norms taking the statistics of each"
		if every := int(math.Ceil(math.Sqrt(float64(e.Steps)))); e.Train.Recompute == 0 && every > 1 {
			if exe, again := engine.Compile(nn.Recompute(p, every)); again == nil {
				exe.Close()
				hint = fmt.Sprintf("; so would train.recompute = %d, which takes longer", every)
			}
		}
		return e.src.fault([]string{"train", "batch"}, "found %d, but %v%s", e.Train.Batch, err, hint)
	}
	return exe.Close()
}
