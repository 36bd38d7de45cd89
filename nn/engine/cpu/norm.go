package cpu

import (
	"math"

	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// moments takes mean and squared deviation of every image in two passes, the
// second correcting the first's rounding, and merges them in image order
// (Chan, Golub and LeVeque 1983).
var moments = impl{
	sums:    func(in *instr) int { return 2 * in.args0[3] },
	scratch: perChannel(3),
	run:     runMoments,
	merge:   mergeMoments,
}

func runMoments(c *call) {
	n := c.channels()
	size := len(c.args[0].Data) / c.images
	for i := range c.images {
		imageMoments(c.set, c.sums[2*i*n:][:n], c.sums[(2*i+1)*n:][:n], c.args[0].Data[i*size:][:size],
			c.scratch[:n], c.scratch[n:2*n], c.scratch[2*n:3*n])
	}
}

func mergeMoments(c *call) {
	mean, variance := c.results[0].Data, c.results[1].Data
	n, each := len(mean), float64(c.args[0].Shape[1]*c.args[0].Shape[2])
	for j := range mean {
		m, m2, count := c.sums[j], c.sums[n+j], each
		for i := 2 * n; i < len(c.sums); i += 2 * n {
			d := c.sums[i+j] - m
			m += d * each / (count + each)
			m2 += c.sums[i+n+j] + d*d*count*each/(count+each)
			count += each
		}
		mean[j], variance[j] = float32(m), float32(m2/count)
	}
}

// imageMoments sets mean and m2, the sum of squared deviations, of the pixels
// of x; a, b and centre are scratch.
func imageMoments(set *kernel.Set, mean, m2 []float64, x, centre, a, b []float32) {
	n := len(mean)
	count := float64(len(x) / n)
	clear(mean)
	for rest := x; len(rest) > 0; {
		piece := rest[:min(len(rest), block*n)]
		rest = rest[len(piece):]
		clear(a)
		set.Sum(a, piece)
		widen(mean, a)
	}
	for j := range mean {
		mean[j] /= count
		centre[j] = float32(mean[j])
		mean[j] = 0
	}
	clear(m2)
	for rest := x; len(rest) > 0; {
		piece := rest[:min(len(rest), block*n)]
		rest = rest[len(piece):]
		clear(a)
		clear(b)
		set.Deviate(a, b, piece, centre)
		widen(mean, a)
		widen(m2, b)
	}
	for j, d := range mean {
		m2[j] = max(m2[j]-d*d/count, 0*m2[j])
		mean[j] = float64(centre[j]) + d/count
	}
}

var momentsGrad = impl{whole: 1<<1 | 1<<2 | 1<<3, inPlace: all, scratch: perChannel(2), run: runMomentsGrad}

func runMomentsGrad(c *call) {
	mean, dm, dv := c.args[1].Data, c.args[2].Data, c.args[3].Data
	n := len(mean)
	m := float64(c.args[0].Shape.Len() / n)
	shift, slope := c.scratch[:n], c.scratch[n:2*n]
	for j := range mean {
		shift[j], slope[j] = float32(float64(dm[j])/m), float32(2*float64(dv[j])/m)
	}
	y, x := c.results[0].Data, c.args[0].Data
	for len(y) >= n {
		v, u := y[:len(mean)], x[:len(mean)]
		a, b := shift[:len(mean)], slope[:len(mean)]
		for j := range mean {
			v[j] = a[j] + (u[j]-mean[j])*b[j]
		}
		y, x = y[n:], x[n:]
	}
}

// inverseDeviation sets r to 1/√(variance+eps).
func inverseDeviation(r, variance []float32, eps float64) {
	for j, v := range variance {
		r[j] = float32(1 / math.Sqrt(float64(v)+eps))
	}
}

var normalise = impl{whole: 1<<1 | 1<<2, inPlace: all, scratch: perChannel(1), run: runNormalise}

func runNormalise(c *call) {
	mean, r := c.args[1].Data, c.scratch
	inverseDeviation(r, c.args[2].Data, c.in.op.(nn.Normalise).Eps)
	c.set.Normalise(c.results[0].Data, c.args[0].Data, mean, r)
}

var normaliseScale = impl{whole: 1 << 1, inPlace: all, scratch: perChannel(2), run: runNormaliseScale}

func runNormaliseScale(c *call) {
	n := c.channels()
	r, zero := c.scratch[:n], c.scratch[n:2*n]
	inverseDeviation(r, c.args[1].Data, c.in.op.(nn.NormaliseScale).Eps)
	clear(zero)
	c.set.Scale(c.results[0].Data, c.args[0].Data, r, zero)
}

var normaliseSums = impl{
	whole:   1<<2 | 1<<3,
	sums:    func(in *instr) int { return 2 * in.args0[3] },
	scratch: perChannel(2),
	run:     runNormaliseSums,
	merge:   mergeNormaliseSums,
}

func runNormaliseSums(c *call) {
	n := c.channels()
	mean, s, q := c.args[2].Data, c.scratch[:n], c.scratch[n:2*n]
	size := len(c.args[0].Data) / c.images
	for i := range c.images {
		sd, sdy := c.sums[2*i*n:][:n], c.sums[(2*i+1)*n:][:n]
		clear(sd)
		clear(sdy)
		d, x := c.args[0].Data[i*size:][:size], c.args[1].Data[i*size:][:size]
		for len(d) > 0 {
			m := min(len(d), block*n)
			dp, xp := d[:m], x[:m]
			d, x = d[m:], x[m:]
			clear(s)
			clear(q)
			c.set.Product(s, q, dp, xp, mean)
			widen(sd, s)
			widen(sdy, q)
		}
	}
}

func mergeNormaliseSums(c *call) {
	addSums(c)
	eps := c.in.op.(nn.NormaliseSums).Eps
	n, variance, sdy := c.channels(), c.args[3].Data, c.results[1].Data
	for j := range sdy {
		s := 0.0
		for i := n + j; i < len(c.sums); i += 2 * n {
			s += c.sums[i]
		}
		sdy[j] = float32(s / math.Sqrt(float64(variance[j])+eps))
	}
}

// normaliseApply computes r·d - (x-mean)·slope - shift.
var normaliseApply = impl{whole: 1<<2 | 1<<3 | 1<<4 | 1<<5, inPlace: all, scratch: perChannel(3), run: runNormaliseApply}

func runNormaliseApply(c *call) {
	mean, variance, sd, sdy := c.args[2].Data, c.args[3].Data, c.args[4].Data, c.args[5].Data
	n := len(mean)
	m, eps := float64(c.args[1].Shape.Len()/n), c.in.op.(nn.NormaliseApply).Eps
	r, slope, shift := c.scratch[:n], c.scratch[n:2*n], c.scratch[2*n:3*n]
	for j := range mean {
		s := 1 / math.Sqrt(float64(variance[j])+eps)
		r[j], slope[j], shift[j] = float32(s), float32(s*s*float64(sdy[j])/m), float32(s*float64(sd[j])/m)
	}
	c.set.Apply(c.results[0].Data, c.args[0].Data, c.args[1].Data, mean, r, slope, shift)
}

var varianceGrad = impl{inPlace: all, run: runVarianceGrad}

func runVarianceGrad(c *call) {
	eps := c.in.op.(nn.VarianceGrad).Eps
	sd, sdy := c.args[1].Data, c.args[2].Data
	for j, f := range c.args[0].Data {
		v := float64(f) + eps
		dm, dv := -float64(sd[j])/math.Sqrt(v), -float64(sdy[j])/(2*v)
		c.results[0].Data[j], c.results[1].Data[j] = float32(dm), float32(dv)
	}
}

var poolMoments = impl{inPlace: all, run: runPoolMoments}

func runPoolMoments(c *call) {
	k := float64(len(c.args) / 2)
	for i := range c.results[0].Data {
		mean, variance := 0.0, 0.0
		for j := 0; j < len(c.args); j += 2 {
			mean += float64(c.args[j].Data[i]) / k
		}
		for j := 0; j < len(c.args); j += 2 {
			d := float64(c.args[j].Data[i]) - mean
			variance += (float64(c.args[j+1].Data[i]) + d*d) / k
		}
		c.results[0].Data[i], c.results[1].Data[i] = float32(mean), float32(variance)
	}
}
