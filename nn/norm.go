package nn

import (
	"fmt"
	"math"
)

// Moments gives mean [C] and biased variance [C] of x [N H W C] over images
// and pixels. An engine in float32 merges per-image mean and squared deviation
// in float64, in image order.
type Moments struct{}

// MomentsGrad gives the gradient of x from those of mean and variance:
// arguments x, mean, dmean, dvar. With M = N·H·W:
//
//	g = (dmean + 2·(x - mean)·dvar) / M
type MomentsGrad struct{}

// Normalise is (x - mean) / √(var + Eps): x [N H W C], mean [C], var [C].
type Normalise struct{ Eps float64 }

// NormaliseScale is d / √(var + Eps): the gradient of Normalise by x where
// mean and variance do not depend on x. Arguments d, var.
type NormaliseScale struct{ Eps float64 }

// NormaliseSums gives Σ d [C] and Σ d·y [C] over images and pixels, with
// y = (x - mean) / √(var + Eps). Arguments d, x, mean, var.
type NormaliseSums struct{ Eps float64 }

// NormaliseApply is the whole gradient of Normalise by x where mean and
// variance are Moments of the same x: arguments d, x, mean, var, Σd, Σd·y.
// With M = N·H·W:
//
//	g = (d - Σd/M - y·Σ(d·y)/M) / √(var + Eps)
type NormaliseApply struct{ Eps float64 }

// VarianceGrad gives dmean and dvar of Normalise from its sums: arguments
// var, Σd, Σd·y. dmean = -Σd/√(var+Eps), dvar = -Σd·y / (2·(var+Eps)).
type VarianceGrad struct{ Eps float64 }

// PoolMoments merges pairs of mean and variance over equally many elements:
// mean₁, var₁, mean₂, var₂, …; the variance includes the spread of the means.
type PoolMoments struct{}

// Blend is (1-Rate)·old + Rate·Factor·new, element by element: a running
// average. Arguments old, new.
type Blend struct{ Rate, Factor float64 }

func (Moments) Name() string        { return "moments" }
func (MomentsGrad) Name() string    { return "moments_grad" }
func (Normalise) Name() string      { return "normalise" }
func (NormaliseScale) Name() string { return "normalise_scale" }
func (NormaliseSums) Name() string  { return "normalise_sums" }
func (NormaliseApply) Name() string { return "normalise_apply" }
func (VarianceGrad) Name() string   { return "variance_grad" }
func (PoolMoments) Name() string    { return "pool_moments" }
func (Blend) Name() string          { return "blend" }

func (Moments) Results(s []Shape) ([]Shape, error) {
	if _, err := channelShapes(s, 0); err != nil {
		return nil, err
	}
	return []Shape{{s[0][3]}, {s[0][3]}}, nil
}

func (MomentsGrad) Results(s []Shape) ([]Shape, error)    { return channelShapes(s, 3) }
func (Normalise) Results(s []Shape) ([]Shape, error)      { return channelShapes(s, 2) }
func (NormaliseScale) Results(s []Shape) ([]Shape, error) { return channelShapes(s, 1) }

func (NormaliseSums) Results(s []Shape) ([]Shape, error) {
	if len(s) != 4 || s[0] != s[1] {
		return nil, fmt.Errorf("found shapes %v, want gradient, image, mean and variance", s)
	}
	if _, err := channelShapes(s[1:], 2); err != nil {
		return nil, err
	}
	return []Shape{{s[1][3]}, {s[1][3]}}, nil
}

func (NormaliseApply) Results(s []Shape) ([]Shape, error) {
	if len(s) != 6 || s[0] != s[1] {
		return nil, fmt.Errorf("found shapes %v, want gradient, image, mean, variance and two sums", s)
	}
	return channelShapes(s[1:], 4)
}

func (VarianceGrad) Results(s []Shape) ([]Shape, error) {
	if len(s) != 3 || s[0].Rank() != 1 {
		return nil, fmt.Errorf("found shapes %v, want three vectors", s)
	}
	return s[:2], same(s)
}

func (PoolMoments) Results(s []Shape) ([]Shape, error) {
	if len(s) < 2 || len(s)%2 != 0 || s[0].Rank() != 1 {
		return nil, fmt.Errorf("found shapes %v, want pairs of vectors", s)
	}
	return s[:2], same(s)
}

