package nn

import "fmt"

// AddBias adds a vector to every pixel: x [N H W C], b [C].
type AddBias struct{}

// ScaleShift is g·x + s, channel by channel: x [N H W C], g [C], s [C].
type ScaleShift struct{}

// ScaleChannels is g·x, channel by channel: x [N H W C], g [C].
type ScaleChannels struct{}

// SumPixels adds x [N H W C] over images and pixels to a vector [C].
type SumPixels struct{}

// DotPixels adds x·y over images and pixels to a vector [C].
type DotPixels struct{}

// Reshape gives every image of x the shape H×W×C with as many elements.
type Reshape struct{ H, W, C int }

func (AddBias) Name() string       { return "add_bias" }
func (ScaleShift) Name() string    { return "scale_shift" }
func (ScaleChannels) Name() string { return "scale_channels" }
func (SumPixels) Name() string     { return "sum_pixels" }
func (DotPixels) Name() string     { return "dot_pixels" }
func (Reshape) Name() string       { return "reshape" }

// channelShapes checks an image followed by n vectors of its channels.
func channelShapes(s []Shape, n int) ([]Shape, error) {
	if len(s) != n+1 {
		return nil, fmt.Errorf("found %d arguments, want %d", len(s), n+1)
	}
	if err := activation("image", s[0]); err != nil {
		return nil, err
	}
	for _, v := range s[1:] {
		if err := vector("vector", v, s[0][3]); err != nil {
			return nil, err
		}
	}
	return s[:1], nil
}

func (AddBias) Results(s []Shape) ([]Shape, error)       { return channelShapes(s, 1) }
func (ScaleShift) Results(s []Shape) ([]Shape, error)    { return channelShapes(s, 2) }
func (ScaleChannels) Results(s []Shape) ([]Shape, error) { return channelShapes(s, 1) }

func (SumPixels) Results(s []Shape) ([]Shape, error) {
	if _, err := channelShapes(s, 0); err != nil {
		return nil, err
	}
	return []Shape{{s[0][3]}}, nil
}

func (DotPixels) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 || s[0].Rank() != 4 || s[0] != s[1] {
		return nil, fmt.Errorf("found shapes %v, want two equal images", s)
	}
	return []Shape{{s[0][3]}}, nil
}

func (o Reshape) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || s[0].Rank() != 4 || o.H < 1 || o.W < 1 || o.C < 1 || s[0].Image() != o.H*o.W*o.C {
		return nil, fmt.Errorf("found shapes %v, want one image of %d×%d×%d elements", s, o.H, o.W, o.C)
	}
	return []Shape{{s[0][0], o.H, o.W, o.C}}, nil
}

func (AddBias) Batch(a []bool) Locality       { return perImage(a) }
func (ScaleShift) Batch(a []bool) Locality    { return perImage(a) }
func (ScaleChannels) Batch(a []bool) Locality { return perImage(a) }
func (SumPixels) Batch(a []bool) Locality     { return reduce(a) }
func (DotPixels) Batch(a []bool) Locality     { return reduce(a) }
func (Reshape) Batch(a []bool) Locality       { return perImage(a) }

func (AddBias) Eval(args, results []Array) {
	c := args[1].Shape[0]
	for i, v := range args[0].Data {
		results[0].Data[i] = v + args[1].Data[i%c]
	}
}

func (ScaleShift) Eval(args, results []Array) {
	c := args[1].Shape[0]
	for i, v := range args[0].Data {
		results[0].Data[i] = v*args[1].Data[i%c] + args[2].Data[i%c]
	}
}

func (ScaleChannels) Eval(args, results []Array) {
	c := args[1].Shape[0]
	for i, v := range args[0].Data {
		results[0].Data[i] = v * args[1].Data[i%c]
	}
}

func (SumPixels) Eval(args, results []Array) {
	c := results[0].Shape[0]
	for i, v := range args[0].Data {
		results[0].Data[i%c] += v
	}
}

func (DotPixels) Eval(args, results []Array) {
	c := results[0].Shape[0]
	for i, v := range args[0].Data {
		results[0].Data[i%c] += v * args[1].Data[i]
	}
}

func (Reshape) Eval(args, results []Array) { copy(results[0].Data, args[0].Data) }

func (AddBias) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{d[0], b.One(SumPixels{}, d[0])}
}

func (ScaleShift) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(ScaleChannels{}, d[0], in.Args[1]), b.One(DotPixels{}, d[0], in.Args[0]), b.One(SumPixels{}, d[0])}
}

func (ScaleChannels) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(ScaleChannels{}, d[0], in.Args[1]), b.One(DotPixels{}, d[0], in.Args[0])}
}

func (SumPixels) Grad(b *Builder, in Instr, d []Value) []Value {
	s := b.Shape(in.Args[0])
	zero := b.One(Fill{H: s[1], W: s[2], C: s[3]}, in.Args[0])
	return []Value{b.One(AddBias{}, zero, d[0])}
}

func (DotPixels) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(ScaleChannels{}, in.Args[1], d[0]), b.One(ScaleChannels{}, in.Args[0], d[0])}
}

func (Reshape) Grad(b *Builder, in Instr, d []Value) []Value {
	s := b.Shape(in.Args[0])
	return []Value{b.One(Reshape{s[1], s[2], s[3]}, d[0])}
}
