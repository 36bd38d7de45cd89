package nn

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
	switch in.Op.(type) {
	case Conv2D:
		y, k := p.Shapes[in.Results[0]], p.Shapes[in.Args[1]]
		return int64(y[0]*y[1]*y[2]) * int64(k.Len())
	case ConvTranspose2D:
		y, k := p.Shapes[in.Args[0]], p.Shapes[in.Args[1]]
		return int64(y[0]*y[1]*y[2]) * int64(k.Len())
	case ConvKernel:
		y, k := p.Shapes[in.Args[1]], p.Shapes[in.Results[0]]
		return int64(y[0]*y[1]*y[2]) * int64(k.Len())
	}
	return 0
}
