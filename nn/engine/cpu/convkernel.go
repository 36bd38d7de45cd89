package cpu

import (
	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// convKernel adds to the chunk's accumulator the outer products of the image
// with the gradient, a few rows of pixels at a time. With few channels it reads
// a padded copy of the image, so that a row of the kernel is one run.
var convKernel = impl{accumulates: true, scratch: func(in *instr, _ *kernel.Set) int {
	o := in.op.(nn.ConvKernel)
	if byTaps(in.args0) {
		return 0
	}
	return forwardPadding(in.args0, nn.Shape{o.Kh, o.Kw}, o.Stride).floats()
}, run: runConvKernel}

// convKernelWhole is convKernel of all images at once, for a part of the
// kernel: what is large as a kernel and small as images needs no accumulators.
var convKernelWhole = impl{accumulates: true, part: kernelPart, run: runConvKernelWhole}

// byTaps reports whether an image of shape x has the channels for each element
// of a kernel to be a run of its own.
func byTaps(x nn.Shape) bool { return x[3]%8 == 0 }

// whole reports whether the gradient of a kernel is better taken of all images
// at once: where the accumulators of all chunks are larger than the images,
// which then outlive their region.
func (l *list) whole(in *nn.Instr) bool {
	if in.Locality(l.batched) != nn.Reduce {
		return false
	}
	x, d, k := l.shapes[in.Args[0]], l.shapes[in.Args[1]], l.shapes[in.Results[0]]
	return byTaps(x) && chunksOf(x[0])*k.Len() > x.Len()+d.Len()
}

// kernelPart returns the elements of a part of a kernel's gradient: whole rows
// of input channels of one element, in blocks of eight.
func kernelPart(k nn.Shape) int {
	parts := (k[2]*k[3] + pieceFloats - 1) / pieceFloats
	return up((k[2]+parts-1)/parts, 8) * k[3]
}

func runConvKernel(c *call) {
	o := c.in.op.(nn.ConvKernel)
	xs, ds, n := c.args[0].Shape, c.args[1].Shape, c.images
	if o.Kh == 1 && o.Kw == 1 && o.Stride == 1 {
		xs, ds, n = nn.Shape{1, 1, n * xs[1] * xs[2], xs[3]}, nn.Shape{1, 1, n * ds[1] * ds[2], ds[3]}, 1
	}
	taps := byTaps(xs)
	for i := range n {
		x, d := c.args[0].Data[i*xs.Image():][:xs.Image()], c.args[1].Data[i*ds.Image():][:ds.Image()]
		if taps {
			c.outerTaps(o, x, d, xs, ds)
		} else {
			c.outerRuns(o, x, d, xs, ds)
		}
	}
}

// outerTaps adds the outer products of an image, one element of the kernel at
// a time: of the pixels that it reaches.
func (c *call) outerTaps(o nn.ConvKernel, x, d []float32, xs, ds nn.Shape) {
	cin, cout := xs[3], ds[3]
	c.outer = kernel.Outer{Images: 1, XRow: o.Stride * xs[2] * cin, XStep: o.Stride * cin, DRow: ds[2] * cout, DStep: cout, Run: cin, GStep: cout}
	rows := max(rowsAtOnce/(ds[2]*(cin+cout)), 1)
	for r := 0; r < ds[1]; r += rows {
		for q := 0; q < ds[2]; q += pixelsAtOnce {
			for a := range o.Kh {
				top, bottom := reached(a, o.Kh, o.Stride, xs[1], ds[1])
				top, bottom = max(top, r), min(bottom, r+rows)
				for b := range o.Kw {
					left, right := reached(b, o.Kw, o.Stride, xs[2], ds[2])
					left, right = max(left, q), min(right, q+pixelsAtOnce)
					c.outerTap(o, x, d, c.acc[(a*o.Kw+b)*cin*cout:], xs, a, b, top, bottom, left, right)
				}
			}
		}
	}
}

// outerTap adds to g the outer products of element (a, b) of the kernel with
// pixels top to bottom and left to right of d.
func (c *call) outerTap(o nn.ConvKernel, x, d, g []float32, xs nn.Shape, a, b, top, bottom, left, right int) {
	if top >= bottom || left >= right {
		return
	}
	u := &c.outer
	u.Rows, u.Pixels = bottom-top, right-left
	row, column := top*o.Stride+a-(o.Kh-1)/2, left*o.Stride+b-(o.Kw-1)/2
	u.X = x[(row*xs[2]+column)*xs[3]:]
	for p := 0; p < u.DStep; p += c.set.Outer {
		u.Width = min(c.set.Outer, u.DStep-p)
		u.D, u.G = d[top*u.DRow+left*u.DStep+p:], g[p:]
		c.set.Accumulate(u)
	}
}

// outerRuns adds the outer products of an image, a row of the kernel at a time.
func (c *call) outerRuns(o nn.ConvKernel, x, d []float32, xs, ds nn.Shape) {
	p := forwardPadding(xs, nn.Shape{o.Kh, o.Kw}, o.Stride)
	x = c.pad(p, x, toKernel)
	cin, cout, row := xs[3], ds[3], p.row()
	run := o.Kw * cin
	a := &c.outer
	*a = kernel.Outer{Images: 1, XRow: o.Stride * row, XStep: o.Stride * cin, DRow: ds[2] * cout, DStep: cout, Run: run, GStep: cout}
	rows := max(rowsAtOnce/(ds[2]*(run+cout)), 1)
	for r := 0; r < ds[1]; r += rows {
		a.Rows = min(rows, ds[1]-r)
		for q := 0; q < ds[2]; q += pixelsAtOnce {
			a.Pixels = min(pixelsAtOnce, ds[2]-q)
			for t := range o.Kh {
				a.X = x[r*a.XRow+t*row+q*a.XStep:]
				for b := 0; b < cout; b += c.set.Outer {
					a.Width = min(c.set.Outer, cout-b)
					a.D, a.G = d[r*a.DRow+q*cout+b:], c.acc[t*run*cout+b:]
					c.set.Accumulate(a)
				}
			}
		}
	}
}

// runConvKernelWhole adds to c.acc, elements c.lo to c.hi of the kernel, some
// images at a time.
func runConvKernelWhole(c *call) {
	o := c.in.op.(nn.ConvKernel)
	xs, ds := c.args[0].Shape, c.args[1].Shape
	cin, cout := xs[3], ds[3]
	n := max(imagesAtOnce/(xs.Image()+ds.Image()), 1)
	for i := 0; i < xs[0]; i += n {
		x, d := c.args[0].Data[i*xs.Image():], c.args[1].Data[i*ds.Image():]
		for at := c.lo; at < c.hi; {
			element, from := at/(cin*cout), at/cout%cin
			to := min(cin, from+(c.hi-at)/cout)
			a, b := element/o.Kw, element%o.Kw
			c.outer = kernel.Outer{Images: min(n, xs[0]-i), XImage: xs.Image(), DImage: ds.Image(),
				XRow: o.Stride * xs[2] * cin, XStep: o.Stride * cin, DRow: ds[2] * cout, DStep: cout, Run: to - from, GStep: cout}
			top, bottom := reached(a, o.Kh, o.Stride, xs[1], ds[1])
			left, right := reached(b, o.Kw, o.Stride, xs[2], ds[2])
			c.outerTap(o, x[from:], d, c.acc[at-c.lo:], xs, a, b, top, bottom, left, right)
			at += (to - from) * cout
		}
	}
}

// rowsAtOnce is about how many elements of image and gradient convKernel works
// on at a time, to stay in the first cache; pixelsAtOnce bounds a row of pixels
// for the same reason. imagesAtOnce is for the second cache.
const (
	rowsAtOnce   = 6 << 10
	pixelsAtOnce = 128
	imagesAtOnce = 128 << 10
)
