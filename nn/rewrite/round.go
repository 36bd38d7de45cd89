package rewrite

import "ventral/nn"

// Round returns a program whose convolutions, dense layers and their
// gradients multiply operands of so many significant bits and add in the
// engine's own arithmetic. It is applied to a whole program, so that gradients
// are rounded as they are computed. Bits 0 returns p.
func Round(p *nn.Program, bits int) *nn.Program {
	if bits == 0 {
		return p
	}
	q := *p
	q.Shapes = append([]nn.Shape(nil), p.Shapes...)
	q.Instrs = nil
	rounded := map[nn.Value]nn.Value{}
	for _, in := range p.Instrs {
		switch in.Op.(type) {
		case nn.Conv2D, nn.ConvTranspose2D, nn.ConvKernel:
			args := make([]nn.Value, len(in.Args))
			for k, a := range in.Args {
				r, ok := rounded[a]
				if !ok {
					r = nn.Value(len(q.Shapes))
					q.Shapes = append(q.Shapes, p.Shapes[a])
					q.Instrs = append(q.Instrs, nn.Instr{Op: nn.Round{Bits: bits}, Args: []nn.Value{a}, Results: []nn.Value{r}, Tag: in.Tag})
					rounded[a] = r
				}
				args[k] = r
			}
			in.Args = args
		}
		q.Instrs = append(q.Instrs, in)
	}
	return &q
}
