package cpu_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"ventral/nn"
	"ventral/nn/rewrite"
)

// net is a two-area fully recurrent network after Liao and Poggio 2016: S1 of
// side×side×c1 and S2 of half that side and c2 channels, normalised without
// gain and shift, all four connections, unrolled and trained.
type net struct {
	batch, side, c1, c2, steps int
	adam                       bool
	infer                      bool // logits alone
}

// program returns the program of n.
func (n net) program(t testing.TB) *nn.Program {
	t.Helper()
	b := nn.NewBuilder()
	x := b.Input("image", nn.Shape{n.batch, n.side, n.side, 3}, true)
	y := b.Input("target", nn.Shape{n.batch, 1, 1, 10}, true)
	rate := b.Input("rate", nn.Shape{}, false)
	var weights []nn.Value
	kernel := func(name string, s nn.Shape) nn.Value {
		known := len(b.Vars())
		v := b.Var(name, s, nn.Init{Kind: "he_normal", FanIn: s[0] * s[1] * s[2]}, true)
		if len(b.Vars()) > known {
			weights = append(weights, v)
		}
		return v
	}
	stats := &nn.Statistics{}
	norm := func(place string, step int, x nn.Value) nn.Value {
		s := nn.Scope{Builder: b, Place: place, Step: step, Train: true, Stats: stats}
		return b.One(nn.Unary{Fn: "relu"}, nn.DefaultNorm().Build(s, x))
	}
	conv := func(name string, stride int, x nn.Value, cout int) nn.Value {
		return b.One(nn.Conv2D{Stride: stride}, x, kernel(name, nn.Shape{3, 3, b.Shape(x)[3], cout}))
	}
	s1, s2 := norm("pre", 0, conv("pre", 1, x, n.c1)), nn.None
	for t := range n.steps {
		b.Tag = nn.Tag{Area: "S", Step: t}
		n1 := norm("S1", t, s1)
		next1, next2 := conv("S1->S1", 1, n1, n.c1), conv("S1->S2", 2, n1, n.c2)
		if s2 != nn.None {
			n2 := norm("S2", t, s2)
			next1 = b.Sum(s1, next1, conv("S2->S1", 1, b.One(nn.Upsample{Factor: 2}, n2), n.c1))
			next2 = b.Sum(s2, next2, conv("S2->S2", 1, n2, n.c2))
		} else {
			next1 = b.Sum(s1, next1)
		}
		s1, s2 = next1, next2
	}
	b.Tag = nn.Tag{Area: "readout", Step: -1}
	pooled := b.One(nn.Pool2D{Fn: "mean"}, norm("readout", 0, s2))
	logits := b.One(nn.Conv2D{Stride: 1}, pooled, kernel("dense", nn.Shape{1, 1, n.c2, 10}))
	bias := b.Var("bias", nn.Shape{10}, nn.Init{Kind: "constant"}, true)
	weights = append(weights, bias)
	logits = b.One(nn.AddBias{}, logits, bias)
	b.Output("logits", logits)
	if !n.infer {
		loss := b.One(nn.MeanImages{}, b.One(nn.SoftmaxLoss{}, logits, y))
		b.Output("loss", loss)
		for i, g := range b.Gradient(loss, weights) {
			w := weights[i]
			if g == nn.None {
				continue
			}
			moment := func(k int) nn.Value {
				return b.Var(fmt.Sprintf("moment%d/%d", k, i), b.Shape(w), nn.Init{Kind: "constant"}, false)
			}
			if n.adam {
				u := b.Do(nn.Adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Decay: 1e-4}, w, g, moment(1), moment(2), rate, b.One(nn.Constant{Value: 3}))
				b.Update(w, u[0])
				b.Update(moment(1), u[1])
				b.Update(moment(2), u[2])
				continue
			}
			u := b.Do(nn.SGD{Momentum: 0.9, Decay: 1e-4}, w, g, moment(1), rate)
			b.Update(w, u[0])
			b.Update(moment(1), u[1])
		}
		stats.Finish(b)
	}
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	p = rewrite.Prune(p, nil)
	if err := p.Verify(); err != nil {
		t.Fatal(err)
	}
	return p
}

// inputs returns images, targets and a rate for p, in the order of its inputs.
func (n net) inputs(p *nn.Program) []nn.Tensor {
	r := rand.New(rand.NewPCG(2016, 4))
	in := make([]nn.Tensor, len(p.Inputs))
	for i, port := range p.Inputs {
		in[i] = nn.NewTensor(p.Shapes[port.Value])
		for k := range in[i].Data {
			switch port.Name {
			case "image":
				in[i].Data[k] = float32(r.NormFloat64())
			case "target":
				if k%10 == k/10%10 {
					in[i].Data[k] = 1
				}
			default:
				in[i].Data[k] = 0.05
			}
		}
	}
	return in
}

// arrays returns tensors in float64.
func arrays(ts []nn.Tensor) []nn.Array {
	as := make([]nn.Array, len(ts))
	for i, t := range ts {
		as[i] = nn.NewArray(t.Shape)
		for k, x := range t.Data {
			as[i].Data[k] = float64(x)
		}
	}
	return as
}
