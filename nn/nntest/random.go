package nntest

import (
	"fmt"
	"math/rand/v2"

	"ventral/nn"
)

// Random returns a training program drawn from seed: some twenty operations on
// images, wired at random, their gradient and an update of SGD. Values are read
// early, late, many times and not at all, and several are outputs: what an
// engine that fuses instructions and uses memory again must get right.
//
// Operations with a kink, where float32 and float64 may take different sides,
// are applied to the input only.
func Random(seed uint64) (*nn.Program, error) {
	r := rand.New(rand.NewPCG(Seed, seed))
	g := &random{r: r, b: nn.NewBuilder(), c: 1 + r.IntN(9)}
	n, side := 1+r.IntN(19), 4+r.IntN(5)
	x := g.b.Input("x", nn.Shape{n, side, side, g.c}, true)
	g.values = []nn.Value{x, g.b.One(nn.Unary{Fn: "relu"}, x), g.b.One(nn.Pool2D{Fn: "max", Size: 3, Stride: 1}, x)}
	for step := range 8 + r.IntN(20) {
		g.b.Tag = nn.Tag{Area: "random", Step: step}
		if v := g.step(); v != nn.None {
			g.values = append(g.values, v)
		}
	}
	loss := g.b.One(nn.MeanImages{}, g.image())
	for range 2 {
		loss = g.b.Sum(loss, g.b.One(nn.MeanImages{}, g.b.One(nn.Unary{Fn: "tanh"}, g.image())))
	}
	g.b.Output("loss", loss)
	for i, v := range r.Perm(len(g.values))[:3] {
		g.b.Output(fmt.Sprint("value", i), g.values[v])
	}
	wrt := append([]nn.Value{x}, g.trainable...)
	gradients := g.b.Gradient(loss, wrt)
	if gradients[0] != nn.None {
		g.b.Output("dx", gradients[0])
	}
	rate := g.b.One(nn.Constant{Value: 0.05})
	for i, w := range g.trainable {
		if d := gradients[i+1]; d != nn.None {
			v := g.b.Var(fmt.Sprint("velocity", i), g.b.Shape(w), nn.Init{Kind: "constant"}, false)
			if u := g.b.Do(nn.SGD{Momentum: 0.9}, w, d, v, rate); u != nil {
				g.b.Update(w, u[0])
				g.b.Update(v, u[1])
			}
		}
	}
	return g.b.Program()
}

type random struct {
	r         *rand.Rand
	b         *nn.Builder
	c         int // channels of every image
	values    []nn.Value
	trainable []nn.Value
}

// image returns one of the values, more often a late one.
func (g *random) image() nn.Value {
	return g.values[max(g.r.IntN(len(g.values)), g.r.IntN(len(g.values)))]
}

// like returns a value of the shape of x, resizing another where it must.
func (g *random) like(x nn.Value) nn.Value {
	want := g.b.Shape(x)
	for range 10 {
		if y := g.image(); g.b.Shape(y) == want {
			return y
		}
	}
	return x
}

// weight returns a trainable variable: a new one, or an old one of that shape.
func (g *random) weight(s nn.Shape, init nn.Init) nn.Value {
	for _, w := range g.trainable {
		if g.b.Shape(w) == s && g.r.IntN(3) == 0 {
			return w
		}
	}
	w := g.b.Var(fmt.Sprint("weight", len(g.trainable)), s, init, true)
	g.trainable = append(g.trainable, w)
	return w
}

// step emits one operation, or the few that belong together.
func (g *random) step() nn.Value {
	b, x := g.b, g.image()
	s := b.Shape(x)
	vector := func(value float64) nn.Value { return g.weight(nn.Shape{g.c}, nn.Init{Kind: "constant", Value: value}) }
	switch g.r.IntN(12) {
	case 0, 1:
		k := 1 + g.r.IntN(4)
		stride := 1 + g.r.IntN(2)
		y := b.One(nn.Conv2D{Stride: stride}, x, g.weight(nn.Shape{k, k, g.c, g.c}, nn.Init{Kind: "glorot_normal", FanIn: k * k * g.c, FanOut: k * k * g.c}))
		if stride == 2 && s[1]%2 == 0 && s[2]%2 == 0 {
			y = b.One(nn.Upsample{Factor: 2}, y)
		}
		return y
	case 2:
		small := b.One(nn.Pool2D{Fn: "mean", Size: 3, Stride: 2}, x)
		w := g.weight(nn.Shape{3, 3, g.c, g.c}, nn.Init{Kind: "glorot_normal", FanIn: 9 * g.c, FanOut: 9 * g.c})
		return b.One(nn.ConvTranspose2D{Stride: 2, Height: s[1], Width: s[2]}, small, w)
	case 3, 4:
		m := b.Do(nn.Moments{}, x)
		if m == nil {
			return nn.None
		}
		y := b.One(nn.Normalise{Eps: 1e-2}, x, m[0], m[1])
		if g.r.IntN(2) == 0 {
			y = b.One(nn.ScaleShift{}, y, vector(1), vector(0.1))
		}
		return y
	case 5:
		return b.One(nn.AddBias{}, x, vector(0.1))
	case 6:
		return b.Sum(x, g.like(x), g.like(x))
	case 7:
		return b.One(nn.Mul{}, b.One(nn.Unary{Fn: "tanh"}, x), b.One(nn.Unary{Fn: "sigmoid"}, g.like(x)))
	case 8:
		return b.One(nn.LRN{Radius: 2, Alpha: 0.2, Beta: 0.5, Bias: 1}, x)
	case 9:
		return b.One(nn.Linear{A: 0.5, B: -0.25}, x)
	case 10:
		return b.One(nn.Pool2D{Fn: "mean", Size: 3, Stride: 1}, x)
	}
	return b.One(nn.Unary{Fn: []string{"sigmoid", "tanh", "softplus"}[g.r.IntN(3)]}, x)
}
