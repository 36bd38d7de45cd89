package nn

import (
	"fmt"
	"math"
)

// Unary applies the [Function] called Fn, element by element.
type Unary struct{ Fn string }

// UnaryGrad multiplies the gradient d by the slope of the [Function] called Fn.
// Its arguments are d and what the slope reads: the argument x of the function,
// its result y, or x and y.
type UnaryGrad struct{ Fn string }

func (Unary) Name() string     { return "unary" }
func (UnaryGrad) Name() string { return "unary_grad" }

func (o Unary) Results(s []Shape) ([]Shape, error) {
	if _, ok := FunctionOf(o.Fn); !ok || len(s) != 1 {
		return nil, fmt.Errorf("found function %q of %d arguments, want %s of one", o.Fn, len(s), functions.list())
	}
	return s, nil
}

func (o UnaryGrad) Results(s []Shape) ([]Shape, error) {
	f, ok := FunctionOf(o.Fn)
	if !ok {
		return nil, fmt.Errorf("found function %q of %d arguments, want the gradient of %s", o.Fn, len(s), functions.list())
	}
	if len(s) != len(o.Args(0, 0, 0)) {
		return nil, fmt.Errorf("found function %q of %d arguments, want gradient, %s", o.Fn, len(s), f.Reads)
	}
	return s[:1], same(s)
}

func (Unary) Batch(a []bool) Locality     { return perImage(a) }
func (UnaryGrad) Batch(a []bool) Locality { return perImage(a) }

func (o Unary) Eval(args, results []Array) {
	f, _ := FunctionOf(o.Fn)
	for i, x := range args[0].Data {
		results[0].Data[i] = f.Value(x)
	}
}

func (o UnaryGrad) Eval(args, results []Array) {
	f, _ := FunctionOf(o.Fn)
	none := math.NaN()
	for i, d := range args[0].Data {
		var slope float64
		switch f.Reads {
		case ReadsArgument:
			slope = f.Slope(args[1].Data[i], none)
		case ReadsResult:
			slope = f.Slope(none, args[1].Data[i])
		default:
			slope = f.Slope(args[1].Data[i], args[2].Data[i])
		}
		results[0].Data[i] = d * slope
	}
}

// Args returns the arguments of o, given the gradient d of the result y of the
// function at x. A function that is unknown reads nothing.
func (o UnaryGrad) Args(d, x, y Value) []Value {
	f, _ := FunctionOf(o.Fn)
	args := []Value{d}
	if f.Reads&ReadsArgument != 0 {
		args = append(args, x)
	}
	if f.Reads&ReadsResult != 0 {
		args = append(args, y)
	}
	return args
}

func (o Unary) Grad(b *Builder, in Instr, d []Value) []Value {
	g := UnaryGrad(o)
	return []Value{b.One(g, g.Args(d[0], in.Args[0], in.Results[0])...)}
}

// Grad by d is exact. The second derivative is zero where the slope is flat; it
// is not available otherwise, and only asked for when a gradient is
// differentiated again.
func (o UnaryGrad) Grad(b *Builder, in Instr, d []Value) []Value {
	grads := make([]Value, len(in.Args))
	for i := range grads {
		grads[i] = None
	}
	if f, _ := FunctionOf(o.Fn); !f.Flat {
		b.Fail(fmt.Errorf("unary_grad: the second derivative of %s is not available", o.Fn))
		return grads
	}
	grads[0] = b.One(o, append([]Value{d[0]}, in.Args[1:]...)...)
	return grads
}
