package nntest

import (
	"fmt"
	"slices"

	"ventral/nn"
)

// Cases returns the table of cases, at least one for every operation of
// [nn.Ops].
func Cases() []Case {
	var cs []Case
	for _, part := range [][]Case{convolutions(), pools(), elementwise(), channels(), norms(), responses(), losses(), updates()} {
		cs = append(cs, part...)
	}
	for _, op := range nn.Ops() {
		if o, ok := op.(nn.Describer); ok {
			for _, e := range o.Describe().Examples {
				cs = append(cs, example(e))
			}
		}
	}
	return cs
}

// example returns the case of an example that an operation gives of itself.
func example(e nn.Example) Case {
	c := Case{Name: e.Op.Name() + "/" + e.Name, Op: e.Op, Diff: e.Diff}
	for i, s := range e.Args {
		c.Args = append(c.Args, Arg{fmt.Sprint("x", i), s, s.Rank() == 4 && !slices.Contains(e.Whole, i), normal(0, 1)})
	}
	return c
}

// image is a batched input, drawn from the standard normal distribution.
func image(name string, n, h, w, c int) Arg {
	return Arg{name, nn.Shape{n, h, w, c}, true, normal(0, 1)}
}

// single returns an image that an engine may not split, though it meets ones
// that are split.
func single(a Arg) Arg { a.Batched = false; return a }

// vector is an input with one axis.
func vector(name string, n int, d Draw) Arg { return Arg{name, nn.Shape{n}, false, d} }

// scalar is an input without axes.
func scalar(name string, x float64) Arg { return Arg{name, nn.Shape{}, false, uniform(x, x)} }

// drawn returns a with other values.
func (a Arg) drawn(d Draw) Arg { a.Draw = d; return a }

// inner returns the scalar Σ x·y.
func inner(b *nn.Builder, x, y nn.Value) nn.Value { return b.One(nn.Inner{}, x, y) }

// convolutions gives each geometry to the convolution, its adjoint and the
// gradient of its kernel.
func convolutions() []Case {
	var cs []Case
	for _, g := range []struct {
		name                       string
		n, h, w, kh, kw, ci, co, s int
	}{
		{"3×3", 3, 5, 7, 3, 3, 2, 4, 1},
		{"1×1", 2, 4, 3, 1, 1, 5, 3, 1},
		{"one channel", 3, 6, 5, 3, 3, 1, 1, 1},
		{"one image", 1, 6, 6, 3, 3, 3, 8, 1},
		{"odd side, stride 2", 2, 7, 6, 3, 3, 3, 5, 2},
		{"5×5, stride 3", 2, 8, 7, 5, 5, 3, 2, 3},
		{"1×1, stride 2", 3, 5, 4, 1, 1, 2, 3, 2},
		{"even kernel", 2, 5, 6, 2, 4, 3, 4, 1},
		{"even kernel, stride 2", 2, 7, 8, 4, 2, 2, 3, 2},
		{"kernel larger than image", 2, 2, 3, 7, 5, 2, 3, 1},
		{"kernel larger than image, stride 2", 2, 3, 2, 7, 6, 2, 3, 2},
		{"dense", 5, 1, 1, 1, 1, 19, 10, 1},
		{"many channels", 2, 6, 5, 3, 3, 17, 33, 1},
		{"whole vectors", 2, 8, 8, 3, 3, 16, 32, 1},
		{"many channels, stride 2", 2, 9, 8, 3, 3, 16, 24, 2},
		{"many images", 37, 4, 5, 3, 3, 3, 4, 1},
	} {
		x, k := image("x", g.n, g.h, g.w, g.ci), Arg{"k", nn.Shape{g.kh, g.kw, g.ci, g.co}, false, normal(0, 0.5)}
		d := image("d", g.n, (g.h+g.s-1)/g.s, (g.w+g.s-1)/g.s, g.co)
		conv := nn.Conv2D{Stride: g.s}
		cs = append(cs,
			Case{Name: "conv2d/" + g.name, Op: conv, Args: []Arg{x, k}, Diff: []int{0, 1}},
			Case{Name: "conv_transpose2d/" + g.name, Op: nn.ConvTranspose2D{Stride: g.s, Height: g.h, Width: g.w}, Args: []Arg{d, k, x}, Diff: []int{0, 1},
				Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
					return b.Do(nn.ConvTranspose2D{Stride: g.s, Height: g.h, Width: g.w}, in[0], in[1])
				},
				Claim: &Claim{Wrt: []int{2}, Loss: func(b *nn.Builder, in []nn.Value) nn.Value {
					return inner(b, in[0], b.One(conv, in[2], in[1]))
				}}},
			Case{Name: "conv_kernel/" + g.name, Op: nn.ConvKernel{Stride: g.s, Kh: g.kh, Kw: g.kw}, Args: []Arg{x, d, k}, Diff: []int{0, 1},
				Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
					return b.Do(nn.ConvKernel{Stride: g.s, Kh: g.kh, Kw: g.kw}, in[0], in[1])
				},
				Claim: &Claim{Wrt: []int{2}, Loss: func(b *nn.Builder, in []nn.Value) nn.Value {
					return inner(b, in[1], b.One(conv, in[0], in[2]))
				}}})
	}
	return cs
}

