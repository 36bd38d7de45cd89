package nn

// Multiplier is an operation that consists of multiply-adds, as convolutions do.
type Multiplier interface {
	Op
	// MultiplyAdds returns how many there are, for arguments and results of these shapes.
	MultiplyAdds(args, results []Shape) int64
}

// MultiplyAdds returns the multiply-adds of the convolutions of p, for the whole
// batch: products of a kernel's element with a pixel, with those that fall on
// padding. Everything else is left out, as is usual in the literature.
func (p *Program) MultiplyAdds() int64 {
	var n int64
	for _, in := range p.Instrs {
		n += p.multiplyAdds(in)
	}
	return n
}

func (p *Program) multiplyAdds(in Instr) int64 {
	if o, ok := in.Op.(Multiplier); ok {
		return o.MultiplyAdds(p.shapesOf(in.Args), p.shapesOf(in.Results))
	}
	return 0
}

func (p *Program) shapesOf(vs []Value) []Shape {
	s := make([]Shape, len(vs))
	for i, v := range vs {
		s[i] = p.Shapes[v]
	}
	return s
}
