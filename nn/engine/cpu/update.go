package cpu

import (
	"math"

	"ventral/nn"
)

var sgd = impl{whole: 1 << 3, inPlace: all, elements: true, run: runSgd}

func runSgd(c *call) {
	o, rate := c.in.op.(nn.SGD), c.args[3].Data[0]
	momentum, decay := float32(o.Momentum), float32(o.Decay)
	w2, v2 := c.results[0].Data, c.results[1].Data
	w, g, v := c.args[0].Data[:len(w2)], c.args[1].Data[:len(w2)], c.args[2].Data[:len(w2)]
	v2 = v2[:len(w2)]
	for i := range w2 {
		old := w[i]
		d := g[i] + decay*old
		u := momentum*v[i] + d
		change := u
		if o.Nesterov {
			change = d + momentum*u
		}
		w2[i], v2[i] = old-rate*change, u
	}
}

// adam computes as float32 what nn.Adam means, but for the corrections of the
// first updates.
var adam = impl{whole: 1<<4 | 1<<5, inPlace: all, elements: true, run: runAdam}

func runAdam(c *call) {
	o := c.in.op.(nn.Adam)
	rate, t := float64(c.args[4].Data[0]), float64(c.args[5].Data[0])
	change := float32(rate / (1 - math.Pow(o.Beta1, t)))
	scale := float32(1 / (1 - math.Pow(o.Beta2, t)))
	b1, a1, b2, a2 := float32(o.Beta1), float32(1-o.Beta1), float32(o.Beta2), float32(1-o.Beta2)
	keep, decay, eps := float32(1), float32(o.Decay), float32(o.Eps)
	if o.Decoupled {
		keep, decay = float32(1-rate*o.Decay), 0
	}
	w2, m2, v2 := c.results[0].Data, c.results[1].Data, c.results[2].Data
	w, g, m, v := c.args[0].Data[:len(w2)], c.args[1].Data[:len(w2)], c.args[2].Data[:len(w2)], c.args[3].Data[:len(w2)]
	m2, v2 = m2[:len(w2)], v2[:len(w2)]
	for i := range w2 {
		old := w[i]
		d := g[i] + decay*old
		mi, vi := b1*m[i]+a1*d, b2*v[i]+a2*d*d
		root := float32(math.Sqrt(float64(vi * scale)))
		w2[i], m2[i], v2[i] = keep*old-change*mi/(root+eps), mi, vi
	}
}
