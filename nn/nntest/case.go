// Package nntest tests operations and engines: one table of [Cases], a check of
// gradients against differences of the oracle, and a suite that every engine
// runs.
package nntest

import (
	"hash/fnv"
	"math/rand/v2"

	"ventral/nn"
)

// Seed is the seed of all inputs that the tests of this package draw; they
// print it.
const Seed = 20160411

// Case is one small program that shows one operation.
type Case struct {
	Name string // "conv2d/stride 2"
	Op   nn.Op
	Args []Arg
	// Build emits the program from its inputs, one for each of Args, and
	// returns its results. Nil applies Op to all inputs.
	Build func(b *nn.Builder, in []nn.Value) []nn.Value
	// Diff lists the inputs by which Op.Grad differentiates the results.
	Diff []int
	// Claim is what the operation says that it is the derivative of; nil for
	// operations that say nothing of the kind.
	Claim *Claim
	// Tolerance of an engine in float32, relative to the largest element of a
	// result; 0 is 1e-5, a hundred roundings.
	Tolerance float64
}

// Claim says that result i of a case is the derivative of the scalar Loss by
// input Wrt[i].
type Claim struct {
	Loss func(b *nn.Builder, in []nn.Value) nn.Value
	Wrt  []int
}

// Arg is an input of a case.
type Arg struct {
	Name    string
	Shape   nn.Shape
	Batched bool
	Draw    Draw
}

// Draw fills data, of shape s.
type Draw func(r *rand.Rand, s nn.Shape, data []float64)

// Program returns the program of c: inputs named as Args, outputs "0", "1", …
// for the results. Without batched no input has images.
func (c Case) Program(batched bool) (*nn.Program, error) {
	b := nn.NewBuilder()
	for i, r := range c.results(b, c.inputs(b, batched)) {
		b.Output(string(rune('0'+i)), r)
	}
	return b.Program()
}

// GradientProgram returns the program that computes, after the results of c,
// the gradients by the inputs Diff of the sum over results of their inner
// product with inputs "weight0", "weight1", …; the loss is the output "loss",
// a gradient the output of its input's name. Gradients that are zero are left
// out.
func (c Case) GradientProgram() (*nn.Program, error) {
	b := nn.NewBuilder()
	in := c.inputs(b, true)
	loss := c.weigh(b, c.results(b, in))
	b.Output("loss", loss)
	wrt := make([]nn.Value, len(c.Diff))
	for i, k := range c.Diff {
		wrt[i] = in[k]
	}
	for i, g := range b.Gradient(loss, wrt) {
		if g != nn.None {
			b.Output(c.Args[c.Diff[i]].Name, g)
		}
	}
	return b.Program()
}

// Inputs returns values for the inputs of a program of c, which depend on the
// names of case and input and on Seed. All are representable in float32.
func (c Case) Inputs(p *nn.Program) []nn.Array {
	draw := map[string]Draw{}
	for _, a := range c.Args {
		draw[a.Name] = a.Draw
	}
	in := make([]nn.Array, len(p.Inputs))
	for i, port := range p.Inputs {
		in[i] = nn.NewArray(p.Shapes[port.Value])
		h := fnv.New64a()
		h.Write([]byte(c.Name + "/" + port.Name))
		d := draw[port.Name]
		if d == nil {
			d = normal(0, 1)
		}
		d(rand.New(rand.NewPCG(Seed, h.Sum64())), in[i].Shape, in[i].Data)
		for k, x := range in[i].Data {
			in[i].Data[k] = float64(float32(x))
		}
	}
	return in
}

func (c Case) inputs(b *nn.Builder, batched bool) []nn.Value {
	in := make([]nn.Value, len(c.Args))
	for i, a := range c.Args {
		in[i] = b.Input(a.Name, a.Shape, a.Batched && batched)
	}
	return in
}

func (c Case) results(b *nn.Builder, in []nn.Value) []nn.Value {
	if c.Build != nil {
		return c.Build(b, in)
	}
	return b.Do(c.Op, in...)
}

// weigh returns the sum over results of their inner product with an input.
func (c Case) weigh(b *nn.Builder, results []nn.Value) nn.Value {
	p, err := b.Program()
	if err != nil {
		b.Fail(err)
		return nn.None
	}
	batched := p.Batched()
	var parts []nn.Value
	for i, r := range results {
		parts = append(parts, b.One(nn.Inner{}, r, b.Input("weight"+string(rune('0'+i)), b.Shape(r), batched[r])))
	}
	return b.Sum(parts...)
}

// normal draws from the normal distribution.
func normal(mean, sd float64) Draw {
	return func(r *rand.Rand, _ nn.Shape, data []float64) {
		for i := range data {
			data[i] = mean + sd*r.NormFloat64()
		}
	}
}

// uniform draws from lo to hi.
func uniform(lo, hi float64) Draw {
	return func(r *rand.Rand, _ nn.Shape, data []float64) {
		for i := range data {
			data[i] = lo + (hi-lo)*r.Float64()
		}
	}
}

// coarse draws small whole numbers: many are equal, many are zero.
func coarse(r *rand.Rand, _ nn.Shape, data []float64) {
	for i := range data {
		data[i] = float64(r.IntN(5) - 2)
	}
}

// oneHot draws one class for every image.
func oneHot(r *rand.Rand, s nn.Shape, data []float64) {
	for n := range s[0] {
		data[n*s[3]+r.IntN(s[3])] = 1
	}
}

// spread gives every channel another mean around mean, and deviation sd.
func spread(mean, sd float64) Draw {
	return func(r *rand.Rand, s nn.Shape, data []float64) {
		for i := range data {
			data[i] = mean*(1+float64(i%s[3])/8) + sd*r.NormFloat64()
		}
	}
}