func (Blend) Results(s []Shape) ([]Shape, error) {
	if len(s) != 2 {
		return nil, fmt.Errorf("found %d arguments, want old and new", len(s))
	}
	return s[:1], same(s)
}

func (Moments) Batch(a []bool) Locality        { return reduce(a) }
func (MomentsGrad) Batch(a []bool) Locality    { return perImage(a) }
func (Normalise) Batch(a []bool) Locality      { return perImage(a) }
func (NormaliseScale) Batch(a []bool) Locality { return perImage(a) }
func (NormaliseSums) Batch(a []bool) Locality  { return reduce(a) }
func (NormaliseApply) Batch(a []bool) Locality { return perImage(a) }
func (VarianceGrad) Batch(a []bool) Locality   { return Whole }
func (PoolMoments) Batch(a []bool) Locality    { return Whole }
func (Blend) Batch(a []bool) Locality          { return perImage(a) }

func (Moments) Eval(args, results []Array) {
	x, mean, variance := args[0], results[0].Data, results[1].Data
	m := float64(len(x.Data) / len(mean))
	for i, c := 0, len(mean); i < len(x.Data); i += c {
		for k, v := range x.Data[i : i+c] {
			mean[k] += v / m
		}
	}
	for i, c := 0, len(mean); i < len(x.Data); i += c {
		for k, v := range x.Data[i : i+c] {
			d := v - mean[k]
			variance[k] += d * d / m
		}
	}
}

func (MomentsGrad) Eval(args, results []Array) {
	x, mean, dm, dv := args[0], args[1].Data, args[2].Data, args[3].Data
	m := float64(len(x.Data) / len(mean))
	for i, c := 0, len(mean); i < len(x.Data); i += c {
		g := results[0].Data[i : i+c]
		for k, v := range x.Data[i : i+c] {
			g[k] = (dm[k] + 2*(v-mean[k])*dv[k]) / m
		}
	}
}

// deviations returns √(variance + eps) of every channel.
func deviations(variance []float64, eps float64) []float64 {
	sd := make([]float64, len(variance))
	for k, v := range variance {
		sd[k] = math.Sqrt(v + eps)
	}
	return sd
}

func (o Normalise) Eval(args, results []Array) {
	x, mean, sd := args[0].Data, args[1].Data, deviations(args[2].Data, o.Eps)
	for i, c := 0, len(mean); i < len(x); i += c {
		y := results[0].Data[i : i+c]
		for k, v := range x[i : i+c] {
			y[k] = (v - mean[k]) / sd[k]
		}
	}
}

func (o NormaliseScale) Eval(args, results []Array) {
	d, sd := args[0].Data, deviations(args[1].Data, o.Eps)
	for i, c := 0, len(sd); i < len(d); i += c {
		g := results[0].Data[i : i+c]
		for k, v := range d[i : i+c] {
			g[k] = v / sd[k]
		}
	}
}

func (o NormaliseSums) Eval(args, results []Array) {
	d, x, mean, sd := args[0].Data, args[1].Data, args[2].Data, deviations(args[3].Data, o.Eps)
	sum, dot := results[0].Data, results[1].Data
	for i, c := 0, len(mean); i < len(x); i += c {
		in := x[i : i+c]
		for k, v := range d[i : i+c] {
			sum[k] += v
			dot[k] += v * (in[k] - mean[k]) / sd[k]
		}
	}
}

func (o NormaliseApply) Eval(args, results []Array) {
	d, x, mean, sd := args[0].Data, args[1].Data, args[2].Data, deviations(args[3].Data, o.Eps)
	sum, dot := args[4].Data, args[5].Data
	m := float64(len(x) / len(mean))
	for i, c := 0, len(mean); i < len(x); i += c {
		in, g := x[i:i+c], results[0].Data[i:i+c]
		for k, v := range d[i : i+c] {
			g[k] = (v - sum[k]/m - (in[k]-mean[k])/sd[k]*dot[k]/m) / sd[k]
		}
	}
}

