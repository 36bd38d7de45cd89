package compare

import (
	"fmt"

	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/readable"
	"ventral/experiments/spec"
)

// longestDelay returns the most steps that a signal takes from the image to the
// area that is read, through connections without a cycle; -1 where it never
// arrives.
func longestDelay(e *spec.Experiment) int {
	arrives := map[string]int{}
	for _, a := range e.Areas {
		arrives[a.Name] = -1
	}
	for _, name := range e.Input.To {
		arrives[name] = e.Input.Delay
	}
	for range e.Areas { // each time one area more has its number
		for _, c := range e.Matrix.Connections {
			if arrives[c.From] >= 0 {
				arrives[c.To] = max(arrives[c.To], arrives[c.From]+c.Delay)
			}
		}
	}
	return arrives[e.Readout.From]
}

// runOnce makes a network without recurrence run once in time. With a constant
// image its states no longer change after the signal has gone the longest way, so
// that later steps would compute the same again. The loss is then read at that
// step alone, with the sum of all steps' weights. It stays the same function of
// the weights, except where a norm had statistics or gains of each step.
func runOnce(v *Variant) error {
	if v.Recurrent {
		return nil
	}
	e := v.e
	settled := longestDelay(e)
	g, err := e.Graph()
	if err != nil {
		return err
	}
	train, test := g.TrainSteps(), g.TestSteps()
	if len(train) == 1 && len(test) == 1 && e.Steps == settled+1 {
		return nil
	}
	if why := varies(e, settled); why != "" {
		v.note("keeps its %s: %s", readable.Counted(e.Steps, "step"), why)
		return nil
	}
	if train[len(train)-1] < settled || settled < 0 {
		return nil // some of its signals are too late for the loss, as they were
	}
	weight := 0.0
	for k := range train {
		weight += g.StepWeight(k)
	}
	x, err := v.changed(func(x *spec.Experiment) {
		x.Steps = settled + 1
		x.Input.Steps = cortex.Steps{Parts: []connectivity.Range{{To: settled - e.Input.Delay}}}
		x.Readout.Train, x.Readout.Test = cortex.At(settled), cortex.At(settled)
		x.Readout.Weights, x.Readout.Cumulative = nil, "none"
		if weight != 1 {
			x.Readout.Weights = []float64{weight}
		}
	})
	if err != nil {
		v.note("keeps its %s: it cannot run in %d (%v)", readable.Counted(e.Steps, "step"), settled+1, err)
		return nil
	}
	v.note("runs once in time: %s in place of %d, read at step %d", readable.Counted(settled+1, "step"), e.Steps, settled)
	return v.take(x)
}

// varies says why states can change after the settled step; "" where they
// cannot.
func varies(e *spec.Experiment, settled int) string {
	for t := range e.Steps - e.Input.Delay {
		if !contains(e.Input.Steps, t) {
			return fmt.Sprintf("the image is not shown at step %d", t)
		}
	}
	if e.Matrix.Sharing.Time != "tied" {
		return "its weights differ between steps"
	}
	for i := range e.Matrix.Connections {
		c := &e.Matrix.Connections[i]
		if e.Matrix.Sharing.Over(c) != "tied" {
			return "its weights differ between steps"
		}
		for t := c.Delay; t < e.Steps; t++ {
			if !c.Window.Has(t) {
				return c.Name + " does not deliver at every step"
			}
		}
	}
	return ""
}

// contains reports whether a step is one of s.
func contains(s cortex.Steps, t int) bool {
	for _, w := range s.Parts {
		if w.Has(t) {
			return true
		}
	}
	return false
}
