package nn

import "fmt"

// Conv2D is the cross-correlation of x [N H W Cin] with a kernel
// [Kh Kw Cin Cout], with stride S and the padding of "same":
//
//	y[n,i,j,o] = Σ x[n, i·S+a-(Kh-1)/2, j·S+b-(Kw-1)/2, c] · k[a,b,c,o]
//
// x is zero outside the image; y is ⌈H/S⌉ × ⌈W/S⌉.
type Conv2D struct{ Stride int }

// ConvTranspose2D is the adjoint of Conv2D: y [N h w Cout] and the kernel of a
// convolution [Kh Kw Cin Cout] give x [N Height Width Cin]. It needs
// h = ⌈Height/S⌉ and w = ⌈Width/S⌉.
//
//	x[n,p,q,c] = Σ y[n,i,j,o] · k[a,b,c,o]  over i·S+a-(Kh-1)/2 = p, j·S+b-(Kw-1)/2 = q
type ConvTranspose2D struct{ Stride, Height, Width int }

// ConvKernel is the gradient of Conv2D by its kernel: x [N H W Cin] and
// d [N ⌈H/S⌉ ⌈W/S⌉ Cout] give [Kh Kw Cin Cout], added over images.
type ConvKernel struct{ Stride, Kh, Kw int }

func (Conv2D) Name() string          { return "conv2d" }
func (ConvTranspose2D) Name() string { return "conv_transpose2d" }
func (ConvKernel) Name() string      { return "conv_kernel" }

func (o Conv2D) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 {
		return nil, fmt.Errorf("found %d arguments, want image and kernel", len(s))
	}
	x, k := s[0], s[1]
	if x.Rank() != 4 || k.Rank() != 4 || o.Stride < 1 || k[2] != x[3] {
		return nil, fmt.Errorf("found image %v, kernel %v, stride %d; want N×H×W×Cin and H×W×Cin×Cout", x, k, o.Stride)
	}
	return []Shape{{x[0], ceil(x[1], o.Stride), ceil(x[2], o.Stride), k[3]}}, nil
}

func (o ConvTranspose2D) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 {
		return nil, fmt.Errorf("found %d arguments, want image and kernel", len(s))
	}
	y, k := s[0], s[1]
	if y.Rank() != 4 || k.Rank() != 4 || o.Stride < 1 || k[3] != y[3] || o.Height < 1 || o.Width < 1 ||
		y[1] != ceil(o.Height, o.Stride) || y[2] != ceil(o.Width, o.Stride) {
		return nil, fmt.Errorf("found image %v, kernel %v, stride %d to %d×%d; want N×⌈H/S⌉×⌈W/S⌉×Cout and H×W×Cin×Cout",
			y, k, o.Stride, o.Height, o.Width)
	}
	return []Shape{{y[0], o.Height, o.Width, k[2]}}, nil
}

func (o ConvKernel) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 {
		return nil, fmt.Errorf("found %d arguments, want image and gradient", len(s))
	}
	x, d := s[0], s[1]
	if x.Rank() != 4 || d.Rank() != 4 || o.Stride < 1 || o.Kh < 1 || o.Kw < 1 || x[0] != d[0] ||
		d[1] != ceil(x[1], o.Stride) || d[2] != ceil(x[2], o.Stride) {
		return nil, fmt.Errorf("found image %v, gradient %v, stride %d", x, d, o.Stride)
	}
	return []Shape{{o.Kh, o.Kw, x[3], d[3]}}, nil
}

func (Conv2D) Batch(a []bool) Locality          { return perImage(a) }
func (ConvTranspose2D) Batch(a []bool) Locality { return perImage(a) }
func (ConvKernel) Batch(a []bool) Locality      { return reduce(a) }

// taps calls f for every product of a convolution of x with a k of the given
// shapes into y: the flat offsets of the first channel of pixel x and y, and
// of k[a,b,0,0].
func taps(x, k, y Shape, stride int, f func(x, k, y int)) {
	for n := range y[0] {
		for i := range y[1] {
			for j := range y[2] {
				for a := range k[0] {
					for b := range k[1] {
						p, q := i*stride+a-(k[0]-1)/2, j*stride+b-(k[1]-1)/2
						if p < 0 || p >= x[1] || q < 0 || q >= x[2] {
							continue
						}
						f(((n*x[1]+p)*x[2]+q)*x[3], (a*k[1]+b)*k[2]*k[3], ((n*y[1]+i)*y[2]+j)*y[3])
					}
				}
			}
		}
	}
}

