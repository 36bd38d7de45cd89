package cpu

import (
	"math"

	"ventral/nn"
)

// bracket sets s to Bias + Alpha·Σ x² around each channel of the pixel x.
func bracket(o nn.LRN, s, x []float32) {
	for c := range x {
		sum := float32(0)
		for _, v := range x[max(c-o.Radius, 0):min(c+o.Radius+1, len(x))] {
			sum += v * v
		}
		s[c] = float32(o.Bias) + float32(o.Alpha)*sum
	}
}

// power returns s^-beta.
func power(s float32, beta float64) float32 {
	v := float64(s)
	switch beta {
	case 0.5:
		return float32(1 / math.Sqrt(v))
	case 0.75:
		r := math.Sqrt(v)
		return float32(1 / (r * math.Sqrt(r)))
	case 1:
		return 1 / s
	}
	return float32(math.Pow(v, -beta))
}

var lrn = impl{scratch: perChannel(1), run: runLrn}

func runLrn(c *call) {
	o, n := c.in.op.(nn.LRN), c.channels()
	for p := 0; p < len(c.args[0].Data); p += n {
		x, y := c.args[0].Data[p:p+n], c.results[0].Data[p:p+n]
		bracket(o, c.scratch, x)
		for i, s := range c.scratch {
			y[i] = x[i] * power(s, o.Beta)
		}
	}
}

var lrnGrad = impl{scratch: perChannel(3), run: runLrnGrad}

func runLrnGrad(c *call) {
	o, n := nn.LRN(c.in.op.(nn.LRNGrad)), c.channels()
	s, u, t := c.scratch[:n], c.scratch[n:2*n], c.scratch[2*n:3*n]
	slope := float32(2 * o.Alpha * o.Beta)
	for p := 0; p < len(c.args[1].Data); p += n {
		d, x, g := c.args[0].Data[p:p+n], c.args[1].Data[p:p+n], c.results[0].Data[p:p+n]
		bracket(o, s, x)
		for j := range s {
			u[j] = power(s[j], o.Beta)
			t[j] = d[j] * x[j] * u[j] / s[j]
		}
		for i := range x {
			sum := float32(0)
			for _, v := range t[max(i-o.Radius, 0):min(i+o.Radius+1, n)] {
				sum += v
			}
			g[i] = d[i]*u[i] - slope*x[i]*sum
		}
	}
}
