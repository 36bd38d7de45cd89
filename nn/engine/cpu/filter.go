package cpu

import (
	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// filtered reports whether the convolution of images of shape x with a 3×3
// kernel k is done by minimal filtering (see kernel.Tiles), with 16 products
// where it has 36. Few channels or pixels do not pay for the transforms.
func (l *list) filtered(x, k nn.Shape, stride int) bool {
	return l.set.Analyse != nil && stride == 1 && k[0] == 3 && k[1] == 3 && x[1]%2 == 0 && x[2]%2 == 0 && x[1]*x[2] >= 64 &&
		k[2]%16 == 0 && k[3]%16 == 0 && k[2]*k[3] >= 16*16
}

// packParts is the engine's own operation that lays out U = G·g·Gᵀ of a 3×3
// kernel [3 3 Cin Cout]: for each of 16 parts, panels of set.Panel output
// channels, in each (input channel) and then the channels of the panel. For the
// gradient by the image the kernel is turned around first.
type packParts struct{ Transposed bool }

// foldParts is the engine's own operation Gᵀ·M·G, which makes the gradient of
// a kernel from that of its parts.
type foldParts struct{}

func (packParts) Name() string { return "pack_parts" }
func (foldParts) Name() string { return "fold_parts" }

// partsLen returns the elements of the packed parts of a kernel.
func partsLen(k nn.Shape, set *kernel.Set, transposed bool) int {
	from, to := k[2], k[3]
	if transposed {
		from, to = to, from
	}
	return 16 * from * up(to, set.Panel)
}

var packPartsImpl = impl{whole: 1, run: runPackParts}

func runPackParts(c *call) {
	k, w, u, n := c.in.aux, c.args[0].Data, c.results[0].Data, c.set.Panel
	from, to, fromStep, toStep := k[2], k[3], k[3], 1
	turned := c.in.op.(packParts).Transposed
	if turned {
		from, to, fromStep, toStep = to, from, toStep, fromStep
	}
	clear(u)
	part := from * up(to, n)
	for i := range from {
		for o := range to {
			var g [9]float32
			at := i*fromStep + o*toStep
			for e := range g {
				g[e] = w[e*k[2]*k[3]+at]
			}
			if turned {
				for e := range 4 {
					g[e], g[8-e] = g[8-e], g[e]
				}
			}
			var h [4][3]float32
			for b := range 3 {
				h[0][b], h[1][b], h[2][b], h[3][b] = widened(g[b], g[3+b], g[6+b])
			}
			at = (o/n*from+i)*n + o%n
			for a := range h {
				r := &h[a]
				u[4*a*part+at], u[(4*a+1)*part+at], u[(4*a+2)*part+at], u[(4*a+3)*part+at] = widened(r[0], r[1], r[2])
			}
		}
	}
}

// widened is G·(a, b, c).
func widened(a, b, c float32) (w0, w1, w2, w3 float32) {
	s := a + c
	return a, (s + b) / 2, (s - b) / 2, c
}

var foldPartsImpl = impl{whole: 1, run: runFoldParts}

func runFoldParts(c *call) {
	m, g := c.args[0].Data, c.results[0].Data
	n := len(g) / 9
	for i := range n {
		var h [3][4]float32
		for v := range 4 {
			h[0][v], h[1][v], h[2][v] = folded(m[v*n+i], m[(4+v)*n+i], m[(8+v)*n+i], m[(12+v)*n+i])
		}
		for a := range h {
			r := &h[a]
			g[3*a*n+i], g[(3*a+1)*n+i], g[(3*a+2)*n+i] = folded(r[0], r[1], r[2], r[3])
		}
	}
}

// folded is Gᵀ·(a, b, c, d).
func folded(a, b, c, d float32) (f0, f1, f2 float32) {
	s := (b + c) / 2
	return a + s, (b - c) / 2, s + d
}

// conv2DFilter and convTransposeFilter are 16 products of matrices, of tiles by
// channels, between transforms of a padded copy of the image and of the result.
var (
	conv2DFilter = impl{whole: 1 << 1, scratch: func(in *instr, _ *kernel.Set) int {
		return stripOf(in.args0, in.aux[3]).scratch()
	}, run: runFilter}
	convTransposeFilter = impl{whole: 1 << 1, scratch: func(in *instr, _ *kernel.Set) int {
		return stripOf(in.args0, in.aux[2]).scratch()
	}, run: runFilter}
)

// strip is a number of rows of tiles that fit into the second cache with the
// parts of both sides, and where they lie in scratch memory.
type strip struct {
	padding
	across, down int // tiles of an image
	rows         int // of tiles at a time
	from, to     int // channels
}

// stripOf returns that of images of shape x, convolved to so many channels.
func stripOf(x nn.Shape, to int) strip {
	s := strip{padding: padding{height: x[1], width: x[2], channels: x[3], top: 1, left: 1, bottom: 1, right: 1},
		across: x[2] / 2, down: x[1] / 2, from: x[3], to: to}
	s.rows = max(partsAtOnce/(16*s.across*(s.from+s.to)), 1)
	return s
}

// partsAtOnce is about how many elements of parts are worked on at a time.
const partsAtOnce = 64 << 10

// partStep returns the elements from a part of tiles to the next: a cache line more
// than a part, since a power of two apart all parts would compete for the same
// lines of the first cache.
func partStep(tiles, channels int) int { return tiles*channels + align }

// memory cuts scratch into the padded image and the parts of both sides.
func (s strip) memory(scratch []float32) (pad, from, to []float32) {
	n, tiles := up(s.floats(), align), s.rows*s.across
	m := n + 16*partStep(tiles, s.from)
	return scratch[:n], scratch[n:m], scratch[m:][:16*partStep(tiles, s.to)]
}

func (s strip) scratch() int {
	tiles := s.rows * s.across
	return up(s.floats(), align) + 16*(partStep(tiles, s.from)+partStep(tiles, s.to))
}

// analyse makes the parts of n rows of tiles from row r on of all images of
// argument 0, copying an image with zeros around it when its first row comes.
func (c *call) analyse(s strip, r, n int, pad, parts []float32, k kind) {
	for i := range n {
		image, row := (r+i)/s.down, (r+i)%s.down
		if row == 0 {
			c.watch.lap(k)
			x := c.args[0].Data[image*s.height*s.width*s.channels:][:s.height*s.width*s.channels]
			s.pad(pad, x)
			c.watch.lap(padded)
		}
		c.tiles = kernel.Tiles{Image: pad[2*row*s.row():], Parts: parts[i*s.across*s.from:], Count: s.across, Channels: s.from, Row: s.row(), Step: partStep(n*s.across, s.from)}
		c.set.Analyse(&c.tiles)
	}
	c.watch.lap(transforms)
}

func runFilter(c *call) {
	y := c.results[0]
	s := stripOf(c.args[0].Shape, y.Shape[3])
	pad, v, m := s.memory(c.scratch)
	panel, k := c.set.Panel, kindOf(c.in.op)
	size := s.from * up(s.to, panel) // of a part of the kernel
	for r := 0; r < c.images*s.down; r += s.rows {
		n := min(s.rows, c.images*s.down-r)
		tiles := n * s.across
		c.analyse(s, r, n, pad, v, k)
		c.conv = kernel.Convolution{Rows: 1, Run: s.from, XStep: s.from, YStep: s.to}
		for p := range 16 {
			for o := 0; o < s.to; o += panel {
				c.conv.Width, c.conv.W = min(panel, s.to-o), c.args[1].Data[p*size+o*s.from:]
				c.convolveRow(v[p*partStep(tiles, s.from):], m[p*partStep(tiles, s.to)+o:], tiles)
			}
		}
		c.watch.lap(k)
		for i := range n {
			c.tiles = kernel.Tiles{Image: y.Data[2*(r+i)*y.Shape[2]*s.to:], Parts: m[i*s.across*s.to:], Count: s.across, Channels: s.to, Row: y.Shape[2] * s.to, Step: partStep(tiles, s.to)}
			c.set.Synthesise(&c.tiles)
		}
		c.watch.lap(transforms)
	}
}

// convKernelFilter adds up the gradient of the kernel's parts.
var convKernelFilter = impl{accumulates: true, scratch: func(in *instr, _ *kernel.Set) int {
	return stripOf(in.args0, in.aux[3]).scratch()
}, run: runConvKernelFilter}

func runConvKernelFilter(c *call) {
	d := c.args[1]
	s := stripOf(c.args[0].Shape, d.Shape[3])
	pad, v, m := s.memory(c.scratch)
	for r := 0; r < c.images*s.down; r += s.rows {
		n := min(s.rows, c.images*s.down-r)
		tiles := n * s.across
		c.analyse(s, r, n, pad, v, toKernel)
		for i := range n {
			c.tiles = kernel.Tiles{Image: d.Data[2*(r+i)*d.Shape[2]*s.to:], Parts: m[i*s.across*s.to:], Count: s.across, Channels: s.to, Row: d.Shape[2] * s.to, Step: partStep(tiles, s.to)}
			c.set.Spread(&c.tiles)
		}
		c.watch.lap(transforms)
		a := &c.outer
		*a = kernel.Outer{Images: 1, Rows: 1, Pixels: tiles, XStep: s.from, DStep: s.to, Run: s.from, GStep: s.to}
		for p := range 16 {
			a.X = v[p*partStep(tiles, s.from):]
			for o := 0; o < s.to; o += c.set.Outer {
				a.Width = min(c.set.Outer, s.to-o)
				a.D, a.G = m[p*partStep(tiles, s.to)+o:], c.acc[p*s.from*s.to+o:]
				c.set.Accumulate(a)
			}
		}
		c.watch.lap(toKernel)
	}
}
