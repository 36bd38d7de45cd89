package run

import (
	"ventral/cortex"
	"ventral/experiments/spec"
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
	c.Longest = longest(p)
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
