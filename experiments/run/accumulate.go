package run

import (
	"ventral/cortex"
	"ventral/nn"
)

// update follows the gradients of several batches once they are added up. The
// zero value, where every batch is followed at once, does nothing.
type update struct {
	every int // batches
	p     *nn.Program
	exe   nn.Executable
	in    []nn.Tensor
}

// newUpdate compiles what follows the gradients that the training program p adds
// up, and adds its variables to those of the run.
func newUpdate(r *run, p *nn.Program) (*update, error) {
	q, err := r.e.Rule().Update(p)
	if err != nil || q == nil {
		return &update{}, err
	}
	if _, err := r.v.Fill(q); err != nil {
		return nil, err
	}
	exe, err := r.Engine.Compile(q)
	if err != nil {
		return nil, err
	}
	return &update{every: r.e.Train.Accumulate, p: q, exe: exe, in: cortex.Inputs(q)}, nil
}

// run follows after the last of so many batches. A training batch that ends
// between them goes on from sums that are variables, too.
func (u *update) run(home nn.Residence, batch int, rate func(batch int) float64) error {
	if u.exe == nil || (batch+1)%u.every != 0 {
		return nil
	}
	if err := cortex.Fill(u.p, u.in, cortex.Feed{Rate: rate(batch), Update: (batch + 1) / u.every}); err != nil {
		return err
	}
	return u.exe.Run(home, u.in, nil)
}

func (u *update) close() {
	if u.exe != nil {
		u.exe.Close()
	}
}
