package nntest

import (
	"testing"

	"ventral/nn"
)

// Training returns the training batch of a small network with every kind of
// state that an engine keeps: kernels, a bias, their velocities or moments, and
// running statistics. Inputs x, y; outputs logits, loss.
func Training() (*nn.Program, error) {
	b := nn.NewBuilder()
	b.Tag = nn.Tag{Area: "V1", Step: 2, Part: "V1->V2"}
	x, y := b.Input("x", nn.Shape{4, 6, 6, 3}, true), b.Input("y", nn.Shape{4, 1, 1, 5}, true)
	logits, vars := network(b, x, true)
	loss := b.One(nn.MeanImages{}, b.One(nn.SoftmaxLoss{}, logits, y))
	b.Output("logits", logits)
	b.Output("loss", loss)
	gradients := b.Gradient(loss, vars)
	b.Tag = nn.Tag{Area: "optimiser", Step: -1}
	rate, names := b.One(nn.Constant{Value: 0.1}), b.Vars()[:len(vars)]
	state := func(i int, what string) nn.Value {
		return b.Var(names[i].Name+"/"+what, b.Shape(vars[i]), nn.Init{Kind: "constant"}, false)
	}
	for i, g := range gradients {
		v := state(i, "velocity")
		if names[i].Name == "bias" {
			m := state(i, "moment")
			if r := b.Do(nn.Adam{Beta1: 0.9, Beta2: 0.99, Eps: 1e-8, Decay: 0.01, Decoupled: true}, vars[i], g, m, v, rate, b.One(nn.Constant{Value: 3})); r != nil {
				b.Update(vars[i], r[0])
				b.Update(m, r[1])
				b.Update(v, r[2])
			}
		} else if r := b.Do(nn.SGD{Momentum: 0.9, Decay: 1e-3}, vars[i], g, v, rate); r != nil {
			b.Update(vars[i], r[0])
			b.Update(v, r[1])
		}
	}
	return b.Program()
}

// Inference returns the network of Training with running statistics. Input x;
// output logits.
func Inference() (*nn.Program, error) {
	b := nn.NewBuilder()
	logits, _ := network(b, b.Input("x", nn.Shape{2, 6, 6, 3}, true), false)
	b.Output("logits", logits)
	return b.Program()
}

// network returns the logits of x and the trainable variables; learn moves the
// running statistics and normalises by the batch.
func network(b *nn.Builder, x nn.Value, learn bool) (logits nn.Value, trainable []nn.Value) {
	k := b.Var("kernel", nn.Shape{3, 3, 3, 8}, nn.Init{Kind: "he_normal", FanIn: 27}, true)
	dense := b.Var("dense", nn.Shape{1, 1, 8, 5}, nn.Init{Kind: "he_normal", FanIn: 8}, true)
	bias := b.Var("bias", nn.Shape{5}, nn.Init{Kind: "constant"}, true)
	mean := b.Var("mean", nn.Shape{8}, nn.Init{Kind: "constant"}, false)
	variance := b.Var("variance", nn.Shape{8}, nn.Init{Kind: "constant", Value: 1}, false)
	h := b.One(nn.Conv2D{Stride: 1}, x, k)
	m := []nn.Value{mean, variance}
	if learn {
		if m = b.Do(nn.Moments{}, h); m == nil {
			return nn.None, nil
		}
		b.Update(mean, b.One(nn.Blend{Rate: 0.1, Factor: 1}, mean, m[0]))
		b.Update(variance, b.One(nn.Blend{Rate: 0.1, Factor: 1}, variance, m[1]))
	}
	h = b.One(nn.Unary{Fn: "relu"}, b.One(nn.Normalise{Eps: 1e-5}, h, m[0], m[1]))
	h = b.One(nn.Pool2D{Fn: "mean"}, b.One(nn.Pool2D{Fn: "max", Size: 3, Stride: 2}, h))
	return b.One(nn.AddBias{}, b.One(nn.Conv2D{Stride: 1}, h, dense), bias), []nn.Value{k, dense, bias}
}

// must returns the program of a function that cannot fail.
func must(t *testing.T, build func() (*nn.Program, error)) *nn.Program {
	t.Helper()
	p, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// batch returns images and labels for the program of Training.
func batch(p *nn.Program) []nn.Tensor {
	return tensors(Case{Name: "training", Args: []Arg{{Name: "y", Draw: oneHot}}}.Inputs(p))
}
