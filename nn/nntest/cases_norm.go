package nntest

import (
	"fmt"

	"ventral/nn"
)

// norms has every operation of batch normalisation at moderate values, and
// where the mean is a thousand deviations.
func norms() []Case {
	var cs []Case
	for _, at := range []struct {
		name       string
		n, h, w, c int
		mean       float64
		tolerance  float64
	}{
		{"", 4, 3, 5, 6, 0.5, 0},
		{"/one channel", 3, 4, 4, 1, 0.5, 0},
		{"/one pixel", 6, 1, 1, 5, 0.5, 0},
		{"/many images", 37, 2, 2, 3, 0.5, 0},
		// A mean of 1000 is rounded to float32 by 3e-5 deviations, and to 6e-5 from 1024 on.
		{"/mean 1000", 4, 3, 5, 6, 1000, 3e-4},
	} {
		x, d := image("x", at.n, at.h, at.w, at.c).drawn(spread(at.mean, 1)), image("d", at.n, at.h, at.w, at.c)
		mean, variance := vector("mean", at.c, normal(at.mean, 0.5)), vector("variance", at.c, uniform(0.5, 2))
		normalise := nn.Normalise{Eps: 1e-5}
		own := func(b *nn.Builder, x nn.Value) (y, mean, variance nn.Value) {
			m := b.Do(nn.Moments{}, x)
			if m == nil {
				return nn.None, nn.None, nn.None
			}
			return b.One(normalise, x, m[0], m[1]), m[0], m[1]
		}
		part := []Case{
			{Name: "moments", Op: nn.Moments{}, Args: []Arg{x}, Diff: []int{0}},
			{Name: "moments_grad", Op: nn.MomentsGrad{}, Args: []Arg{x, vector("dmean", at.c, normal(0, 1)), vector("dvariance", at.c, normal(0, 1))},
				Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
					return b.Do(nn.MomentsGrad{}, in[0], b.Do(nn.Moments{}, in[0])[0], in[1], in[2])
				},
				Claim: &Claim{Wrt: []int{0}, Loss: func(b *nn.Builder, in []nn.Value) nn.Value {
					m := b.Do(nn.Moments{}, in[0])
					return b.Sum(inner(b, in[1], m[0]), inner(b, in[2], m[1]))
				}}},
			{Name: "normalise", Op: normalise, Args: []Arg{x, mean, variance}, Diff: []int{0, 1, 2}},
			{Name: "normalise/own moments", Op: normalise, Args: []Arg{x}, Diff: []int{0}, Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
				y, _, _ := own(b, in[0])
				return []nn.Value{y}
			}},
			{Name: "normalise/moments of another", Op: normalise, Args: []Arg{x, image("z", at.n, at.h, at.w, at.c).drawn(spread(at.mean, 1))}, Diff: []int{0, 1},
				Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
					m := b.Do(nn.Moments{}, in[1])
					return b.Do(normalise, in[0], m[0], m[1])
				}},
			{Name: "normalise_scale", Op: nn.NormaliseScale(normalise), Args: []Arg{d, x, mean, variance},
				Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
					return b.Do(nn.NormaliseScale(normalise), in[0], in[3])
				},
				Claim: &Claim{Wrt: []int{1}, Loss: func(b *nn.Builder, in []nn.Value) nn.Value {
					return inner(b, in[0], b.One(normalise, in[1:]...))
				}}},
			{Name: "normalise_sums", Op: nn.NormaliseSums(normalise), Args: []Arg{d, x, mean, variance, vector("gain", at.c, normal(1, 1)), vector("shift", at.c, normal(0, 1))},
				Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
					return b.Do(nn.NormaliseSums(normalise), in[:4]...)
				},
				Claim: &Claim{Wrt: []int{5, 4}, Loss: func(b *nn.Builder, in []nn.Value) nn.Value {
					return inner(b, in[0], b.One(nn.ScaleShift{}, b.One(normalise, in[1:4]...), in[4], in[5]))
				}}},
			{Name: "normalise_apply", Op: nn.NormaliseApply(normalise), Args: []Arg{d, x},
				Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
					_, mean, variance := own(b, in[1])
					s := b.Do(nn.NormaliseSums(normalise), in[0], in[1], mean, variance)
					return b.Do(nn.NormaliseApply(normalise), in[0], in[1], mean, variance, s[0], s[1])
				},
				Claim: &Claim{Wrt: []int{1}, Loss: func(b *nn.Builder, in []nn.Value) nn.Value {
					y, _, _ := own(b, in[1])
					return inner(b, in[0], y)
				}}},
			{Name: "variance_grad", Op: nn.VarianceGrad(normalise), Args: []Arg{d, x, mean, variance},
				Build: func(b *nn.Builder, in []nn.Value) []nn.Value {
					s := b.Do(nn.NormaliseSums(normalise), in...)
					return b.Do(nn.VarianceGrad(normalise), in[3], s[0], s[1])
				},
				Claim: &Claim{Wrt: []int{2, 3}, Loss: func(b *nn.Builder, in []nn.Value) nn.Value {
					return inner(b, in[0], b.One(normalise, in[1:]...))
				}}},
			{Name: "pool_moments", Op: nn.PoolMoments{}, Args: []Arg{mean, variance, vector("mean2", at.c, normal(at.mean, 0.5)), vector("variance2", at.c, uniform(0.5, 2)),
				vector("mean3", at.c, normal(at.mean, 0.5)), vector("variance3", at.c, uniform(0.5, 2))}},
		}
		for i := range part {
			part[i].Name += at.name
			part[i].Tolerance = at.tolerance
		}
		cs = append(cs, part...)
	}
	return append(cs,
		Case{Name: "blend", Op: nn.Blend{Rate: 0.1, Factor: 1.25}, Args: []Arg{vector("old", 6, normal(0, 1)), vector("new", 6, normal(0, 1))}, Diff: []int{0, 1}},
		Case{Name: "blend/images", Op: nn.Blend{Rate: 0.3, Factor: 1}, Args: []Arg{image("old", 2, 3, 3, 5), image("new", 2, 3, 3, 5)}, Diff: []int{0, 1}})
}

// responses has local response normalisation over few and many channels.
func responses() []Case {
	var cs []Case
	for _, g := range []struct {
		c int
		o nn.LRN
	}{
		{7, nn.LRN{Radius: 2, Alpha: 0.5, Beta: 0.75, Bias: 1}},
		{3, nn.LRN{Radius: 5, Alpha: 1e-4, Beta: 0.5, Bias: 1}},
		{19, nn.LRN{Radius: 5, Alpha: 0.3, Beta: 0.5, Bias: 1}},
		{5, nn.LRN{Radius: 0, Alpha: 1, Beta: 1, Bias: 2}},
		{1, nn.LRN{Radius: 1, Alpha: 0.5, Beta: 0.4, Bias: 0.5}},
		{16, nn.LRN{Radius: 2, Alpha: 0, Beta: 0.5, Bias: 2}},
	} {
		x, d := image("x", 3, 4, 3, g.c).drawn(normal(0, 2)), image("d", 3, 4, 3, g.c)
		name := fmt.Sprintf("radius %d of %d", g.o.Radius, g.c)
		cs = append(cs, Case{Name: "lrn/" + name, Op: g.o, Args: []Arg{x}, Diff: []int{0}},
			Case{Name: "lrn_grad/" + name, Op: nn.LRNGrad(g.o), Args: []Arg{d, x}, Claim: &Claim{Wrt: []int{1},
				Loss: func(b *nn.Builder, in []nn.Value) nn.Value { return inner(b, in[0], b.One(g.o, in[1])) }}})
	}
	return cs
}
