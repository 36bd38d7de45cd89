// Package train runs a training program over batches: the next batch is made
// while the engine works on the present one.
package train

import (
	"context"

	"ventral/nn"
)

// Source fills the inputs of a training program. It is a pure function of the
// batch, order, crops and flips too, so that a run that goes on from a batch is
// the run that never stopped.
type Source interface {
	// Batch fills in, one tensor for each input of the program.
	Batch(batch int, in []nn.Tensor) error
}

// Run executes p for the batches from ≤ batch < to, and shows each batch's outputs,
// whose memory is used again. It ends early with the error of ctx, of a batch,
// of the engine (a *nn.NonFinite where a loss is not finite; nothing of that
// batch is stored then), or of observe; the batch that it ended at is returned,
// and variables are those after the batches before it.
func Run(ctx context.Context, exe nn.Executable, r nn.Residence, p *nn.Program, src Source, from, to int, observe func(at int, out []nn.Tensor) error) (int, error) {
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
		for at := from; at < to; at++ {
			select {
			case in := <-empty:
				b := batch{in, src.Batch(at, in)}
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
	for at := from; at < to; at++ {
		if err := ctx.Err(); err != nil {
			return at, err
		}
		b := <-full
		if b.err != nil {
			return at, b.err
		}
		if err := exe.Run(r, b.in, out); err != nil {
			return at, err
		}
		empty <- b.in
		if err := observe(at, out); err != nil {
			return at + 1, err
		}
	}
	return to, nil
}
