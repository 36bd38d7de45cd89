// Package train runs a training program over batches: the next batch is made
// while the engine works on the present one.
package train

import (
	"context"

	"ventral/nn"
)

// Source fills the inputs of a training program. It is a pure function of the
// step, order, crops and flips too, so that a run that goes on from a step is
// the run that never stopped.
type Source interface {
	// Batch fills in, one tensor for each input of the program.
	Batch(step int, in []nn.Tensor) error
}

// Run executes p for the steps from ≤ step < to, and shows each step's outputs,
// whose memory is used again. It ends early with the error of ctx, of a batch,
// of the engine (a *nn.NonFinite where a loss is not finite; nothing of that
// step is stored then), or of observe; the step that it ended at is returned,
// and variables are those after the steps before it.
func Run(ctx context.Context, exe nn.Executable, r nn.Residence, p *nn.Program, src Source, from, to int, observe func(step int, out []nn.Tensor) error) (int, error) {
	out := make([]nn.Tensor, len(p.Outputs))
	for i, o := range p.Outputs {
		out[i] = nn.NewTensor(p.Shapes[o.Value])
	}
	type batch struct {
		in  []nn.Tensor
		err error
	}
	full, empty := make(chan batch, 1), make(chan []nn.Tensor, 2)
	for range 2 {
		in := make([]nn.Tensor, len(p.Inputs))
		for i, x := range p.Inputs {
			in[i] = nn.NewTensor(p.Shapes[x.Value])
		}
		empty <- in
	}
	stop := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for step := from; step < to; step++ {
			select {
			case in := <-empty:
				b := batch{in, src.Batch(step, in)}
				select {
				case full <- b:
				case <-stop:
					return
				}
			case <-stop:
				return
			}
		}
	}()
	defer func() { close(stop); <-ended }()
	for step := from; step < to; step++ {
		if err := ctx.Err(); err != nil {
			return step, err
		}
		b := <-full
		if b.err != nil {
			return step, b.err
		}
		if err := exe.Run(r, b.in, out); err != nil {
			return step, err
		}
		empty <- b.in
		if err := observe(step, out); err != nil {
			return step + 1, err
		}
	}
	return to, nil
}
