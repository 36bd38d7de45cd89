package nn

import (
	"fmt"
	"math"
)

// SGD is one update of gradient descent with momentum: arguments w, g, v (equal
// shapes) and the scalar rate; results w', v'.
//
//	g' = g + Decay·w          the gradient of (Decay/2)·|w|²
//	v' = Momentum·v + g'
//	w' = w - rate·v'          or, with Nesterov, w - rate·(g' + Momentum·v')
type SGD struct {
	Momentum, Decay float64
	Nesterov        bool
}

// Adam is one update of Adam: arguments w, g, m, v (equal shapes), the scalar
// rate and the scalar number t of this update, from 1; results w', m', v'.
//
//	g' = g + Decay·w                      (unless Decoupled)
//	m' = Beta1·m + (1-Beta1)·g'
//	v' = Beta2·v + (1-Beta2)·g'²
//	w' = w - rate·(m'/(1-Beta1ᵗ)) / (√(v'/(1-Beta2ᵗ)) + Eps)
//
// Decoupled is AdamW: w is first multiplied by 1 - rate·Decay.
type Adam struct {
	Beta1, Beta2, Eps, Decay float64
	Decoupled                bool
}

func (SGD) Name() string  { return "sgd" }
func (Adam) Name() string { return "adam" }

// updateShapes checks n equal shapes followed by m scalars.
func updateShapes(s []Shape, n, m int) error {
	if len(s) != n+m {
		return fmt.Errorf("found %d arguments, want %d", len(s), n+m)
	}
	for _, x := range s[n:] {
		if x != (Shape{}) {
			return fmt.Errorf("found shape %v, want a scalar", x)
		}
	}
	return same(s[:n])
}

func (SGD) Results(s []Shape) ([]Shape, error) {
	if err := updateShapes(s, 3, 1); err != nil {
		return nil, err
	}
	return []Shape{s[0], s[0]}, nil
}

func (Adam) Results(s []Shape) ([]Shape, error) {
	if err := updateShapes(s, 4, 2); err != nil {
		return nil, err
	}
	return []Shape{s[0], s[0], s[0]}, nil
}

func (SGD) Batch([]bool) Locality  { return Whole }
func (Adam) Batch([]bool) Locality { return Whole }

func (o SGD) Eval(args, results []Array) {
	rate := args[3].Data[0]
	for i, w := range args[0].Data {
		g := args[1].Data[i] + o.Decay*w
		v := o.Momentum*args[2].Data[i] + g
		results[1].Data[i] = v
		if o.Nesterov {
			v = g + o.Momentum*v
		}
		results[0].Data[i] = w - rate*v
	}
}

func (o Adam) Eval(args, results []Array) {
	rate, t := args[4].Data[0], args[5].Data[0]
	c1, c2 := 1-math.Pow(o.Beta1, t), 1-math.Pow(o.Beta2, t)
	for i, w := range args[0].Data {
		g := args[1].Data[i]
		if o.Decoupled {
			w *= 1 - rate*o.Decay
		} else {
			g += o.Decay * w
		}
		m := o.Beta1*args[2].Data[i] + (1-o.Beta1)*g
		v := o.Beta2*args[3].Data[i] + (1-o.Beta2)*g*g
		results[0].Data[i] = w - rate*(m/c1)/(math.Sqrt(v/c2)+o.Eps)
		results[1].Data[i], results[2].Data[i] = m, v
	}
}

func (SGD) Grad(b *Builder, in Instr, d []Value) []Value  { return noGrad(b, in) }
func (Adam) Grad(b *Builder, in Instr, d []Value) []Value { return noGrad(b, in) }
