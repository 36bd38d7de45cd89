package nn

import (
	"fmt"
	"math"
)

// LRN is local response normalisation over channels:
//
//	y_c = x_c / (Bias + Alpha·Σ_{|j-c| ≤ Radius} x_j²)^Beta
//
// Channels outside are ignored. Alpha is not divided by the number of
// channels summed.
type LRN struct {
	Radius            int
	Alpha, Beta, Bias float64
}

// LRNGrad gives the gradient of x from that of LRN's result: arguments d, x.
// With s_c the bracket above:
//
//	g_c = d_c·s_c^-Beta - 2·Alpha·Beta·x_c·Σ_{|j-c| ≤ Radius} d_j·x_j·s_j^(-Beta-1)
type LRNGrad struct {
	Radius            int
	Alpha, Beta, Bias float64
}

func (LRN) Name() string     { return "lrn" }
func (LRNGrad) Name() string { return "lrn_grad" }

func (o LRN) Results(s []Shape) ([]Shape, error) {
	if o.Radius < 0 || o.Bias <= 0 || o.Alpha < 0 {
		return nil, fmt.Errorf("found radius %d, alpha %g, bias %g; want radius and alpha not negative, bias positive", o.Radius, o.Alpha, o.Bias)
	}
	return channelShapes(s, 0)
}

func (o LRNGrad) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 || s[0] != s[1] {
		return nil, fmt.Errorf("found shapes %v, want gradient and image", s)
	}
	return LRN(o).Results(s[1:])
}

func (LRN) Batch(a []bool) Locality     { return perImage(a) }
func (LRNGrad) Batch(a []bool) Locality { return perImage(a) }

// bracket returns Bias + Alpha·Σ x² around each channel of the pixel x.
func (o LRN) bracket(x []float64) []float64 {
	s := make([]float64, len(x))
	for c := range x {
		sum := 0.0
		for j := max(c-o.Radius, 0); j <= min(c+o.Radius, len(x)-1); j++ {
			sum += x[j] * x[j]
		}
		s[c] = o.Bias + o.Alpha*sum
	}
	return s
}

func (o LRN) Eval(args, results []Array) {
	c := args[0].Shape[3]
	for p := 0; p < len(args[0].Data); p += c {
		x := args[0].Data[p : p+c]
		for i, s := range o.bracket(x) {
			results[0].Data[p+i] = x[i] * math.Pow(s, -o.Beta)
		}
	}
}

func (o LRNGrad) Eval(args, results []Array) {
	c := args[1].Shape[3]
	for p := 0; p < len(args[1].Data); p += c {
		d, x := args[0].Data[p:p+c], args[1].Data[p:p+c]
		s := LRN(o).bracket(x)
		back := make([]float64, c) // what each channel sends to those around it
		for j := range x {
			back[j] = d[j] * x[j] * math.Pow(s[j], -o.Beta-1)
		}
		for i := range x {
			sum := 0.0
			for j := max(i-o.Radius, 0); j <= min(i+o.Radius, c-1); j++ {
				sum += back[j]
			}
			results[0].Data[p+i] = d[i]*math.Pow(s[i], -o.Beta) - 2*o.Alpha*o.Beta*x[i]*sum
		}
	}
}

func (o LRN) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(LRNGrad(o), d[0], in.Args[0])}
}

func (LRNGrad) Grad(b *Builder, in Instr, d []Value) []Value { return noGrad(b, in) }
