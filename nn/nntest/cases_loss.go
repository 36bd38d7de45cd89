package nntest

import (
	"fmt"

	"ventral/nn"
)

func losses() []Case {
	var cs []Case
	for _, g := range []struct {
		name string
		z, y Draw
	}{
		{"one class", normal(0, 2), oneHot},
		{"soft targets", normal(0, 2), uniform(0, 1)},
		{"certain", normal(0, 200), oneHot},
	} {
		z, y, d := image("z", 5, 1, 1, 10).drawn(g.z), image("y", 5, 1, 1, 10).drawn(g.y), image("d", 5, 1, 1, 1)
		softmax := func(b *nn.Builder, in []nn.Value) nn.Value {
			return inner(b, in[0], b.One(nn.SoftmaxLoss{}, in[1], in[2]))
		}
		sigmoid := func(b *nn.Builder, in []nn.Value) nn.Value {
			return inner(b, in[0], b.One(nn.SigmoidLoss{}, in[1], in[2]))
		}
		cs = append(cs,
			Case{Name: "softmax_loss/" + g.name, Op: nn.SoftmaxLoss{}, Args: []Arg{z, y}, Diff: []int{0}},
			Case{Name: "softmax_loss_grad/" + g.name, Op: nn.SoftmaxLossGrad{}, Args: []Arg{d, z, y}, Claim: &Claim{softmax, []int{1}}},
			Case{Name: "sigmoid_loss/" + g.name, Op: nn.SigmoidLoss{}, Args: []Arg{z, y}, Diff: []int{0}},
			Case{Name: "sigmoid_loss_grad/" + g.name, Op: nn.SigmoidLossGrad{}, Args: []Arg{d, z, y}, Claim: &Claim{sigmoid, []int{1}}})
	}
	x, y := image("x", 3, 2, 5, 4), image("y", 3, 2, 5, 4)
	v := vector("x", 9, normal(0, 1))
	return append(cs,
		Case{Name: "mean_images", Op: nn.MeanImages{}, Args: []Arg{x}, Diff: []int{0}},
		Case{Name: "mean_images/losses", Op: nn.MeanImages{}, Args: []Arg{image("x", 7, 1, 1, 1)}, Diff: []int{0}},
		Case{Name: "pick", Op: nn.Pick{Index: 3}, Args: []Arg{v}, Diff: []int{0}},
		Case{Name: "place", Op: nn.Place{Index: 2, N: 5}, Args: []Arg{scalar("x", 1.5)}, Diff: []int{0}},
		Case{Name: "scale_by/image", Op: nn.ScaleBy{}, Args: []Arg{x, scalar("s", -0.7)}, Diff: []int{0, 1}},
		Case{Name: "scale_by/scalar", Op: nn.ScaleBy{}, Args: []Arg{scalar("x", 3), scalar("s", -0.7)}, Diff: []int{0, 1}},
		Case{Name: "inner/images", Op: nn.Inner{}, Args: []Arg{x, y}, Diff: []int{0, 1}},
		Case{Name: "inner/vectors", Op: nn.Inner{}, Args: []Arg{v, vector("y", 9, normal(0, 1))}, Diff: []int{0, 1}},
		Case{Name: "spread", Op: nn.Spread{}, Args: []Arg{scalar("s", 2.5), x}, Diff: []int{0, 1}})
}

// updates has the update rules on a kernel and on a vector, at the first update
// and later.
func updates() []Case {
	cs := []Case{{Name: "round/8", Op: nn.Round{Bits: 8}, Args: []Arg{image("x", 3, 2, 4, 5)}}, {Name: "round/17", Op: nn.Round{Bits: 17}, Args: []Arg{image("x", 3, 2, 4, 5)}},
		{Name: "after", Op: nn.After{}, Args: []Arg{image("x", 3, 2, 4, 5), image("y", 3, 1, 2, 3)}, Diff: []int{0}}}
	for _, s := range []struct {
		name  string
		shape nn.Shape
	}{{"kernel", nn.Shape{3, 3, 2, 5}}, {"vector", nn.Shape{7}}} {
		arg := func(name string, d Draw) Arg { return Arg{name, s.shape, false, d} }
		w, g, v := arg("w", normal(0, 1)), arg("g", normal(0, 0.1)), arg("v", normal(0, 0.1))
		for _, o := range []nn.SGD{{}, {Momentum: 0.9}, {Momentum: 0.9, Decay: 5e-4}, {Momentum: 0.9, Decay: 1e-2, Nesterov: true}} {
			cs = append(cs, Case{Name: fmt.Sprintf("sgd/%s %+v", s.name, o), Op: o, Args: []Arg{w, g, v, scalar("rate", 0.05)}})
		}
		square := arg("v", uniform(0, 0.01))
		for _, o := range []nn.Adam{{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8}, {Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 1e-2},
			{Beta1: 0.9, Beta2: 0.98, Eps: 1e-6, Decay: 0.1, Decoupled: true}} {
			name := fmt.Sprintf("%s %+v", s.name, o)
			cs = append(cs,
				Case{Name: "adam/" + name, Op: o, Args: []Arg{w, g, arg("m", normal(0, 0.1)), square, scalar("rate", 1e-2), scalar("t", 40)}},
				// 1 - 0.999 is rounded in float32 by 6e-8 of 1e-3.
				Case{Name: "adam/first " + name, Op: o, Args: []Arg{w, g, arg("m", uniform(0, 0)), arg("v", uniform(0, 0)), scalar("rate", 1e-2), scalar("t", 1)}, Tolerance: 1e-4})
		}
	}
	return cs
}
