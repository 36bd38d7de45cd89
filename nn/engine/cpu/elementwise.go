package cpu

import (
	"math"

	"ventral/nn"
)

// sum adds left to right, so its result may lie in the place of the first two.
var sum = impl{inPlace: 1<<0 | 1<<1, elements: true, run: runSum}

func runSum(c *call) {
	y := c.results[0].Data
	args := c.args
	for lo := 0; lo < len(y); lo += sumPiece {
		hi := min(lo+sumPiece, len(y))
		c.set.Add(y[lo:hi], args[0].Data[lo:hi], args[1].Data[lo:hi])
		for _, a := range args[2:] {
			c.set.Add(y[lo:hi], y[lo:hi], a.Data[lo:hi])
		}
	}
}

// sumPiece is how many elements stay in the first cache while several values
// are added to them.
const sumPiece = 4 << 10

var mul = impl{inPlace: all, elements: true, run: runMul}

func runMul(c *call) {
	y := c.results[0].Data
	a, b := c.args[0].Data[:len(y)], c.args[1].Data[:len(y)]
	for i := range y {
		y[i] = a[i] * b[i]
	}
}

var linear = impl{inPlace: all, elements: true, run: runLinear}

func runLinear(c *call) {
	o := c.in.op.(nn.Linear)
	axpb(c.results[0].Data, c.args[0].Data, float32(o.A), float32(o.B))
}

var after = impl{inPlace: 1, run: runAfter}

func runAfter(c *call) { copy(c.results[0].Data, c.args[0].Data) }

// axpb is y = a·x + b.
func axpb(y, x []float32, a, b float32) {
	x = x[:len(y)]
	for i := range y {
		y[i] = a*x[i] + b
	}
}

var scaleBy = impl{whole: 1 << 1, inPlace: all, elements: true, run: runScaleBy}

func runScaleBy(c *call) {
	axpb(c.results[0].Data, c.args[0].Data, c.args[1].Data[0], 0)
}

var blend = impl{inPlace: all, elements: true, run: runBlend}

func runBlend(c *call) {
	o := c.in.op.(nn.Blend)
	keep, take := float32(1-o.Rate), float32(o.Rate*o.Factor)
	y := c.results[0].Data
	a, b := c.args[0].Data[:len(y)], c.args[1].Data[:len(y)]
	for i := range y {
		y[i] = keep*a[i] + take*b[i]
	}
}

var constant = impl{run: runConstant}

func runConstant(c *call) {
	c.results[0].Data[0] = float32(c.in.op.(nn.Constant).Value)
}

var zeros = impl{run: func(c *call) { clear(c.results[0].Data) }}

var fill = impl{unread: 1, run: runFill}

func runFill(c *call) {
	v, y := float32(c.in.op.(nn.Fill).Value), c.results[0].Data
	for i := range y {
		y[i] = v
	}
}

var reshape = impl{inPlace: all, run: func(c *call) { copy(c.results[0].Data, c.args[0].Data) }}

// copied copies a variable or input that an update stores elsewhere.
var copied = impl{elements: true, run: reshape.run}

// unaryImpl applies fn to every element: by a kernel, or by what fn says of itself.
func unaryImpl(fn string) *impl {
	if m, ok := unaryImpls[fn]; ok {
		return m
	}
	f, ok := nn.FunctionOf(fn)
	if !ok {
		return nil
	}
	return each(func(x float32) float32 { return float32(f.Value(float64(x))) })
}

// unaryGradImpl multiplies by the slope of fn.
func unaryGradImpl(fn string) *impl {
	if m, ok := unaryGradImpls[fn]; ok {
		return m
	}
	f, ok := nn.FunctionOf(fn)
	if !ok {
		return nil
	}
	none := math.NaN()
	switch f.Reads {
	case nn.ReadsArgument:
		return eachGrad(func(x float32) float32 { return float32(f.Slope(float64(x), none)) })
	case nn.ReadsResult:
		return eachGrad(func(y float32) float32 { return float32(f.Slope(none, float64(y))) })
	}
	return &impl{inPlace: all, elements: true, run: func(c *call) {
		g := c.results[0].Data
		d, x, y := c.args[0].Data[:len(g)], c.args[1].Data[:len(g)], c.args[2].Data[:len(g)]
		for i := range g {
			g[i] = d[i] * float32(f.Slope(float64(x[i]), float64(y[i])))
		}
	}}
}

var unaryImpls = map[string]*impl{
	"relu": {inPlace: all, elements: true, run: func(c *call) {
		c.set.Rectify(c.results[0].Data, c.args[0].Data)
	}},
	"sigmoid":  each(sigmoid),
	"tanh":     each(hyperbolicTangent),
	"softplus": each(softplus),
	"elu":      each(elu),
}

var unaryGradImpls = map[string]*impl{
	"relu": {inPlace: all, elements: true, run: func(c *call) {
		c.set.RectifyGrad(c.results[0].Data, c.args[0].Data, c.args[1].Data)
	}},
	"sigmoid":  eachGrad(func(y float32) float32 { return y * (1 - y) }),
	"tanh":     eachGrad(func(y float32) float32 { return 1 - y*y }),
	"softplus": eachGrad(softplusGrad),
	"elu":      eachGrad(func(y float32) float32 { return min(y+1, 1) }),
}

func each(f func(float32) float32) *impl {
	return &impl{inPlace: all, elements: true, run: func(c *call) {
		y := c.results[0].Data
		x := c.args[0].Data[:len(y)]
		for i := range y {
			y[i] = f(x[i])
		}
	}}
}

func eachGrad(f func(float32) float32) *impl {
	return &impl{inPlace: all, elements: true, run: func(c *call) {
		g := c.results[0].Data
		d, y := c.args[0].Data[:len(g)], c.args[1].Data[:len(g)]
		for i := range g {
			g[i] = d[i] * f(y[i])
		}
	}}
}
