package nntest

import (
	"math"
	"math/rand/v2"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
)

// gradientTolerance is relative to the largest derivative of an argument. The
// difference quotient of step h is off by h²·f‴/6 and by the rounding of f
// over h, 2⁻⁵³·|f|/h: with h = 3e-5 the first stays under 1e-8 for functions that
// change on the scale of one, and the second under 3e-7 at mean 1000.
const gradientTolerance = 1e-6

// GradientCheck compares the gradients that c.Op emits, and what it claims to
// be the derivative of, with central differences of the oracle in float64.
func GradientCheck(t *testing.T, c Case) {
	t.Helper()
	if len(c.Diff) > 0 {
		p, err := c.GradientProgram()
		if err != nil {
			t.Fatalf("gradient program: %v", err)
		}
		in := c.Inputs(p)
		out := run(t, p, in)
		loss := p.Output("loss")
		for _, k := range c.Diff {
			got := nn.NewArray(c.Args[k].Shape)
			if v := p.Output(c.Args[k].Name); v != nn.None {
				got = out[v]
			}
			at := elements(got.Shape.Len())
			compareGradient(t, c.Args[k].Name, got, at, Differences(t, p, in, k, loss, at))
		}
	}
	if c.Claim == nil {
		return
	}
	b := nn.NewBuilder()
	args := c.inputs(b, true)
	results := c.results(b, args)
	loss := c.Claim.Loss(b, args)
	p, err := b.Program()
	if err != nil {
		t.Fatalf("program of the claim: %v", err)
	}
	in := c.Inputs(p)
	out := run(t, p, in)
	if len(results) != len(c.Claim.Wrt) {
		t.Fatalf("claim: got %d results, want %d", len(results), len(c.Claim.Wrt))
	}
	for i, k := range c.Claim.Wrt {
		at := elements(in[k].Shape.Len())
		compareGradient(t, "claim "+c.Args[k].Name, out[results[i]], at, Differences(t, p, in, k, loss, at))
	}
}

// Differences returns the derivatives of the scalar value loss of p by the
// elements of input k that at lists, as central differences of the oracle in
// float64.
func Differences(t *testing.T, p *nn.Program, in []nn.Array, k int, loss nn.Value, at []int) []float64 {
	t.Helper()
	const h = 3e-5
	x := in[k].Data
	d := make([]float64, len(at))
	for i, e := range at {
		v, hi, lo := x[e], x[e]+h, x[e]-h
		x[e] = hi
		up := run(t, p, in)[loss].Data[0]
		x[e] = lo
		d[i] = (up - run(t, p, in)[loss].Data[0]) / (hi - lo)
		x[e] = v
	}
	return d
}

// elements lists all of n elements, or 100 drawn from Seed where there are more.
func elements(n int) []int {
	return rand.New(rand.NewPCG(Seed, uint64(n))).Perm(n)[:min(n, 100)]
}

func compareGradient(t *testing.T, name string, gradient nn.Array, at []int, want []float64) {
	t.Helper()
	got := make([]float64, len(at))
	for i, e := range at {
		got[i] = gradient.Data[e]
	}
	if d := distance(got, want, 1e-3); !(d <= gradientTolerance) {
		t.Errorf("gradient by %s %v: differs from differences by %.2g of its largest element, want %g (inputs of seed %d)\nelements %v\ngot  %.8g\nwant %.8g",
			name, gradient.Shape, d, gradientTolerance, Seed, head(at), head(got), head(want))
	}
}

// distance returns the largest difference of an element of a and b, relative
// to the largest element of either, or to floor if that is smaller. It is
// infinite where one is not a number and the other is.
func distance(a, b []float64, floor float64) float64 {
	scale, far := floor, 0.0
	for i, x := range a {
		y := b[i]
		switch {
		case x == y || math.IsNaN(x) && math.IsNaN(y):
		case math.IsNaN(x-y) || math.IsInf(x-y, 0):
			return math.Inf(1)
		default:
			far = max(far, math.Abs(x-y))
		}
		if !math.IsInf(x, 0) && !math.IsNaN(x) {
			scale = max(scale, math.Abs(x), math.Abs(y))
		}
	}
	return far / scale
}

// head returns the first elements of a for a message.
func head[T any](a []T) []T { return a[:min(len(a), 12)] }

// run returns every value of p.
func run(t *testing.T, p *nn.Program, in []nn.Array) []nn.Array {
	t.Helper()
	home, err := ref.Engine{}.Hold(nn.NewVariables(0))
	if err != nil {
		t.Fatal(err)
	}
	values, err := ref.Values(p, home.(*ref.Residence), in)
	if err != nil {
		t.Fatal(err)
	}
	return values
}
