package nn

import (
	"fmt"
	"math"
)

// Pool2D takes the maximum (Fn "max") or mean ("mean") of Size×Size windows at
// stride S, channel by channel. Windows start at i·S-(Size-1)/2; the result is
// ⌈H/S⌉ × ⌈W/S⌉. Pixels outside the image are ignored, and not counted in the
// mean. Size 0 is the whole image, giving N×1×1×C.
type Pool2D struct {
	Fn           string
	Size, Stride int
}

// Pool2DGrad gives the gradient of x from that of Pool2D's result: arguments
// d, x. The gradient of a maximum goes to the first pixel in row order that
// attains it.
type Pool2DGrad struct {
	Fn           string
	Size, Stride int
}

// Upsample repeats every pixel Factor×Factor times (nearest neighbour).
type Upsample struct{ Factor int }

// SumBlocks adds Factor×Factor blocks of pixels: the adjoint of Upsample.
type SumBlocks struct{ Factor int }

func (Pool2D) Name() string     { return "pool2d" }
func (Pool2DGrad) Name() string { return "pool2d_grad" }
func (Upsample) Name() string   { return "upsample" }
func (SumBlocks) Name() string  { return "sum_blocks" }

func (o Pool2D) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 {
		return nil, fmt.Errorf("found %d arguments, want one", len(s))
	}
	if o.Fn != "max" && o.Fn != "mean" {
		return nil, fmt.Errorf("found function %q, want max or mean", o.Fn)
	}
	if err := activation("image", s[0]); err != nil {
		return nil, err
	}
	if o.Size == 0 {
		return []Shape{{s[0][0], 1, 1, s[0][3]}}, nil
	}
	if o.Size < 0 || o.Stride < 1 || o.Stride > o.Size {
		return nil, fmt.Errorf("found size %d, stride %d; want 1 ≤ stride ≤ size", o.Size, o.Stride)
	}
	return []Shape{{s[0][0], ceil(s[0][1], o.Stride), ceil(s[0][2], o.Stride), s[0][3]}}, nil
}

func (o Pool2DGrad) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 {
		return nil, fmt.Errorf("found %d arguments, want gradient and image", len(s))
	}
	y, err := Pool2D(o).Results(s[1:])
	if err != nil {
		return nil, err
	}
	if y[0] != s[0] {
		return nil, fmt.Errorf("found gradient %v, want %v", s[0], y[0])
	}
	return []Shape{s[1]}, nil
}

func (o Upsample) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || s[0].Rank() != 4 || o.Factor < 1 {
		return nil, fmt.Errorf("found shapes %v, factor %d; want one image and a positive factor", s, o.Factor)
	}
	x := s[0]
	return []Shape{{x[0], x[1] * o.Factor, x[2] * o.Factor, x[3]}}, nil
}

func (o SumBlocks) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || s[0].Rank() != 4 || o.Factor < 1 || s[0][1]%o.Factor != 0 || s[0][2]%o.Factor != 0 {
		return nil, fmt.Errorf("found shapes %v, factor %d; want one image whose sides the factor divides", s, o.Factor)
	}
	x := s[0]
	return []Shape{{x[0], x[1] / o.Factor, x[2] / o.Factor, x[3]}}, nil
}

func (Pool2D) Batch(a []bool) Locality     { return perImage(a) }
func (Pool2DGrad) Batch(a []bool) Locality { return perImage(a) }
func (Upsample) Batch(a []bool) Locality   { return perImage(a) }
func (SumBlocks) Batch(a []bool) Locality  { return perImage(a) }

// windows calls f for every window: the flat offset of the first channel of
// its result, and of each pixel inside the image.
func (o Pool2D) windows(x, y Shape, f func(y int, pixels []int)) {
	var pixels []int
	for n := range y[0] {
		for i := range y[1] {
			for j := range y[2] {
				top, left, h, w := i*o.Stride-(o.Size-1)/2, j*o.Stride-(o.Size-1)/2, o.Size, o.Size
				if o.Size == 0 {
					top, left, h, w = 0, 0, x[1], x[2]
				}
				pixels = pixels[:0]
				for p := max(top, 0); p < min(top+h, x[1]); p++ {
					for q := max(left, 0); q < min(left+w, x[2]); q++ {
						pixels = append(pixels, ((n*x[1]+p)*x[2]+q)*x[3])
					}
				}
				f(((n*y[1]+i)*y[2]+j)*y[3], pixels)
			}
		}
	}
}

func (o Pool2D) Eval(args, results []Array) {
	x, y := args[0], results[0]
	o.windows(x.Shape, y.Shape, func(yi int, pixels []int) {
		for c := range y.Shape[3] {
			best, sum := math.Inf(-1), 0.0
			for _, p := range pixels {
				v := x.Data[p+c]
				sum += v
				if v > best || math.IsNaN(v) {
					best = v
				}
			}
			if y.Data[yi+c] = best; o.Fn == "mean" {
				y.Data[yi+c] = sum / float64(len(pixels))
			}
		}
	})
}

func (o Pool2DGrad) Eval(args, results []Array) {
	d, x, g := args[0], args[1], results[0]
	Pool2D(o).windows(x.Shape, d.Shape, func(yi int, pixels []int) {
		for c := range d.Shape[3] {
			best, where := math.Inf(-1), -1
			for _, p := range pixels {
				if o.Fn == "mean" {
					g.Data[p+c] += d.Data[yi+c] / float64(len(pixels))
				} else if v := x.Data[p+c]; where < 0 || v > best {
					best, where = v, p
				}
			}
			if o.Fn == "max" {
				g.Data[where+c] += d.Data[yi+c]
			}
		}
	})
}

func (o Upsample) Eval(args, results []Array) {
	x, y := args[0], results[0]
	blocks(y.Shape, o.Factor, func(big, small int) { y.Data[big] = x.Data[small] })
}

func (o SumBlocks) Eval(args, results []Array) {
	y, x := args[0], results[0]
	blocks(y.Shape, o.Factor, func(big, small int) { x.Data[small] += y.Data[big] })
}

// blocks calls f with every element of an image of shape s and the element of
// the image made smaller by factor that it belongs to.
func blocks(s Shape, factor int, f func(big, small int)) {
	h, w := s[1]/factor, s[2]/factor
	for i := range s.Len() {
		c, q, p, n := i%s[3], i/s[3]%s[2], i/s[3]/s[2]%s[1], i/s[3]/s[2]/s[1]
		f(i, ((n*h+p/factor)*w+q/factor)*s[3]+c)
	}
}

func (o Pool2D) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(Pool2DGrad(o), d[0], in.Args[0])}
}

// Grad of a pooling gradient by d is exact; x only says where the maximum is.
func (o Pool2DGrad) Grad(b *Builder, in Instr, d []Value) []Value {
	if o.Fn == "max" {
		b.Fail(fmt.Errorf("pool2d_grad: the second derivative of a maximum is not available"))
		return []Value{None, None}
	}
	return []Value{b.One(Pool2D(o), d[0]), None}
}

func (o Upsample) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(SumBlocks(o), d[0])}
}

func (o SumBlocks) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(Upsample(o), d[0])}
}