func pools() []Case {
	var cs []Case
	for _, g := range []struct{ h, w, c, size, stride int }{
		{6, 8, 3, 2, 2}, {7, 5, 4, 2, 2}, {7, 6, 3, 3, 2}, {5, 5, 2, 3, 1}, {6, 5, 1, 2, 1}, {8, 7, 3, 3, 3}, {2, 3, 2, 5, 2},
		{4, 6, 17, 4, 3}, {5, 3, 4, 0, 1}, {1, 1, 6, 0, 0},
	} {
		size := fmt.Sprintf("%d/%d of %d×%d×%d", g.size, g.stride, g.h, g.w, g.c)
		if g.size == 0 {
			size = fmt.Sprintf("global of %d×%d×%d", g.h, g.w, g.c)
		}
		out := image("d", 3, 1, 1, g.c)
		if g.size > 0 {
			out = image("d", 3, (g.h+g.stride-1)/g.stride, (g.w+g.stride-1)/g.stride, g.c)
		}
		for _, fn := range []string{"max", "mean"} {
			x := image("x", 3, g.h, g.w, g.c)
			pool := nn.Pool2D{Fn: fn, Size: g.size, Stride: g.stride}
			grad := Case{Name: "pool2d_grad/" + fn + " " + size, Op: nn.Pool2DGrad(pool), Args: []Arg{out, x},
				Claim: &Claim{Wrt: []int{1}, Loss: func(b *nn.Builder, in []nn.Value) nn.Value {
					return inner(b, in[0], b.One(pool, in[1]))
				}}}
			if fn == "mean" {
				grad.Diff = []int{0}
			}
			ties := grad
			ties.Name, ties.Args, ties.Claim, ties.Diff = "pool2d_grad/ties "+fn+" "+size, []Arg{out, x.drawn(coarse)}, nil, nil
			cs = append(cs, Case{Name: "pool2d/" + fn + " " + size, Op: pool, Args: []Arg{x}, Diff: []int{0}}, grad, ties)
		}
	}
	for _, f := range []int{1, 2, 3} {
		cs = append(cs,
			Case{Name: fmt.Sprintf("upsample/%d", f), Op: nn.Upsample{Factor: f}, Args: []Arg{image("x", 3, 2, 3, 5)}, Diff: []int{0}},
			Case{Name: fmt.Sprintf("sum_blocks/%d", f), Op: nn.SumBlocks{Factor: f}, Args: []Arg{image("x", 3, 2*f, 3*f, 5)}, Diff: []int{0}})
	}
	for _, k := range []int{1, 3, 5} {
		cs = append(cs,
			Case{Name: fmt.Sprintf("enlarge_kernel/%d", k), Op: nn.EnlargeKernel{}, Args: []Arg{single(image("w", k, k, 3, 4))}, Diff: []int{0}},
			Case{Name: fmt.Sprintf("enlarge_kernel_grad/%d", k), Op: nn.EnlargeKernelGrad{}, Args: []Arg{single(image("d", k+1, k+1, 4, 6))}, Diff: []int{0}})
	}
	return cs
}