func (o Conv2D) Eval(args, results []Array) {
	x, k, y := args[0], args[1], results[0]
	cin, cout := k.Shape[2], k.Shape[3]
	taps(x.Shape, k.Shape, y.Shape, o.Stride, func(xi, ki, yi int) {
		out := y.Data[yi:][:cout]
		for c, v := range x.Data[xi:][:cin] {
			for d, w := range k.Data[ki+c*cout:][:cout] {
				out[d] += v * w
			}
		}
	})
}

func (o ConvTranspose2D) Eval(args, results []Array) {
	y, k, x := args[0], args[1], results[0]
	cin, cout := k.Shape[2], k.Shape[3]
	taps(x.Shape, k.Shape, y.Shape, o.Stride, func(xi, ki, yi int) {
		in := y.Data[yi:][:cout]
		for c := range cin {
			sum := x.Data[xi+c]
			for d, w := range k.Data[ki+c*cout:][:cout] {
				sum += in[d] * w
			}
			x.Data[xi+c] = sum
		}
	})
}

func (o ConvKernel) Eval(args, results []Array) {
	x, y, k := args[0], args[1], results[0]
	cin, cout := k.Shape[2], k.Shape[3]
	taps(x.Shape, k.Shape, y.Shape, o.Stride, func(xi, ki, yi int) {
		in := y.Data[yi:][:cout]
		for c, v := range x.Data[xi:][:cin] {
			out := k.Data[ki+c*cout:][:cout]
			for d, w := range in {
				out[d] += v * w
			}
		}
	})
}

func (o Conv2D) Grad(b *Builder, in Instr, d []Value) []Value {
	x, k := b.Shape(in.Args[0]), b.Shape(in.Args[1])
	return []Value{
		b.One(ConvTranspose2D{o.Stride, x[1], x[2]}, d[0], in.Args[1]),
		b.One(ConvKernel{o.Stride, k[0], k[1]}, in.Args[0], d[0]),
	}
}

func (o ConvTranspose2D) Grad(b *Builder, in Instr, d []Value) []Value {
	k := b.Shape(in.Args[1])
	return []Value{
		b.One(Conv2D{o.Stride}, d[0], in.Args[1]),
		b.One(ConvKernel{o.Stride, k[0], k[1]}, d[0], in.Args[0]),
	}
}

func (o ConvKernel) Grad(b *Builder, in Instr, d []Value) []Value {
	x := b.Shape(in.Args[0])
	return []Value{
		b.One(ConvTranspose2D{o.Stride, x[1], x[2]}, in.Args[1], d[0]),
		b.One(Conv2D{o.Stride}, in.Args[0], d[0]),
	}
}

func ceil(n, by int) int { return (n + by - 1) / by }

// perImage is the locality of operations whose images are independent.
func perImage(args []bool) Locality {
	for _, a := range args {
		if a {
			return PerImage
		}
	}
	return Whole
}

// reduce is the locality of operations that add over images.
func reduce(args []bool) Locality {
	if perImage(args) == PerImage {
		return Reduce
	}
	return Whole
}

// multiplyAdds counts the products of kernel k with pixels that give a map of shape y.
func multiplyAdds(y, k Shape) int64 { return int64(y[0]*y[1]*y[2]) * int64(k.Len()) }

// MultiplyAdds implements [Multiplier].
func (Conv2D) MultiplyAdds(args, results []Shape) int64 { return multiplyAdds(results[0], args[1]) }

// MultiplyAdds implements [Multiplier].
func (ConvTranspose2D) MultiplyAdds(args, _ []Shape) int64 { return multiplyAdds(args[0], args[1]) }

// MultiplyAdds implements [Multiplier].
func (ConvKernel) MultiplyAdds(args, results []Shape) int64 { return multiplyAdds(args[1], results[0]) }
