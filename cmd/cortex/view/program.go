package view

import (
	"io"

	"ventral/cortex"
	"ventral/experiments/spec"
	"ventral/nn"
	"ventral/nn/engine/cpu"
)

// NewProgram returns the program of a training batch, or of answering images.
func NewProgram(e *spec.Experiment, g *cortex.Graph, inference bool) (*nn.Program, error) {
	if inference {
		p, _, err := cortex.Inference(g, e.Train.Batch, g.TestSteps(), nil, nil)
		return p, err
	}
	return cortex.TrainingProgram(g, e.Rule(), e.Train.Batch, e.Statistics == "all")
}

// Program shows a program as text.
func Program(x *nn.Program) (any, func(io.Writer), error) {
	return x, func(w io.Writer) { x.WriteTo(w) }, nil
}

// Plan shows a program as the default engine runs it.
func Plan(x *nn.Program, o cpu.Options) (any, func(io.Writer), error) {
	plan, err := cpu.NewPlan(x, o)
	if err != nil {
		return nil, nil, err
	}
	return plan, func(w io.Writer) { plan.WriteTo(w) }, nil
}

// Memory shows what the default engine holds while it runs a program.
func Memory(x *nn.Program, o cpu.Options) (any, func(io.Writer), error) {
	plan, err := cpu.NewPlan(x, o)
	if err != nil {
		return nil, nil, err
	}
	return struct {
		Format    int   `json:"format"`
		Bytes     int64 `json:"bytes"`
		Arena     int64 `json:"arena_bytes"`
		Scratch   int64 `json:"scratch_bytes"`
		Variables int64 `json:"variable_bytes"`
	}{spec.Format, plan.Bytes(), plan.ArenaBytes, plan.ScratchBytes, plan.VariableBytes}, func(w io.Writer) { plan.WriteMemory(w) }, nil
}
