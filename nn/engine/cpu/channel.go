package cpu

import (
	"ventral/nn/engine/cpu/internal/kernel"
)

// channels returns the number of channels of argument 0.
func (c *call) channels() int { return c.args[0].Shape[3] }

var addBias = impl{whole: 1 << 1, inPlace: all, scratch: perChannel(1), run: runAddBias}

func runAddBias(c *call) {
	for j := range c.scratch {
		c.scratch[j] = 1
	}
	c.set.Scale(c.results[0].Data, c.args[0].Data, c.scratch, c.args[1].Data)
}

var scaleShift = impl{whole: 1<<1 | 1<<2, inPlace: all, run: runScaleShift}

func runScaleShift(c *call) {
	c.set.Scale(c.results[0].Data, c.args[0].Data, c.args[1].Data, c.args[2].Data)
}

var scaleChannels = impl{whole: 1 << 1, inPlace: all, scratch: perChannel(1), run: runScaleChannels}

func runScaleChannels(c *call) {
	clear(c.scratch)
	c.set.Scale(c.results[0].Data, c.args[0].Data, c.args[1].Data, c.scratch)
}

// block is the number of pixels that are added in float32 before their sum is
// added in float64: rounding stays near that of one float32 addition.
const block = 32

var sumPixels = impl{
	sums:    func(in *instr) int { return in.args0[3] },
	scratch: perChannel(1),
	run:     runSumPixels,
	merge:   addSums,
}

func runSumPixels(c *call) {
	n, s := c.channels(), c.scratch
	size := len(c.args[0].Data) / c.images
	for i := range c.images {
		total := c.sums[i*n:][:n]
		clear(total)
		x := c.args[0].Data[i*size:][:size]
		for len(x) > 0 {
			piece := x[:min(len(x), block*n)]
			x = x[len(piece):]
			clear(s)
			c.set.Sum(s, piece)
			widen(total, s)
		}
	}
}

var dotPixels = impl{
	sums:    func(in *instr) int { return in.args0[3] },
	scratch: perChannel(3),
	run:     runDotPixels,
	merge:   addSums,
}

func runDotPixels(c *call) {
	n := c.channels()
	s, q, zero := c.scratch[:n], c.scratch[n:2*n], c.scratch[2*n:3*n]
	clear(zero)
	size := len(c.args[0].Data) / c.images
	for i := range c.images {
		total := c.sums[i*n:][:n]
		clear(total)
		x, y := c.args[0].Data[i*size:][:size], c.args[1].Data[i*size:][:size]
		for len(x) > 0 {
			m := min(len(x), block*n)
			a, b := x[:m], y[:m]
			x, y = x[m:], y[m:]
			clear(s)
			clear(q)
			c.set.Product(q, s, a, b, zero)
			widen(total, s)
		}
	}
}

// widen adds s to total.
func widen(total []float64, s []float32) {
	s = s[:len(total)]
	for j := range total {
		total[j] += float64(s[j])
	}
}

// addSums adds the sums of all images to the results, one after the other.
func addSums(c *call) {
	width := len(c.sums) / c.images
	at := 0
	for _, r := range c.results {
		for j := range r.Data {
			s := 0.0
			for i := at + j; i < len(c.sums); i += width {
				s += c.sums[i]
			}
			r.Data[j] = float32(s)
		}
		at += len(r.Data)
	}
}

// perChannel is scratch of k vectors of argument 0's channels.
func perChannel(k int) func(*instr, *kernel.Set) int {
	return func(in *instr, _ *kernel.Set) int { return k * in.args0[3] }
}
