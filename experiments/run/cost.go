package run

import (
	"ventral/cortex"
	"ventral/experiments/spec"
	"ventral/nn"
)

// Cost is the cost of an experiment, which does not depend on its weights.
type Cost struct {
	Parameters   int   `json:"parameters"`    // trainable numbers in use
	MultiplyAdds int64 `json:"multiply_adds"` // of an answer: an image, up to the last test step
	Longest      int   `json:"longest_path"`  // convolutions and dense layers between image and loss, the most
	Updates      int   `json:"updates"`       // of the weights, in all epochs
}

// CostOf returns the cost of an experiment.
func CostOf(e *spec.Experiment) (Cost, error) {
	c, err := SizeOf(e)
	if err != nil {
		return c, err
	}
	g, err := e.Graph()
	if err != nil {
		return c, err
	}
	p, err := cortex.TrainingProgram(g, e.Rule(), e.Train.Batch, e.Statistics == "all")
	if err != nil {
		return c, err
	}
	c.Longest = Longest(p)
	c.Updates = e.Updates()
	return c, nil
}

// SizeOf is the part of Cost that needs no gradient: parameters and
// multiply-adds.
func SizeOf(e *spec.Experiment) (Cost, error) {
	g, err := e.Graph()
	if err != nil {
		return Cost{}, err
	}
	weights, err := cortex.Weights(g)
	if err != nil {
		return Cost{}, err
	}
	c := Cost{Parameters: cortex.Parameters(weights)}
	c.MultiplyAdds, err = cortex.MultiplyAdds(g, g.TestSteps())
	return c, err
}

// Longest counts the convolutions and dense layers on the longest path of the
// forward part.
func Longest(p *nn.Program) int {
	depth := make([]int, len(p.Shapes))
	most := 0
	for _, in := range p.Instrs {
		if in.Tag.Backward || in.Tag.Area == "optimiser" || in.Tag.Area == "statistics" {
			continue
		}
		d := 0
		for _, a := range in.Args {
			d = max(d, depth[a])
		}
		switch in.Op.(type) {
		case nn.Conv2D, nn.ConvTranspose2D:
			d++
		}
		for _, r := range in.Results {
			depth[r] = d
		}
		most = max(most, d)
	}
	return most
}
