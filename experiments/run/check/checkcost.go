package check

import (
	"math"
	"slices"
	"time"

	"ventral/cortex"
	"ventral/experiments/run"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	"ventral/nn"
)

// cost finds multiply-adds, memory and time of training.
func (c *Check) cost(e *spec.Experiment, g *cortex.Graph, s Options) error {
	p, err := cortex.TrainingProgram(g, e.Rule(), e.Train.Batch, e.Statistics == "all")
	if err != nil {
		return err
	}
	c.Instructions = len(p.Instrs)
	c.TrainingMultiplyAdds = p.MultiplyAdds() / int64(e.Train.Batch)
	c.Longest = run.Longest(p)
	images := e.Stimuli.Described.Images[stimuli.Train]
	c.Batches = images / e.Train.Batch
	c.Updates = e.Updates()
	if s.Memory != nil {
		engine, err := run.Fits(e, p, s.Memory)
		if err != nil {
			return err
		}
		c.MemoryBytes = engine + memoryOf(e, p)
		if n := min(e.Train.Batch, e.Stimuli.Described.Images[stimuli.Validation]); n > 0 {
			// Validation runs beside the training program, which waits.
			v, _, err := cortex.Inference(g, n, g.TrainSteps(), nil, nil)
			if err != nil {
				return err
			}
			if engine, err = s.Memory(v); err != nil {
				return err
			}
			c.MemoryBytes += engine
		}
	}
	if !s.Time {
		return nil
	}
	if c.BatchSeconds, err = timeBatch(e, g, p, s.Options); err != nil {
		return err
	}
	c.Seconds = c.BatchSeconds * float64(c.Batches*e.Train.Epochs)
	return nil
}

// memory is what training holds besides the engine: images, variables in and
// out of a checkpoint, batches, the program itself, and a figure while it is
// drawn between epochs.
func memoryOf(e *spec.Experiment, p *nn.Program) int64 {
	const (
		program = 22 << 20 // its code and the runtime, measured on a cortex of one unit
		figure  = 12 << 20 // 300 dots an inch, and the compressor of its PNG; figures are drawn one after the other
	)
	n := program + figure + e.Stimuli.Described.Held
	for _, v := range p.Vars {
		n += 4 * int64(p.Shapes[v.Value].Len())
	}
	for _, in := range p.Inputs {
		n += 2 * 4 * int64(p.Shapes[in.Value].Len()) // a batch, and the engine's copy
	}
	return n + int64(len(p.Instrs))*600
}

// timeStep times a training batch on noise, on a smaller batch where a whole one
// would take long, and returns the seconds of a whole one.
func timeBatch(e *spec.Experiment, g *cortex.Graph, p *nn.Program, o run.Options) (float64, error) {
	batch := e.Train.Batch
	if n := int(4e9 / math.Max(float64(p.MultiplyAdds())/float64(batch), 1)); n < batch {
		if batch = max(n/8*8, 8); batch < e.Train.Batch {
			var err error
			if p, err = cortex.TrainingProgram(g, e.Rule(), batch, e.Statistics == "all"); err != nil {
				return 0, err
			}
		} else {
			batch = e.Train.Batch
		}
	}
	v := nn.NewVariables(uint64(e.Seed))
	if _, err := v.Fill(p); err != nil {
		return 0, err
	}
	exe, err := o.Engine.Compile(p)
	if err != nil {
		return 0, err
	}
	defer exe.Close()
	home, err := o.Engine.Hold(v)
	if err != nil {
		return 0, err
	}
	defer home.Close()
	in, out := cortex.Inputs(p), cortex.Outputs(p)
	noise := cortex.Noise(g.Classes)
	noise.Rate = 0
	if err := cortex.Fill(p, in, noise); err != nil {
		return 0, err
	}
	var took []float64
	begun := o.Now()
	for i := 0; i < 20; i++ {
		start := o.Now()
		if err := exe.Run(home, in, out); err != nil {
			return 0, err
		}
		if d := o.Now().Sub(start).Seconds(); i > 0 { // the first batch touches new memory
			took = append(took, d)
		}
		if i > 1 && o.Now().Sub(begun) > time.Second {
			break
		}
	}
	slices.Sort(took)
	return took[len(took)/2] * float64(e.Train.Batch) / float64(batch), nil
}
