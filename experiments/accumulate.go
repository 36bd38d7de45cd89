package experiments

import "ventral/nn"

// update follows the gradients of several batches once they are added up. The
// zero value, where every batch is followed at once, does nothing.
type update struct {
	every int // batches
	exe   nn.Executable
	in    []nn.Tensor // rate, step
}

// newUpdate compiles what follows the gradients that the training program p adds
// up, and adds its variables to those of the run.
func (r *run) newUpdate(p *nn.Program) (*update, error) {
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
	u := &update{every: r.e.Train.Accumulate, exe: exe}
	for _, x := range q.Inputs {
		u.in = append(u.in, nn.NewTensor(q.Shapes[x.Value]))
	}
	return u, nil
}

// run follows after the last of so many batches. A training step that ends
// between them goes on from sums that are variables, too.
func (u *update) run(home nn.Residence, step int, rate func(step int) float64) error {
	if u.exe == nil || (step+1)%u.every != 0 {
		return nil
	}
	u.in[0].Data[0] = float32(rate(step))
	u.in[1].Data[0] = float32((step + 1) / u.every)
	return u.exe.Run(home, u.in, nil)
}

func (u *update) close() {
	if u.exe != nil {
		u.exe.Close()
	}
}
