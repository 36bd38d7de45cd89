package cpu

import (
	"fmt"

	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// format is how images or a kernel lie in memory as bfloat16 numbers, two in the
// place of a float32. The zero format is float32, [image row column channel].
type format struct {
	layout  layout
	parts   int // 1, or 2 where a high and a low part follow one another
	padding     // zeros around an image
	stride  int // of byChannel
	pitch   int // pixels from a row to the next, of byChannel and byPairs
	fill    int // of byRow, channels with those that are zeros; of byChannel, elements of a channel for each remainder of row and column
	size    int // elements of a part
}

// layout is the order of a format's elements.
type layout uint8

const (
	asFloat32 layout = iota
	byRow            // [row column channel]
	byChannel        // [channel, row and column modulo the stride, row column]
	byPairs          // [pair of pixels, channel, 2]
	ofKernel         // [panel, pair of (row column input channel), output channel, 2]
)

var layoutNames = [...]string{"float32", "by row", "by channel", "by pairs", "kernel"}

// String is as in "bfloat16×2 by row 1+8+1 1+8+1 64", without words for float32.
func (f format) String() string {
	switch f.layout {
	case asFloat32:
		return ""
	case ofKernel:
		return fmt.Sprintf("bfloat16×%d kernel", f.parts)
	case byPairs:
		return fmt.Sprintf("bfloat16×%d by pairs %d×%d+%d %d", f.parts, f.height, f.width, f.pitch-f.width, f.channels)
	}
	return fmt.Sprintf("bfloat16×%d %s %d+%d+%d %d+%d+%d %d", f.parts, layoutNames[f.layout], f.top, f.height, f.bottom, f.left, f.width, f.right, f.channels)
}

// floats returns the float32 that an image of format f takes the place of.
func (f format) floats() int { return up(f.parts*f.size, 2*align) / 2 }

// apart rounds n up so that parts and channels so far apart do not compete for
// the same lines of a cache: to an odd number of lines.
func apart(n int) int {
	const line = 2 * align
	n = up(n, line)
	if n/line%2 == 0 {
		n += line
	}
	return n
}

// rowFormat is that of an image of shape x for convolutions, with zeros around it.
func rowFormat(x nn.Shape, p padding, parts int) format {
	f := format{layout: byRow, parts: parts, padding: p, fill: filled(x[3])}
	f.size = apart((p.top + p.height + p.bottom) * f.row())
	return f
}

// row returns the elements of a row of f.
func (f format) row() int { return (f.left + f.width + f.right) * f.fill }

// filled returns the channels that an image by row has, an even number.
func filled(channels int) int {
	if channels <= 8 {
		return up(channels, 2)
	}
	return up(channels, 8)
}

// channelFormat and pairFormat are those of the image x and the gradient d for
// the gradient of a kernel. Rows of both follow one another at the same pitch, so that
// all pixels of an image are one sum: of so many chunks of pairs.
func channelFormat(x, d, k nn.Shape, stride, parts int) (f format, pairs, chunks int) {
	p := forwardPadding(x, k, stride)
	f = format{layout: byChannel, parts: parts, padding: p, stride: stride}
	rows := (p.top + p.height + p.bottom + stride - 1) / stride
	f.pitch = up(max((p.left+p.width+p.right+stride-1)/stride, d[2]), 2)
	pairs, chunks = chunked(((d[1]-1)*f.pitch + d[2] + 1) / 2)
	f.fill = max(rows*f.pitch, (k[0]-1)/stride*f.pitch+(k[1]-1)/stride+2*pairs*chunks)
	f.size = apart(f.channelStep() * p.channels)
	return f, pairs, chunks
}

// channelStep returns the elements from a channel to the next of byChannel.
func (f format) channelStep() int { return apart(f.fill * f.stride * f.stride) }

func pairFormat(d nn.Shape, pitch, parts, pairs, chunks int) format {
	f := format{layout: byPairs, parts: parts, padding: padding{height: d[1], width: d[2], channels: d[3]}, pitch: pitch}
	f.size = apart(2 * pairs * chunks * d[3])
	return f
}

// chunked cuts at least n pairs into chunks.
func chunked(n int) (pairs, chunks int) {
	chunks = (n + kernel.ProductPairs - 1) / kernel.ProductPairs
	return (n + chunks - 1) / chunks, chunks
}

// exactly cuts n pairs into chunks of the same size, with none over.
func exactly(n int) (pairs, chunks int) {
	for chunks = (n + kernel.ProductPairs - 1) / kernel.ProductPairs; n%chunks != 0; chunks++ {
	}
	return n / chunks, chunks
}

// packImage is the engine's own operation that rounds images and lays them out
// in a format: what follows from an nn.Round and reads only by convolutions.
type packImage struct{ to format }

func (packImage) Name() string { return "pack_image" }

var packImageImpl = impl{run: runPackImage, scratch: func(in *instr, _ *kernel.Set) int {
	if in.op.(packImage).to.layout == byPairs {
		return in.args0[3]
	}
	return 0
}}

func runPackImage(c *call) {
	f := c.in.op.(packImage).to
	n, each := c.args[0].Shape.Image(), f.floats()
	for i := range c.images {
		x, to := c.args[0].Data[i*n:][:n], kernel.Halves(c.results[0].Data[i*each:][:each])
		clear(to)
		hi, lo := to[:f.size], []uint16(nil)
		if f.parts == 2 {
			lo = to[f.size : 2*f.size]
		}
		switch f.layout {
		case byRow:
			c.packRows(f, hi, lo, x)
		case byChannel:
			c.packChannels(f, hi, lo, x)
		case byPairs:
			c.packPairs(f, hi, lo, x)
		}
	}
}

// fromElement returns s from element i on, or nil of nil.
func fromElement(s []uint16, i int) []uint16 {
	if s == nil {
		return nil
	}
	return s[i:]
}

func (c *call) packRows(f format, hi, lo []uint16, x []float32) {
	for r := range f.height {
		at, row := (f.top+r)*f.row()+f.left*f.fill, x[r*f.width*f.channels:][:f.width*f.channels]
		if f.fill == f.channels {
			c.set.Narrow(hi[at:], fromElement(lo, at), row)
			continue
		}
		for ; len(row) > 0; row = row[f.channels:] {
			c.set.Narrow(hi[at:], fromElement(lo, at), row[:f.channels])
			at += f.fill
		}
	}
}

func (c *call) packChannels(f format, hi, lo []uint16, x []float32) {
	s := f.stride
	t := kernel.Turn{Channels: f.channels, Step: s * f.channels, Pitch: f.channelStep()}
	for r := range f.height {
		row := f.top + r
		for column := range min(s, f.width) {
			padded := f.left + column
			at := (row%s*s+padded%s)*f.fill + row/s*f.pitch + padded/s
			t.X, t.Pixels = x[(r*f.width+column)*f.channels:], (f.width-column+s-1)/s
			c.set.NarrowTurned(hi[at:], fromElement(lo, at), &t)
		}
	}
}

func (c *call) packPairs(f format, hi, lo []uint16, x []float32) {
	zeros := c.scratch[:f.channels]
	clear(zeros)
	for r := range f.height {
		for column := 0; column < f.width; column += 2 {
			at := (r*f.pitch + column) * f.channels
			a, b := x[(r*f.width+column)*f.channels:][:f.channels], zeros
			if column+1 < f.width {
				b = x[(r*f.width+column+1)*f.channels:][:f.channels]
			}
			c.set.NarrowPairs(hi[at:], fromElement(lo, at), a, b)
		}
	}
}
