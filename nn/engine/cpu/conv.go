package cpu

import (
	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// longest is about how many multiply-adds one call of an inner loop does at
// most: such a call cannot be preempted.
const longest = 1 << 20

// conv2D convolves a copy of the image with zeros at the sides, row by row and
// panel by panel, with the kernel that packForward laid out; rows of the kernel
// above and below the image are left out. A 1×1 kernel takes all pixels as one
// row.
var conv2D = impl{whole: 1 << 1, scratch: func(in *instr, _ *kernel.Set) int {
	return forwardPadding(in.args0, in.aux, in.op.(nn.Conv2D).Stride).sides().floats()
}, run: runConv2D}

func runConv2D(c *call) {
	stride, k := c.in.op.(nn.Conv2D).Stride, c.in.aux
	xs, ys, n := c.args[0].Shape, c.results[0].Shape, c.images
	if k[0] == 1 && k[1] == 1 && stride == 1 {
		xs, ys, n = nn.Shape{1, 1, n * xs[1] * xs[2], xs[3]}, nn.Shape{1, 1, n * ys[1] * ys[2], ys[3]}, 1
	}
	p := forwardPadding(xs, k, stride)
	top := p.top
	p = p.sides()
	run := k[1] * k[2]
	a := &c.conv
	*a = kernel.Convolution{Run: run, XRow: p.row(), XStep: stride * k[2], YStep: k[3]}
	for i := range n {
		x := c.pad(p, c.args[0].Data[i*xs.Image():][:xs.Image()], toFeatures)
		y := c.results[0].Data[i*ys.Image():][:ys.Image()]
		for o := 0; o < k[3]; o += c.set.Panel {
			w := c.args[1].Data[o*k[0]*run:]
			a.Width = min(c.set.Panel, k[3]-o)
			for r := range ys[1] {
				first := r*stride - top
				from, to := inside(first, k[0], xs[1])
				a.Rows, a.W = to-from, w[from*run*c.set.Panel:]
				c.convolveRow(x[(first+from)*a.XRow:], y[r*ys[2]*k[3]+o:], ys[2])
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
// each with the taps that reach its pixels, of one copy of the image with zeros
// at the sides.
var convTranspose2D = impl{whole: 1 << 1, scratch: func(in *instr, _ *kernel.Set) int {
	o := in.op.(nn.ConvTranspose2D)
	return transposePadding(in.args0, in.aux, o.Stride, o.Height, o.Width).sides().floats()
}, run: runConvTranspose2D}

func runConvTranspose2D(c *call) {
	o, k := c.in.op.(nn.ConvTranspose2D), c.in.aux
	s := o.Stride
	ys, xs, n := c.args[0].Shape, c.results[0].Shape, c.images
	if k[0] == 1 && k[1] == 1 && s == 1 {
		ys, xs, n = nn.Shape{1, 1, n * ys[1] * ys[2], ys[3]}, nn.Shape{1, 1, n * xs[1] * xs[2], xs[3]}, 1
	}
	p := transposePadding(ys, k, s, xs[1], xs[2]).sides()
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
	if width == 0 {
		return
	}
	run := columns.count * cout
	a := &c.conv
	*a = kernel.Convolution{Run: run, XRow: p.row(), XStep: cout, YStep: s * cin}
	for u := range height {
		first := u + rows.first
		from, to := inside(first, rows.count, p.height)
		at := x[((rows.parity+s*u)*xs[2]+columns.parity)*cin:]
		if from >= to || run == 0 { // no pixel of y reaches these
			for v := range width {
				clear(at[v*s*cin:][:cin])
			}
			continue
		}
		a.Rows = to - from
		for o := 0; o < cin; o += c.set.Panel {
			a.W, a.Width = w[(o*rows.count+from*c.set.Panel)*run:], min(c.set.Panel, cin-o)
			c.convolveRow(y[(first+from)*a.XRow+(columns.first+p.left)*cout:], at[o:], width)
		}
	}
}
