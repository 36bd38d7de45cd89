package nntest

import (
	"errors"
	"math"
	"slices"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
)

// engineTraining compares five runs with the oracle in float64.
func engineTraining(t *testing.T, e nn.Engine) {
	p := must(t, Training)
	v := filled(t, p)
	exe, home := compile(t, e, p), hold(t, e, v)
	oracle := hold(t, ref.Engine{}, v).(*ref.Residence)
	in := batch(p)
	for run := range 5 {
		out := outputs(p)
		if err := exe.Run(home, in, out); err != nil {
			t.Fatal(err)
		}
		want, err := ref.Run(p, oracle, arrays(in))
		if err != nil {
			t.Fatal(err)
		}
		if d := math.Abs(float64(out[1].Data[0])/want[1].Data[0] - 1); !(d < 1e-5) {
			t.Errorf("run %d: got loss %g, want %g", run, out[1].Data[0], want[1].Data[0])
		}
	}
	got := save(t, home)
	for _, x := range p.Vars {
		g, ok := got.Get(x.Name)
		w, _ := oracle.Get(x.Name)
		if !ok || g.Shape != w.Shape {
			t.Errorf("variable %s: got shape %v, want %v", x.Name, g.Shape, w.Shape)
			continue
		}
		// Five runs carry the roundings of each other.
		if d := distance(wide(g.Data), w.Data, math.SmallestNonzeroFloat32); !(d < 1e-4) {
			t.Errorf("variable %s after five runs: differs from the oracle by %.2g of its largest element, want 1e-4", x.Name, d)
		}
	}
}

// engineTogether checks that updates read what the variables were before the run.
func engineTogether(t *testing.T, e nn.Engine) {
	b := nn.NewBuilder()
	x, y := b.Var("x", nn.Shape{5}, nn.Init{Kind: "constant"}, false), b.Var("y", nn.Shape{5}, nn.Init{Kind: "constant"}, false)
	b.Update(x, y)
	b.Update(y, b.One(nn.Linear{A: 2}, x))
	p := must(t, b.Program)
	v := nn.NewVariables(0)
	v.Set("x", nn.Tensor{Shape: nn.Shape{5}, Data: []float32{1, 2, 3, 4, 5}})
	v.Set("y", nn.Tensor{Shape: nn.Shape{5}, Data: []float32{6, 7, 8, 9, 10}})
	exe, home := compile(t, e, p), hold(t, e, v)
	for range 2 {
		if err := exe.Run(home, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	got := save(t, home)
	for name, want := range map[string][]float32{"x": {2, 4, 6, 8, 10}, "y": {12, 14, 16, 18, 20}} {
		if g, _ := got.Get(name); !slices.Equal(g.Data, want) {
			t.Errorf("variable %s after x, y ← y, 2x twice: got %v, want %v", name, g.Data, want)
		}
	}
}

// engineLossNonFinite checks that a loss that is not finite names the instruction
// that the oracle names, and that nothing is stored.
func engineLossNonFinite(t *testing.T, e nn.Engine) {
	p := must(t, Training)
	v := filled(t, p)
	exe, home := compile(t, e, p), hold(t, e, v)
	good := batch(p)
	bad := batch(p)
	bad[0].Data[len(bad[0].Data)/2] = float32(math.NaN())
	_, err := ref.Run(p, hold(t, ref.Engine{}, v).(*ref.Residence), arrays(bad))
	var want *nn.NonFinite
	if !errors.As(err, &want) {
		t.Fatalf("oracle: got %v, want a NonFinite", err)
	}
	before := save(t, home)
	err = exe.Run(home, bad, outputs(p))
	var got *nn.NonFinite
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want a *nn.NonFinite", err)
	}
	if got.Index != want.Index || got.Instr.Op != want.Instr.Op || got.Instr.Tag != want.Instr.Tag {
		t.Errorf("got %v, want %v", got, want)
	}
	after := save(t, home)
	for _, name := range before.Names() {
		b, _ := before.Get(name)
		a, _ := after.Get(name)
		if !sameBits(a.Data, b.Data) {
			t.Errorf("variable %s: changed by a run whose loss is not finite", name)
		}
	}
	out := outputs(p)
	if err := exe.Run(home, good, out); err != nil {
		t.Fatalf("a good batch after a bad one: %v", err)
	}
	first := outputs(p)
	if err := exe.Run(hold(t, e, v), good, first); err != nil {
		t.Fatal(err)
	}
	if out[1].Data[0] != first[1].Data[0] {
		t.Errorf("loss after a bad batch: got %g, want %g as without it", out[1].Data[0], first[1].Data[0])
	}
}

// engineUpdateNonFinite checks that an update that is not finite is an error
// also where no loss is, and stores none of the updates, and that an output with
// axes is delivered whatever it holds.
func engineUpdateNonFinite(t *testing.T, e nn.Engine) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{2, 1, 1, 3}, true)
	good, bad := b.Var("good", nn.Shape{3}, nn.Init{Kind: "constant", Value: 1}, false), b.Var("bad", nn.Shape{3}, nn.Init{Kind: "constant"}, false)
	b.Update(good, b.One(nn.Linear{A: 2}, good))
	y := b.One(nn.Linear{A: 3}, x)
	b.Output("y", y)
	plain := must(t, b.Program)
	b.Update(bad, b.One(nn.SumPixels{}, y))
	p := must(t, b.Program)
	v := filled(t, p)
	in := []nn.Tensor{{Shape: nn.Shape{2, 1, 1, 3}, Data: []float32{1, 2, 3, 4, float32(math.NaN()), 6}}}

	home := hold(t, e, v)
	err := compile(t, e, p).Run(home, in, outputs(p))
	var fault *nn.NonFinite
	if !errors.As(err, &fault) || fault.Instr.Op != (nn.Linear{A: 3}) {
		t.Errorf("update: got %v, want a *nn.NonFinite of the first linear at fault", err)
	}
	for _, name := range []string{"good", "bad"} {
		got, _ := save(t, home).Get(name)
		if want, _ := v.Get(name); !slices.Equal(got.Data, want.Data) {
			t.Errorf("variable %s: got %v, want %v as before", name, got.Data, want.Data)
		}
	}
	out := outputs(plain)
	if err := compile(t, e, plain).Run(home, in, out); err != nil {
		t.Fatalf("output with axes: got %v, want it delivered", err)
	}
	if got := out[0].Data; got[3] != 12 || got[4] == got[4] {
		t.Errorf("output with axes: got %v, want 12 and NaN", got[3:5])
	}
}

