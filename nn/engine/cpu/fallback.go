package cpu

import "ventral/nn"

// fallback returns how an operation without a kernel is computed: by its meaning,
// in float64. Where images are independent, workers share them. It allocates.
func (l *list) fallback(in *nn.Instr) (*impl, nn.Locality) {
	m := &impl{meaning: true, whole: all, run: runMeaning}
	if in.Locality(l.batched) != nn.PerImage || len(in.Args) > 64 {
		return m, nn.Whole
	}
	for i, a := range in.Args {
		if l.batched[a] {
			m.whole &^= 1 << i
		}
	}
	return m, nn.PerImage
}

func runMeaning(c *call) {
	args, results := make([]nn.Array, len(c.args)), make([]nn.Array, len(c.results))
	for i, b := range c.args {
		args[i] = nn.NewArray(c.shape(b, c.in.cut(i)))
		for k, v := range b.Data {
			args[i].Data[k] = float64(v)
		}
	}
	for i, b := range c.results {
		results[i] = nn.NewArray(c.shape(b, true))
	}
	c.in.op.(nn.Op).Eval(args, results)
	for i, r := range results {
		for k, v := range r.Data {
			c.results[i].Data[k] = float32(v)
		}
	}
}

// shape returns the shape of b, with the images of the call where it is cut by
// images.
func (c *call) shape(b Buf, cut bool) nn.Shape {
	if cut && c.in.locality == nn.PerImage {
		b.Shape[0] = c.images
	}
	return b.Shape
}
