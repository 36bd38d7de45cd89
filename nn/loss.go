package nn

import (
	"fmt"
	"math"
)

// SoftmaxLoss is the cross-entropy of softmax(z) with the target
// distribution y, for every image: z, y [N 1 1 K] give [N 1 1 1].
//
//	L = Σ_k y_k·(ln Σ_j e^(z_j) - z_k)
type SoftmaxLoss struct{}

// SoftmaxLossGrad gives the gradient of z: arguments d [N 1 1 1], z, y.
//
//	g_k = d·(softmax(z)_k·Σ_j y_j - y_k)
type SoftmaxLossGrad struct{}

// SigmoidLoss is the cross-entropy of independent sigmoid units with targets
// y, added over classes, for every image: z, y [N 1 1 K] give [N 1 1 1].
//
//	L = Σ_k ln(1 + e^(-z_k)) + (1 - y_k)·z_k
type SigmoidLoss struct{}

// SigmoidLossGrad gives the gradient of z: arguments d [N 1 1 1], z, y.
//
//	g_k = d·(sigmoid(z_k) - y_k)
type SigmoidLossGrad struct{}

// MeanImages averages all elements of x [N H W C] to a scalar.
type MeanImages struct{}

// Pick is element Index of a vector, a scalar.
type Pick struct{ Index int }

// Place is a vector of N zeros but for the scalar argument at Index.
type Place struct{ Index, N int }

// ScaleBy multiplies x by a scalar: arguments x, s.
type ScaleBy struct{}

// Inner adds x·y over all elements to a scalar.
type Inner struct{}

// Spread divides a scalar by the number of elements of an image [N H W C] and
// gives it to every element: arguments s, like.
type Spread struct{}

func (SoftmaxLoss) Name() string     { return "softmax_loss" }
func (SoftmaxLossGrad) Name() string { return "softmax_loss_grad" }
func (SigmoidLoss) Name() string     { return "sigmoid_loss" }
func (SigmoidLossGrad) Name() string { return "sigmoid_loss_grad" }
func (MeanImages) Name() string      { return "mean_images" }
func (Pick) Name() string            { return "pick" }
func (Place) Name() string           { return "place" }
func (ScaleBy) Name() string         { return "scale_by" }
func (Inner) Name() string           { return "inner" }
func (Spread) Name() string          { return "spread" }

func lossShapes(s []Shape) ([]Shape, error) {
	if len(s) != 2 || s[0] != s[1] || s[0].Rank() != 4 || s[0][1] != 1 || s[0][2] != 1 {
		return nil, fmt.Errorf("found shapes %v, want logits and targets N×1×1×K", s)
	}
	return []Shape{{s[0][0], 1, 1, 1}}, nil
}

func lossGradShapes(s []Shape) ([]Shape, error) {
	if len(s) != 3 {
		return nil, fmt.Errorf("found %d arguments, want gradient, logits and targets", len(s))
	}
	y, err := lossShapes(s[1:])
	if err != nil {
		return nil, err
	}
	if s[0] != y[0] {
		return nil, fmt.Errorf("found gradient %v, want %v", s[0], y[0])
	}
	return s[1:2], nil
}

func (SoftmaxLoss) Results(s []Shape) ([]Shape, error)     { return lossShapes(s) }
func (SoftmaxLossGrad) Results(s []Shape) ([]Shape, error) { return lossGradShapes(s) }
func (SigmoidLoss) Results(s []Shape) ([]Shape, error)     { return lossShapes(s) }
func (SigmoidLossGrad) Results(s []Shape) ([]Shape, error) { return lossGradShapes(s) }

func (MeanImages) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || s[0].Rank() != 4 {
		return nil, fmt.Errorf("found shapes %v, want one image", s)
	}
	return []Shape{{}}, nil
}

func (o Pick) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || s[0].Rank() != 1 || o.Index < 0 || o.Index >= s[0][0] {
		return nil, fmt.Errorf("found shapes %v, index %d; want a vector and an index inside", s, o.Index)
	}
	return []Shape{{}}, nil
}

func (o Place) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || s[0] != (Shape{}) || o.Index < 0 || o.Index >= o.N {
		return nil, fmt.Errorf("found shapes %v, index %d of %d; want a scalar and an index inside", s, o.Index, o.N)
	}
	return []Shape{{o.N}}, nil
}

func (ScaleBy) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 || s[1] != (Shape{}) {
		return nil, fmt.Errorf("found shapes %v, want a value and a scalar", s)
	}
	return s[:1], nil
}

func (Inner) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 || s[0] != s[1] {
		return nil, fmt.Errorf("found shapes %v, want two equal ones", s)
	}
	return []Shape{{}}, nil
}