func elementwise() []Case {
	x, y := image("x", 3, 5, 3, 7), image("y", 3, 5, 3, 7)
	cs := []Case{
		{Name: "sum/two", Op: nn.Sum{}, Args: []Arg{x, y}, Diff: []int{0, 1}},
		{Name: "sum/four", Op: nn.Sum{}, Args: []Arg{x, y, image("z", 3, 5, 3, 7), image("u", 3, 5, 3, 7)}, Diff: []int{0, 3}},
		{Name: "sum/one twice", Op: nn.Sum{}, Args: []Arg{x}, Diff: []int{0}, Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
			return b.Do(nn.Sum{}, in[0], in[0], in[0])
		}},
		{Name: "sum/one without images", Op: nn.Sum{}, Args: []Arg{x, single(y)}, Diff: []int{0, 1}},
		{Name: "mul/one without images", Op: nn.Mul{}, Args: []Arg{single(x), y}, Diff: []int{0, 1}},
		{Name: "sum/scalars", Op: nn.Sum{}, Args: []Arg{scalar("x", 1.5), scalar("y", -3)}, Diff: []int{0, 1}},
		{Name: "mul/two", Op: nn.Mul{}, Args: []Arg{x, y}, Diff: []int{0, 1}},
		{Name: "mul/square", Op: nn.Mul{}, Args: []Arg{x}, Diff: []int{0}, Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
			return b.Do(nn.Mul{}, in[0], in[0])
		}},
		{Name: "mul/vectors", Op: nn.Mul{}, Args: []Arg{vector("x", 9, normal(0, 1)), vector("y", 9, normal(0, 1))}, Diff: []int{0, 1}},
		{Name: "linear/image", Op: nn.Linear{A: -0.75, B: 0.5}, Args: []Arg{x}, Diff: []int{0}},
		{Name: "linear/vector", Op: nn.Linear{A: 3, B: 0}, Args: []Arg{vector("x", 9, normal(0, 1))}, Diff: []int{0}},
		{Name: "constant", Op: nn.Constant{Value: -2.5}},
		{Name: "fill", Op: nn.Fill{Value: 0.25, H: 2, W: 3, C: 4}, Args: []Arg{x}, Diff: []int{0}},
		{Name: "zeros", Op: nn.Zeros{N: 6}},
	}
	for _, f := range nn.Functions() {
		cs = append(cs, function(f)...)
	}
	return cs
}

// function returns cases of the function f and its slope.
func function(f nn.Function) []Case {
	x, fn := image("x", 3, 5, 3, 7), nn.Unary{Fn: f.Name}
	far, coarsely := x.drawn(normal(0, 30)), x.drawn(coarse)
	slope := func(name string, x Arg) Case {
		return Case{Name: "unary_grad/" + f.Name + name, Op: nn.UnaryGrad(fn), Args: []Arg{image("d", 3, 5, 3, 7), x},
			Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
				g := nn.UnaryGrad(fn)
				return b.Do(g, g.Args(in[0], in[1], b.One(fn, in[1]))...)
			}}
	}
	grad := slope("", x)
	grad.Claim = &Claim{Wrt: []int{1}, Loss: func(b *nn.Builder, in []nn.Value) nn.Value { return inner(b, in[0], b.One(fn, in[1])) }}
	if f.Flat {
		grad.Diff = []int{0}
	}
	return []Case{
		{Name: "unary/" + f.Name, Op: fn, Args: []Arg{x}, Diff: []int{0}},
		{Name: "unary/" + f.Name + " far out", Op: fn, Args: []Arg{far}},
		{Name: "unary/" + f.Name + " at zero", Op: fn, Args: []Arg{coarsely}},
		{Name: "unary/" + f.Name + " of a vector", Op: fn, Args: []Arg{vector("x", 9, normal(0, 1))}, Diff: []int{0}},
		grad, slope(" far out", far), slope(" at zero", coarsely),
	}
}

func channels() []Case {
	x, y := image("x", 3, 4, 5, 6), image("y", 3, 4, 5, 6)
	g, s := vector("g", 6, normal(0, 1)), vector("s", 6, normal(0, 1))
	return []Case{
		{Name: "add_bias", Op: nn.AddBias{}, Args: []Arg{x, s}, Diff: []int{0, 1}},
		{Name: "scale_shift", Op: nn.ScaleShift{}, Args: []Arg{x, g, s}, Diff: []int{0, 1, 2}},
		{Name: "scale_channels", Op: nn.ScaleChannels{}, Args: []Arg{x, g}, Diff: []int{0, 1}},
		{Name: "sum_pixels", Op: nn.SumPixels{}, Args: []Arg{x}, Diff: []int{0}},
		{Name: "dot_pixels", Op: nn.DotPixels{}, Args: []Arg{x, y}, Diff: []int{0, 1}},
		{Name: "dot_pixels/one channel", Op: nn.DotPixels{}, Args: []Arg{image("x", 2, 3, 3, 1), image("y", 2, 3, 3, 1)}, Diff: []int{0, 1}},
		{Name: "sum_pixels/many images", Op: nn.SumPixels{}, Args: []Arg{image("x", 41, 3, 3, 5)}, Diff: []int{0}},
		{Name: "dot_pixels/one without images", Op: nn.DotPixels{}, Args: []Arg{x, single(y)}, Diff: []int{0, 1}},
		{Name: "reshape", Op: nn.Reshape{H: 1, W: 1, C: 120}, Args: []Arg{x}, Diff: []int{0}},
	}
}
