package nn

import "fmt"

// Sum adds two or more values of equal shape, left to right.
type Sum struct{}

// Mul multiplies two values of equal shape, element by element.
type Mul struct{}

// Linear is A·x + B, element by element.
type Linear struct{ A, B float64 }

// Constant is a scalar.
type Constant struct{ Value float64 }

// Fill is an image [N H W C] of one value, with as many images as its argument.
type Fill struct {
	Value   float64
	H, W, C int
}

func (Sum) Name() string      { return "sum" }
func (Mul) Name() string      { return "mul" }
func (Linear) Name() string   { return "linear" }
func (Constant) Name() string { return "constant" }
func (Fill) Name() string     { return "fill" }

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

func (Sum) Batch(a []bool) Locality      { return perImage(a) }
func (Mul) Batch(a []bool) Locality      { return perImage(a) }
func (Linear) Batch(a []bool) Locality   { return perImage(a) }
func (Constant) Batch(a []bool) Locality { return Whole }
func (Fill) Batch(a []bool) Locality     { return perImage(a) }

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

func (Constant) Grad(b *Builder, in Instr, d []Value) []Value { return nil }

func (Fill) Grad(b *Builder, in Instr, d []Value) []Value { return []Value{None} }