func (Spread) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 || s[0] != (Shape{}) || s[1].Rank() != 4 {
		return nil, fmt.Errorf("found shapes %v, want a scalar and an image", s)
	}
	return s[1:], nil
}

func (SoftmaxLoss) Batch(a []bool) Locality     { return perImage(a) }
func (SoftmaxLossGrad) Batch(a []bool) Locality { return perImage(a) }
func (SigmoidLoss) Batch(a []bool) Locality     { return perImage(a) }
func (SigmoidLossGrad) Batch(a []bool) Locality { return perImage(a) }
func (MeanImages) Batch(a []bool) Locality      { return reduce(a) }
func (Pick) Batch([]bool) Locality              { return Whole }
func (Place) Batch([]bool) Locality             { return Whole }
func (ScaleBy) Batch(a []bool) Locality         { return perImage(a) }
func (Inner) Batch(a []bool) Locality           { return reduce(a) }
func (Spread) Batch(a []bool) Locality          { return perImage(a) }

// logSumExp returns ln Σ e^z without overflow.
func logSumExp(z []float64) float64 {
	top := math.Inf(-1)
	for _, v := range z {
		top = math.Max(top, v)
	}
	sum := 0.0
	for _, v := range z {
		sum += math.Exp(v - top)
	}
	return top + math.Log(sum)
}

func (SoftmaxLoss) Eval(args, results []Array) {
	k := args[0].Shape[3]
	for n := range results[0].Data {
		z, y := args[0].Data[n*k:][:k], args[1].Data[n*k:][:k]
		l := logSumExp(z)
		for i := range z {
			results[0].Data[n] += y[i] * (l - z[i])
		}
	}
}

func (SoftmaxLossGrad) Eval(args, results []Array) {
	k := args[1].Shape[3]
	for n, d := range args[0].Data {
		z, y, g := args[1].Data[n*k:][:k], args[2].Data[n*k:][:k], results[0].Data[n*k:][:k]
		l, total := logSumExp(z), 0.0
		for _, v := range y {
			total += v
		}
		for i := range z {
			g[i] = d * (math.Exp(z[i]-l)*total - y[i])
		}
	}
}

func (SigmoidLoss) Eval(args, results []Array) {
	k := args[0].Shape[3]
	for i, z := range args[0].Data {
		results[0].Data[i/k] += softplus.Value(-z) + (1-args[1].Data[i])*z
	}
}

func (SigmoidLossGrad) Eval(args, results []Array) {
	k := args[1].Shape[3]
	for i, z := range args[1].Data {
		results[0].Data[i] = args[0].Data[i/k] * (sigmoid.Value(z) - args[2].Data[i])
	}
}

func (MeanImages) Eval(args, results []Array) {
	for _, v := range args[0].Data {
		results[0].Data[0] += v / float64(len(args[0].Data))
	}
}

func (o Pick) Eval(args, results []Array)  { results[0].Data[0] = args[0].Data[o.Index] }
func (o Place) Eval(args, results []Array) { results[0].Data[o.Index] = args[0].Data[0] }

func (ScaleBy) Eval(args, results []Array) {
	for i, v := range args[0].Data {
		results[0].Data[i] = v * args[1].Data[0]
	}
}

func (Inner) Eval(args, results []Array) {
	for i, v := range args[0].Data {
		results[0].Data[0] += v * args[1].Data[i]
	}
}

func (Spread) Eval(args, results []Array) {
	for i := range results[0].Data {
		results[0].Data[i] = args[0].Data[0] / float64(len(results[0].Data))
	}
}

// Grad gives the logits' gradient; targets are data.
func (SoftmaxLoss) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(SoftmaxLossGrad{}, d[0], in.Args[0], in.Args[1]), None}
}

// Grad gives the logits' gradient; targets are data.
func (SigmoidLoss) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(SigmoidLossGrad{}, d[0], in.Args[0], in.Args[1]), None}
}

func (SoftmaxLossGrad) Grad(b *Builder, in Instr, d []Value) []Value { return noGrad(b, in) }
func (SigmoidLossGrad) Grad(b *Builder, in Instr, d []Value) []Value { return noGrad(b, in) }

func (MeanImages) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(Spread{}, d[0], in.Args[0])}
}

func (o Pick) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(Place{o.Index, b.Shape(in.Args[0])[0]}, d[0])}
}

func (o Place) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(Pick{o.Index}, d[0])}
}

func (ScaleBy) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(ScaleBy{}, d[0], in.Args[1]), b.One(Inner{}, in.Args[0], d[0])}
}

func (Inner) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(ScaleBy{}, in.Args[1], d[0]), b.One(ScaleBy{}, in.Args[0], d[0])}
}

func (Spread) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(MeanImages{}, d[0]), None}
}
