package rewrite_test

import (
	"fmt"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/engine/ref"
	"ventral/nn/rewrite"
)

// chain is a recurrent training batch of so many steps: s(t) = s(t-1) + conv(relu(s(t-1))),
// with a readout at the last step and one before it.
func chain(t *testing.T, steps int) *nn.Program {
	t.Helper()
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{16, 12, 12, 8}, true)
	y := b.Input("y", nn.Shape{16, 1, 1, 8}, true)
	rate := b.Input("rate", nn.Shape{}, false)
	k := b.Var("k", nn.Shape{3, 3, 8, 8}, nn.Init{Kind: "he_normal", FanIn: 720}, true)
	s := x
	var losses []nn.Value
	for step := range steps {
		b.Tag = nn.Tag{Area: "V1", Step: step}
		m := b.Do(nn.Moments{}, s)
		r := b.One(nn.Unary{Fn: "relu"}, b.One(nn.Normalise{Eps: 1e-5}, s, m[0], m[1]))
		s = b.Sum(s, b.One(nn.Conv2D{Stride: 1}, r, k))
		if step == steps/2 || step == steps-1 {
			b.Tag = nn.Tag{Area: "readout", Step: step}
			losses = append(losses, b.One(nn.MeanImages{}, b.One(nn.SigmoidLoss{}, b.One(nn.Pool2D{Fn: "mean"}, s), y)))
		}
	}
	b.Tag = nn.Tag{Step: -1}
	loss := b.Sum(losses...)
	g := b.Gradient(loss, []nn.Value{k, x})
	v := b.Var("v", nn.Shape{3, 3, 8, 8}, nn.Init{Kind: "constant"}, false)
	next := b.Do(nn.SGD{Momentum: 0.9}, k, g[0], v, rate)
	b.Update(k, next[0])
	b.Update(v, next[1])
	b.Output("loss", loss)
	b.Output("dx", g[1])
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	return rewrite.Prune(p, nil)
}

// TestRecompute trains with and without recomputation: outputs and weights have
// the same bits on both engines, and the default engine needs less memory.
func TestRecompute(t *testing.T) {
	const steps = 24
	plain := chain(t, steps)
	whole, err := cpu.NewPlan(plain, cpu.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, every := range []int{1, 4, 5, 30} {
		t.Run(fmt.Sprint("every ", every), func(t *testing.T) {
			p := rewrite.Recompute(plain, every)
			if err := p.Verify(); err != nil {
				t.Fatal(err)
			}
			if got, want := len(p.Instrs) > len(plain.Instrs), every < steps; got != want {
				t.Errorf("%d instructions, %d without", len(p.Instrs), len(plain.Instrs))
			}
			for _, e := range []nn.Engine{ref.Engine{}, cpu.New(cpu.Options{Threads: 2})} {
				want, got := thrice(t, e, plain), thrice(t, e, p)
				for i := range want {
					for k := range want[i].Data {
						if want[i].Data[k] != got[i].Data[k] {
							t.Fatalf("%s: tensor %d, element %d: %v, without recomputation %v", e.Name(), i, k, got[i].Data[k], want[i].Data[k])
						}
					}
				}
			}
			plan, err := cpu.NewPlan(p, cpu.Options{Threads: 1})
			if err != nil {
				t.Fatal(err)
			}
			// About T/every + every states are alive instead of T, which is T for 1.
			if every > 1 && every < steps && plan.ArenaBytes > whole.ArenaBytes*2/3 {
				t.Errorf("%d bytes, without recomputation %d", plan.ArenaBytes, whole.ArenaBytes)
			}
		})
	}
	if rewrite.Recompute(plain, 0) != plain {
		t.Error("every 0 is not the program itself")
	}
}

// thrice runs a program three times and returns its outputs and variables.
func thrice(t *testing.T, e nn.Engine, p *nn.Program) []nn.Tensor {
	t.Helper()
	v := nn.NewVariables(3)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	exe, err := e.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	home, err := e.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	defer home.Close()
	in, out := make([]nn.Tensor, len(p.Inputs)), make([]nn.Tensor, len(p.Outputs))
	for i, x := range p.Inputs {
		in[i] = nn.NewTensor(p.Shapes[x.Value])
		if err := (nn.Init{Kind: "he_normal", FanIn: 4}).Draw(2, x.Name, in[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i, o := range p.Outputs {
		out[i] = nn.NewTensor(p.Shapes[o.Value])
	}
	for range 3 {
		if err := exe.Run(home, in, out); err != nil {
			t.Fatal(err)
		}
	}
	if err := home.Save(v); err != nil {
		t.Fatal(err)
	}
	for _, name := range v.Names() {
		w, _ := v.Get(name)
		out = append(out, w)
	}
	return out
}
