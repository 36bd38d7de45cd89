package probe

import (
	"context"
	"fmt"

	"ventral/cortex"
	"ventral/nn"
	"ventral/nn/rewrite"
)

// program is a compiled program with memory for its ports.
type program struct {
	p       *nn.Program
	exe     nn.Executable
	in, out []nn.Tensor
	outputs map[string][]float32
}

// compile prepares what a builder wrote, with the precision of a subject's graph.
func compile(s *Subject, b *nn.Builder) (*program, error) {
	p, err := b.Program()
	if err != nil {
		return nil, err
	}
	p = rewrite.Round(rewrite.Prune(p, nil), s.Graph.Bits)
	if err := filled(s, p); err != nil {
		return nil, err
	}
	exe, err := s.Engine.Compile(p)
	if err != nil {
		return nil, err
	}
	x := &program{p: p, exe: exe, in: cortex.Inputs(p), out: cortex.Outputs(p), outputs: map[string][]float32{}}
	for i, o := range p.Outputs {
		x.outputs[o.Name] = x.out[i].Data
	}
	return x, nil
}

// filled reports norms and weights of a program that training never filled.
func filled(s *Subject, p *nn.Program) error {
	if len(s.Norms.Missing) > 0 {
		return fmt.Errorf("training never filled the statistics of %s; default.norm.untrained = \"last\" borrows those of the last trained step", s.Norms.Missing[0])
	}
	for _, v := range p.Vars {
		if _, ok := s.Variables.Get(v.Name); !ok {
			return fmt.Errorf("variable %q has no value; it was never trained", v.Name)
		}
	}
	return nil
}

// run fills the inputs and runs the program once.
func (x *program) run(home nn.Residence, f cortex.Feed) error {
	if err := cortex.Fill(x.p, x.in, f); err != nil {
		return err
	}
	return x.exe.Run(home, x.in, x.out)
}

// close frees the engine's memory.
func (x *program) close() error { return x.exe.Close() }

// feed says what a program is shown: a batch of images and their labels. Others may be
// nil.
func feed(src cortex.Batches, batch int, others func(port string, data []float32) error) cortex.Feed {
	f := cortex.Feed{
		Images: func(frame int, images []float32) error { return src.Images(batch, frame, images) },
		Labels: func(which int, labels []float32) error { return src.Labels(batch, which, labels) },
		Others: others,
	}
	if x, ok := src.(cortex.Lesioned); ok {
		f.Given = func(port string, data []float32) error { return x.Given(batch, port, data) }
	}
	if x, ok := src.(cortex.Streamed); ok {
		f.Streams = func(name string, frame int, data []float32) error { return x.Stream(batch, name, frame, data) }
	}
	return f
}

// zeros fills ports with zeros.
func zeros(_ string, data []float32) error {
	clear(data)
	return nil
}

// each shows the images of a subject to a program, batch by batch.
func (s *Subject) each(ctx context.Context, x *program, batch int, others func(string, []float32) error, do func(first, images int)) error {
	src, err := s.Show(batch)
	if err != nil {
		return err
	}
	home, err := s.Engine.Hold(s.Variables)
	if err != nil {
		return err
	}
	defer home.Close()
	for k := range src.Batches() {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := x.run(home, feed(src, k, others)); err != nil {
			return fmt.Errorf("images %d..%d: %w", k*batch, k*batch+src.Valid(k)-1, err)
		}
		do(k*batch, src.Valid(k))
		s.Work(int64(k*batch+src.Valid(k)), int64(len(s.IDs)))
	}
	return nil
}