func (o VarianceGrad) Eval(args, results []Array) {
	for i, v := range args[0].Data {
		results[0].Data[i] = -args[1].Data[i] / math.Sqrt(v+o.Eps)
		results[1].Data[i] = -args[2].Data[i] / (2 * (v + o.Eps))
	}
}

func (PoolMoments) Eval(args, results []Array) {
	k := float64(len(args) / 2)
	for i := range results[0].Data {
		mean, variance := 0.0, 0.0
		for j := 0; j < len(args); j += 2 {
			mean += args[j].Data[i] / k
		}
		for j := 0; j < len(args); j += 2 {
			d := args[j].Data[i] - mean
			variance += (args[j+1].Data[i] + d*d) / k
		}
		results[0].Data[i], results[1].Data[i] = mean, variance
	}
}

func (o Blend) Eval(args, results []Array) {
	for i, v := range args[0].Data {
		results[0].Data[i] = (1-o.Rate)*v + o.Rate*o.Factor*args[1].Data[i]
	}
}

func (Moments) Grad(b *Builder, in Instr, d []Value) []Value {
	s := b.Shape(in.Args[0])
	for i := range d {
		if d[i] == None {
			d[i] = b.zeroVector(s[3])
		}
	}
	return []Value{b.One(MomentsGrad{}, in.Args[0], in.Results[0], d[0], d[1])}
}

// Grad gives everything to x at once where mean and variance are the moments
// of x itself, as in training; otherwise it also gives dmean and dvar.
func (o Normalise) Grad(b *Builder, in Instr, d []Value) []Value {
	x, mean, variance := in.Args[0], in.Args[1], in.Args[2]
	sums := b.Do(NormaliseSums(o), d[0], x, mean, variance)
	if sums == nil {
		return []Value{None, None, None}
	}
	if from, ok := b.Producer(mean); ok && from.Op == (Moments{}) && from.Args[0] == x && from.Results[1] == variance {
		return []Value{b.One(NormaliseApply(o), d[0], x, mean, variance, sums[0], sums[1]), None, None}
	}
	g := b.Do(VarianceGrad(o), variance, sums[0], sums[1])
	if g == nil {
		return []Value{None, None, None}
	}
	return []Value{b.One(NormaliseScale(o), d[0], variance), g[0], g[1]}
}

func (PoolMoments) Grad(b *Builder, in Instr, d []Value) []Value { return noGrad(b, in) }

func (MomentsGrad) Grad(b *Builder, in Instr, d []Value) []Value    { return noGrad(b, in) }
func (NormaliseSums) Grad(b *Builder, in Instr, d []Value) []Value  { return noGrad(b, in) }
func (NormaliseScale) Grad(b *Builder, in Instr, d []Value) []Value { return noGrad(b, in) }
func (NormaliseApply) Grad(b *Builder, in Instr, d []Value) []Value { return noGrad(b, in) }
func (VarianceGrad) Grad(b *Builder, in Instr, d []Value) []Value   { return noGrad(b, in) }

func (o Blend) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(Linear{A: 1 - o.Rate}, d[0]), b.One(Linear{A: o.Rate * o.Factor}, d[0])}
}

// noGrad is the gradient of operations that only occur in gradients and
// updates, which nobody differentiates again.
func noGrad(b *Builder, in Instr) []Value {
	b.Fail(fmt.Errorf("%s: its gradient is not available", in.Op.Name()))
	g := make([]Value, len(in.Args))
	for i := range g {
		g[i] = None
	}
	return g
}

// zeroVector returns a vector of n zeros.
func (b *Builder) zeroVector(n int) Value { return b.One(Zeros{N: n}) }

// Zeros is a vector of N zeros.
type Zeros struct{ N int }

func (Zeros) Name() string { return "zeros" }
func (o Zeros) Results(s []Shape) ([]Shape, error) {
	if len(s) != 0 || o.N < 1 {
		return nil, fmt.Errorf("found %d arguments, length %d; want none and a positive length", len(s), o.N)
	}
	return []Shape{{o.N}}, nil
}
func (Zeros) Batch([]bool) Locality                 { return Whole }
func (Zeros) Eval(_, _ []Array)                     {}
func (Zeros) Grad(*Builder, Instr, []Value) []Value { return nil }
