package cpu

import (
	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// longest is about how many multiply-adds one call of an inner loop does at
// most: such a call cannot be preempted.
const longest = 1 << 20

// conv2D convolves a padded copy of the image, row by row and panel by panel,
// with the kernel that packForward laid out. A 1×1 kernel takes all pixels as
// one row.
var conv2D = impl{whole: 1 << 1, scratch: func(in *instr, _ *kernel.Set) int {
	return forwardPadding(in.args0, in.aux, in.op.(nn.Conv2D).Stride).floats()
}, run: runConv2D}

func runConv2D(c *call) {
	stride, k := c.in.op.(nn.Conv2D).Stride, c.in.aux
	xs, ys, n := c.args[0].Shape, c.results[0].Shape, c.images
	if k[0] == 1 && k[1] == 1 && stride == 1 {
		xs, ys, n = nn.Shape{1, 1, n * xs[1] * xs[2], xs[3]}, nn.Shape{1, 1, n * ys[1] * ys[2], ys[3]}, 1
	}
	p := forwardPadding(xs, k, stride)
	run := k[1] * k[2]
	a := &c.conv
	*a = kernel.Convolution{Rows: k[0], Run: run, XRow: p.row(), XStep: stride * k[2], YStep: k[3]}
	for i := range n {
		x := c.pad(p, c.args[0].Data[i*xs.Image():][:xs.Image()], toFeatures)
		y := c.results[0].Data[i*ys.Image():][:ys.Image()]
		for o := 0; o < k[3]; o += c.set.Panel {
			a.W, a.Width = c.args[1].Data[o*k[0]*run:], min(c.set.Panel, k[3]-o)
			for r := range ys[1] {
				c.convolveRow(x[r*stride*a.XRow:], y[r*ys[2]*k[3]+o:], ys[2])
			}
		}
	}
}

// convolveRow convolves a row of pixels, in several calls where it is long.
func (c *call) convolveRow(x, y []float32, pixels int) {
	a := &c.conv
	step := max(longest/max(a.Rows*a.Run*c.set.Panel, 1), 4) &^ 3
	for {
		a.X, a.Y, a.Pixels = x, y, min(step, pixels)
		c.set.Convolve(a)
		if pixels -= step; pixels <= 0 {
			return
		}
		x, y = x[step*a.XStep:], y[step*a.YStep:]
	}
}

// convTranspose2D is one convolution for each parity of rows and of columns,
// each with the taps that reach its pixels, of one padded copy of the image.
var convTranspose2D = impl{whole: 1 << 1, scratch: func(in *instr, _ *kernel.Set) int {
	o := in.op.(nn.ConvTranspose2D)
	return transposePadding(in.args0, in.aux, o.Stride, o.Height, o.Width).floats()
}, run: runConvTranspose2D}

func runConvTranspose2D(c *call) {
	o, k := c.in.op.(nn.ConvTranspose2D), c.in.aux
	s := o.Stride
	ys, xs, n := c.args[0].Shape, c.results[0].Shape, c.images
	if k[0] == 1 && k[1] == 1 && s == 1 {
		ys, xs, n = nn.Shape{1, 1, n * ys[1] * ys[2], ys[3]}, nn.Shape{1, 1, n * xs[1] * xs[2], xs[3]}, 1
	}
	p := transposePadding(ys, k, s, xs[1], xs[2])
	for i := range n {
		y := c.pad(p, c.args[0].Data[i*ys.Image():][:ys.Image()], toImage)
		x := c.results[0].Data[i*xs.Image():][:xs.Image()]
		w := c.args[1].Data
		for pr := range s {
			for pc := range s {
				rows, columns := parityTaps(k[0], s, pr), parityTaps(k[1], s, pc)
				c.transposeParity(p, rows, columns, w, y, x, xs)
				w = w[rows.count*columns.count*k[3]*up(k[2], c.set.Panel):]
			}
		}
	}
}

// transposeParity computes the pixels of one parity of x, of shape xs.
func (c *call) transposeParity(p padding, rows, columns taps, w, y, x []float32, xs nn.Shape) {
	cin, cout, s := xs[3], p.channels, rows.stride
	height, width := rows.pixels(xs[1]), columns.pixels(xs[2])
	if rows.count == 0 || columns.count == 0 {
		for u := range height {
			for v := range width {
				clear(x[((rows.parity+s*u)*xs[2]+columns.parity+s*v)*cin:][:cin])
			}
		}
		return
	}
	if width == 0 {
		return
	}
	a := &c.conv
	*a = kernel.Convolution{Rows: rows.count, Run: columns.count * cout, XRow: p.row(), XStep: cout, YStep: s * cin}
	for o := 0; o < cin; o += c.set.Panel {
		a.W, a.Width = w[o*a.Rows*a.Run:], min(c.set.Panel, cin-o)
		for u := range height {
			from := (u+rows.first+p.top)*a.XRow + (columns.first+p.left)*cout
			c.convolveRow(y[from:], x[((rows.parity+s*u)*xs[2]+columns.parity)*cin+o:], width)
		}
	}
}

// convKernel adds to the chunk's accumulator the outer products of a padded
// copy of the image with the gradient, a few rows of pixels at a time.
var convKernel = impl{accumulates: true, scratch: func(in *instr, _ *kernel.Set) int {
	o := in.op.(nn.ConvKernel)
	return forwardPadding(in.args0, nn.Shape{o.Kh, o.Kw}, o.Stride).floats()
}, run: runConvKernel}

func runConvKernel(c *call) {
	o := c.in.op.(nn.ConvKernel)
	xs, ds, n := c.args[0].Shape, c.args[1].Shape, c.images
	if o.Kh == 1 && o.Kw == 1 && o.Stride == 1 {
		xs, ds, n = nn.Shape{1, 1, n * xs[1] * xs[2], xs[3]}, nn.Shape{1, 1, n * ds[1] * ds[2], ds[3]}, 1
	}
	p := forwardPadding(xs, nn.Shape{o.Kh, o.Kw}, o.Stride)
	cin, cout := xs[3], ds[3]
	run := o.Kw * cin
	row := p.row()
	a := &c.outer
	*a = kernel.Outer{XRow: o.Stride * row, XStep: o.Stride * cin, DRow: ds[2] * cout, DStep: cout, Run: run, GStep: cout}
	rows := max(rowsAtOnce/(a.XRow+a.DRow), 1)
	for i := range n {
		x := c.pad(p, c.args[0].Data[i*xs.Image():][:xs.Image()], toKernel)
		d := c.args[1].Data[i*ds.Image():][:ds.Image()]
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
}

// rowsAtOnce is about how many elements of image and gradient convKernel works
// on at a time, to stay in the first cache.
const rowsAtOnce = 6 << 10

// pixelsAtOnce bounds a row of pixels for the same reason.
const pixelsAtOnce = 128
