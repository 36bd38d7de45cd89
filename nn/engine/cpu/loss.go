package cpu

import (
	"math"

	"ventral/nn"
)

// logSumExp returns ln Σ e^z without overflow.
func logSumExp(z []float32) float64 {
	top := math.Inf(-1)
	for _, v := range z {
		top = math.Max(top, float64(v))
	}
	sum := 0.0
	for _, v := range z {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}

var softmaxLoss = impl{run: runSoftmaxLoss}

func runSoftmaxLoss(c *call) {
	k := c.args[0].Shape[3]
	for n := range c.results[0].Data {
		z, y := c.args[0].Data[n*k:][:k], c.args[1].Data[n*k:][:k]
		l, total := logSumExp(z), 0.0
		for i := range z {
			total += float64(y[i]) * (l - float64(z[i]))
		}
		c.results[0].Data[n] = float32(total)
	}
}

var softmaxLossGrad = impl{run: runSoftmaxLossGrad}

func runSoftmaxLossGrad(c *call) {
	k := c.args[1].Shape[3]
	for n, d := range c.args[0].Data {
		z, y, g := c.args[1].Data[n*k:][:k], c.args[2].Data[n*k:][:k], c.results[0].Data[n*k:][:k]
		l, total := logSumExp(z), 0.0
		for _, v := range y {
			total += float64(v)
		}
		for i := range z {
			g[i] = float32(float64(d) * (math.Exp(float64(z[i])-l)*total - float64(y[i])))
		}
	}
}

var sigmoidLoss = impl{run: runSigmoidLoss}

func runSigmoidLoss(c *call) {
	k := c.args[0].Shape[3]
	for n := range c.results[0].Data {
		z, y := c.args[0].Data[n*k:][:k], c.args[1].Data[n*k:][:k]
		total := 0.0
		for i := range z {
			v := float64(z[i])
			total += max(-v, 0) + math.Log1p(math.Exp(-math.Abs(v))) + (1-float64(y[i]))*v
		}
		c.results[0].Data[n] = float32(total)
	}
}

var sigmoidLossGrad = impl{run: runSigmoidLossGrad}

func runSigmoidLossGrad(c *call) {
	k := c.args[1].Shape[3]
	for n, d := range c.args[0].Data {
		z, y, g := c.args[1].Data[n*k:][:k], c.args[2].Data[n*k:][:k], c.results[0].Data[n*k:][:k]
		for i := range z {
			g[i] = float32(float64(d) * (1/(1+math.Exp(-float64(z[i]))) - float64(y[i])))
		}
	}
}

var meanImages = impl{
	sums:  one,
	run:   runMeanImages,
	merge: mergeMeanImages,
}

func runMeanImages(c *call) {
	size := len(c.args[0].Data) / c.images
	for i := range c.images {
		s := 0.0
		for _, v := range c.args[0].Data[i*size:][:size] {
			s += float64(v)
		}
		c.sums[i] = s
	}
}

func mergeMeanImages(c *call) {
	s := 0.0
	for _, v := range c.sums {
		s += v
	}
	c.results[0].Data[0] = float32(s / float64(c.args[0].Shape.Len()))
}

var inner = impl{
	sums:  one,
	run:   runInner,
	merge: addSums,
}

func runInner(c *call) {
	size := len(c.args[0].Data) / c.images
	for i := range c.images {
		s := 0.0
		y := c.args[1].Data[i*size:][:size]
		for k, v := range c.args[0].Data[i*size:][:size] {
			s += float64(v) * float64(y[k])
		}
		c.sums[i] = s
	}
}

func one(*instr) int { return 1 }

var pick = impl{whole: 1, run: runPick}

func runPick(c *call) {
	c.results[0].Data[0] = c.args[0].Data[c.in.op.(nn.Pick).Index]
}

var placeElement = impl{whole: 1, run: runPlaceElement}

func runPlaceElement(c *call) {
	v := c.args[0].Data[0]
	clear(c.results[0].Data)
	c.results[0].Data[c.in.op.(nn.Place).Index] = v
}

var spread = impl{whole: 1, unread: 1 << 1, run: runSpread}

func runSpread(c *call) {
	v := float32(float64(c.args[0].Data[0]) / float64(c.results[0].Shape.Len()))
	y := c.results[0].Data
	for i := range y {
		y[i] = v
	}
}
