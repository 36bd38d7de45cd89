package nn

import (
	"fmt"
	"math"
)

// Sum adds two or more values of equal shape, left to right.
type Sum struct{}

// Mul multiplies two values of equal shape, element by element.
type Mul struct{}

// Linear is A·x + B, element by element.
type Linear struct{ A, B float64 }

// Unary applies Fn, element by element: "relu" max(x, 0), "sigmoid"
// 1/(1+e⁻ˣ), "tanh", "softplus" ln(1+eˣ), "elu" x or eˣ-1 below zero.
type Unary struct{ Fn string }

// UnaryGrad multiplies the gradient d by the derivative of Fn, written in
// terms of its result y: arguments d, y. The derivative of relu at 0 is 0.
type UnaryGrad struct{ Fn string }

// Constant is a scalar.
type Constant struct{ Value float64 }

// Fill is an image [N H W C] of one value, with as many images as its argument.
type Fill struct {
	Value   float64
	H, W, C int
}

// unary functions and their derivatives in terms of the result.
var unary = map[string]struct{ f, d func(float64) float64 }{
	"relu": {func(x float64) float64 {
		if x < 0 {
			return 0
		}
		return x
	}, func(y float64) float64 {
		if y > 0 {
			return 1
		}
		return 0
	}},
	"sigmoid":  {func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, func(y float64) float64 { return y * (1 - y) }},
	"tanh":     {math.Tanh, func(y float64) float64 { return 1 - y*y }},
	"softplus": {func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }, func(y float64) float64 { return -math.Expm1(-y) }},
	"elu": {func(x float64) float64 {
		if x < 0 {
			return math.Expm1(x)
		}
		return x
	}, func(y float64) float64 { return min(y+1, 1) }},
}

func (Sum) Name() string       { return "sum" }
func (Mul) Name() string       { return "mul" }
func (Linear) Name() string    { return "linear" }
func (Unary) Name() string     { return "unary" }
func (UnaryGrad) Name() string { return "unary_grad" }
func (Constant) Name() string  { return "constant" }
func (Fill) Name() string      { return "fill" }

func (Sum) Results(s []Shape) ([]Shape, error) {
	if len(s) < 2 {
		return nil, fmt.Errorf("found %d arguments, want two or more", len(s))
	}
	return s[:1], same(s)
}

func (Mul) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 {
		return nil, fmt.Errorf("found %d arguments, want two", len(s))
	}
	return s[:1], same(s)
}

func (Linear) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 {
		return nil, fmt.Errorf("found %d arguments, want one", len(s))
	}
	return s, nil
}

func (o Unary) Results(s []Shape) ([]Shape, error) {
	if _, ok := unary[o.Fn]; !ok || len(s) != 1 {
		return nil, fmt.Errorf("found function %q of %d arguments, want relu, sigmoid, tanh, softplus or elu of one", o.Fn, len(s))
	}
	return s, nil
}

func (o UnaryGrad) Results(s []Shape) ([]Shape, error) {
	if _, ok := unary[o.Fn]; !ok || len(s) != 2 {
		return nil, fmt.Errorf("found function %q of %d arguments, want gradient and result", o.Fn, len(s))
	}
	return s[:1], same(s)
}

func (Constant) Results(s []Shape) ([]Shape, error) {
	if len(s) != 0 {
		return nil, fmt.Errorf("found %d arguments, want none", len(s))
	}
	return []Shape{{}}, nil
}

func (o Fill) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || s[0].Rank() == 0 || o.H < 1 || o.W < 1 || o.C < 1 {
		return nil, fmt.Errorf("found shapes %v to fill %d×%d×%d, want one argument with images", s, o.H, o.W, o.C)
	}
	return []Shape{{s[0][0], o.H, o.W, o.C}}, nil
}

func (Sum) Batch(a []bool) Locality       { return perImage(a) }
func (Mul) Batch(a []bool) Locality       { return perImage(a) }
func (Linear) Batch(a []bool) Locality    { return perImage(a) }
func (Unary) Batch(a []bool) Locality     { return perImage(a) }
func (UnaryGrad) Batch(a []bool) Locality { return perImage(a) }
func (Constant) Batch(a []bool) Locality  { return Whole }
func (Fill) Batch(a []bool) Locality      { return perImage(a) }

func (Sum) Eval(args, results []Array) {
	for _, a := range args {
		for i, v := range a.Data {
			results[0].Data[i] += v
		}
	}
}

func (Mul) Eval(args, results []Array) {
	for i, v := range args[0].Data {
		results[0].Data[i] = v * args[1].Data[i]
	}
}

func (o Linear) Eval(args, results []Array) {
	for i, v := range args[0].Data {
		results[0].Data[i] = o.A*v + o.B
	}
}

func (o Unary) Eval(args, results []Array) {
	f := unary[o.Fn].f
	for i, v := range args[0].Data {
		results[0].Data[i] = f(v)
	}
}

func (o UnaryGrad) Eval(args, results []Array) {
	d := unary[o.Fn].d
	for i, v := range args[0].Data {
		results[0].Data[i] = v * d(args[1].Data[i])
	}
}

func (o Constant) Eval(_, results []Array) { results[0].Data[0] = o.Value }

func (o Fill) Eval(_, results []Array) {
	for i := range results[0].Data {
		results[0].Data[i] = o.Value
	}
}

func (Sum) Grad(b *Builder, in Instr, d []Value) []Value {
	g := make([]Value, len(in.Args))
	for i := range g {
		g[i] = d[0]
	}
	return g
}

func (Mul) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(Mul{}, d[0], in.Args[1]), b.One(Mul{}, d[0], in.Args[0])}
}

func (o Linear) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(Linear{A: o.A}, d[0])}
}

func (o Unary) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(UnaryGrad(o), d[0], in.Results[0])}
}

// Grad by d is exact; the second derivative by y is not available and is only
// asked for when a gradient is differentiated again.
func (o UnaryGrad) Grad(b *Builder, in Instr, d []Value) []Value {
	if o.Fn != "relu" {
		b.Fail(fmt.Errorf("unary_grad: the second derivative of %s is not available", o.Fn))
		return []Value{None, None}
	}
	return []Value{b.One(o, d[0], in.Args[1]), None}
}

func (Constant) Grad(b *Builder, in Instr, d []Value) []Value { return nil }

func (Fill) Grad(b *Builder, in Instr, d []Value) []Value { return []Value{None} }
