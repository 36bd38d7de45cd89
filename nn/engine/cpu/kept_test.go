package cpu

import (
	"testing"

	"ventral/nn"
)

// Kernels are packed in the first run after a change, and in no other, also in a
// program that adds up gradients: what was packed is spoilt between runs.
func TestKeptIsNotMadeAgain(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{2, 8, 8, 16}, true)
	k := b.Var("k", nn.Shape{3, 3, 16, 16}, nn.Init{Kind: "he_normal", FanIn: 144}, true)
	total := b.Var("total", nn.Shape{3, 3, 16, 16}, nn.Init{Kind: "constant"}, false)
	half := b.Var("half", nn.Shape{3, 3, 16, 16}, nn.Init{Kind: "constant", Value: 0.5}, true)
	y := b.One(nn.Conv2D{Stride: 1}, b.One(nn.Conv2D{Stride: 1}, b.One(nn.Upsample{Factor: 2}, x), half), k) // half is enlarged, then packed
	loss := b.One(nn.MeanImages{}, b.One(nn.Pool2D{Fn: "mean"}, b.One(nn.Conv2D{Stride: 1}, y, b.Var("one", nn.Shape{1, 1, 16, 1}, nn.Init{Kind: "constant", Value: 1}, true))))
	b.Output("y", y)
	b.Update(total, b.Sum(total, b.Gradient(loss, []nn.Value{k})[0]))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range Kernels() {
		e := New(Options{Threads: 2, Kernel: set})
		exe, err := e.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		defer exe.Close()
		v := nn.NewVariables(7)
		if _, err := v.Fill(p); err != nil {
			t.Fatal(err)
		}
		home, err := e.Hold(v)
		if err != nil {
			t.Fatal(err)
		}
		in, out := nn.NewTensor(nn.Shape{2, 8, 8, 16}), nn.NewTensor(p.Shapes[p.Outputs[0].Value])
		for i := range in.Data {
			in.Data[i] = float32(i%5) - 1
		}
		answer := func() (sum float32) {
			t.Helper()
			if err := exe.Run(home, []nn.Tensor{in}, []nn.Tensor{out}); err != nil {
				t.Fatal(err)
			}
			for _, v := range out.Data {
				sum += v * v
			}
			return sum
		}
		want := answer()
		if got := answer(); got != want || want == 0 {
			t.Fatalf("%s: found %g, then %g", set, want, got)
		}
		ran := exe.(*Executable)
		kept := 0
		for i := range ran.plan.steps {
			if s := &ran.plan.steps[i]; s.kept {
				kept++
				clear(ran.view(nil, &s.resultsAt[0], 1, 0, s.resultsAt[0].size))
			}
		}
		if got := answer(); got != 0 || kept == 0 {
			t.Errorf("%s: what %d instructions keep was made again", set, kept)
		}
		if err := home.Load(v); err != nil {
			t.Fatal(err)
		}
		if got := answer(); got != want {
			t.Errorf("%s: after a load: found %g, want %g", set, got, want)
		}
	}
}

// A chain of variables alone is noted in its length, not in the number of its ways.
func TestKeptOfAChain(t *testing.T) {
	b := nn.NewBuilder()
	w := b.Var("w", nn.Shape{4}, nn.Init{Kind: "constant", Value: 1}, true)
	u := b.Var("u", nn.Shape{4}, nn.Init{Kind: "constant", Value: 1}, true)
	y := b.Sum(w, u)
	for range 200 {
		y = b.Sum(y, b.One(nn.Unary{Fn: "relu"}, y))
	}
	b.Output("y", y)
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	pl, err := newPlan(p, New(Options{Kernel: "go"}).set)
	if err != nil {
		t.Fatal(err)
	}
	if len(pl.keptOf) != 2 {
		t.Errorf("found variables %v, want two", pl.keptOf)
	}
}