// engineResidence checks that Hold copies, Load replaces and adds, and Save
// gives everything back in memory of its own.
func engineResidence(t *testing.T, e nn.Engine) {
	v := nn.NewVariables(0)
	set := func(v *nn.Variables, name string, x ...float32) {
		v.Set(name, nn.Tensor{Shape: nn.Shape{len(x)}, Data: x})
	}
	expect := func(home nn.Residence, want map[string][]float32) {
		t.Helper()
		got := save(t, home)
		if len(got.Names()) != len(want) {
			t.Errorf("got variables %v, want %d", got.Names(), len(want))
		}
		for name, w := range want {
			g, _ := got.Get(name)
			if !slices.Equal(g.Data, w) || g.Shape != (nn.Shape{len(w)}) {
				t.Errorf("variable %s: got %v %v, want %v", name, g.Shape, g.Data, w)
			}
			for i := range g.Data {
				g.Data[i] = -100
			}
		}
	}
	set(v, "a", 1, 2)
	home := hold(t, e, v)
	a, _ := v.Get("a")
	a.Data[0] = 50
	expect(home, map[string][]float32{"a": {1, 2}})
	expect(home, map[string][]float32{"a": {1, 2}})
	more := nn.NewVariables(0)
	set(more, "b", 3, 4, 5)
	if err := home.Load(more); err != nil {
		t.Fatal(err)
	}
	expect(home, map[string][]float32{"a": {1, 2}, "b": {3, 4, 5}})
	set(more, "a", 7, 8)
	if err := home.Load(more); err != nil {
		t.Fatal(err)
	}
	expect(home, map[string][]float32{"a": {7, 8}, "b": {3, 4, 5}})
}

// engineTwoPrograms trains and tests in turn with one residence.
func engineTwoPrograms(t *testing.T, e nn.Engine) {
	train, test := must(t, Training), must(t, Inference)
	v := filled(t, train)
	a, b, home := compile(t, e, train), compile(t, e, test), hold(t, e, v)
	oracle := hold(t, ref.Engine{}, v).(*ref.Residence)
	in := batch(train)
	x := Case{Name: "inference"}.Inputs(test)
	for run := range 3 {
		if err := a.Run(home, in, outputs(train)); err != nil {
			t.Fatal(err)
		}
		out := outputs(test)
		if err := b.Run(home, tensors(x), out); err != nil {
			t.Fatal(err)
		}
		if _, err := ref.Run(train, oracle, arrays(in)); err != nil {
			t.Fatal(err)
		}
		want, err := ref.Run(test, oracle, x)
		if err != nil {
			t.Fatal(err)
		}
		if d := distance(wide(out[0].Data), want[0].Data, 0); !(d < 1e-4) {
			t.Errorf("logits after %d runs: differ from the oracle by %.2g of the largest, want 1e-4", run+1, d)
		}
	}
}
