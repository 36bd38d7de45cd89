package nntest

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
)

// defaultTolerance is that of a case which states none.
const defaultTolerance = 1e-5

// Engine runs what every engine must satisfy: each case against the oracle, with
// and without images, and its gradient; ports, updates, faults and residences.
// Open returns a new engine for each part.
func Engine(t *testing.T, name string, open func() nn.Engine) {
	t.Helper()
	t.Logf("engine %s, inputs of seed %d", name, Seed)
	t.Run("name", func(t *testing.T) {
		if got := open().Name(); got != name {
			t.Errorf("name: got %q, want %q", got, name)
		}
	})
	t.Run("cases", func(t *testing.T) { engineCases(t, open()) })
	t.Run("ports", func(t *testing.T) { enginePorts(t, open()) })
	t.Run("any value out", func(t *testing.T) { engineAnyOutput(t, open()) })
	t.Run("training", func(t *testing.T) { engineTraining(t, open()) })
	t.Run("random programs", func(t *testing.T) { engineRandom(t, open()) })
	t.Run("together", func(t *testing.T) { engineTogether(t, open()) })
	t.Run("loss not finite", func(t *testing.T) { engineLossNonFinite(t, open()) })
	t.Run("update not finite", func(t *testing.T) { engineUpdateNonFinite(t, open()) })
	t.Run("residence", func(t *testing.T) { engineResidence(t, open()) })
	t.Run("two programs", func(t *testing.T) { engineTwoPrograms(t, open()) })
}

func engineCases(t *testing.T, e nn.Engine) {
	for _, c := range Cases() {
		tolerance := c.Tolerance
		if tolerance == 0 {
			tolerance = defaultTolerance
		}
		t.Run(c.Name, func(t *testing.T) {
			p, err := c.Program(true)
			if err != nil {
				t.Fatal(err)
			}
			CompareOracle(t, e, p, c.Inputs(p), tolerance)
		})
		t.Run(c.Name+" without images", func(t *testing.T) {
			p, err := c.Program(false)
			if err != nil {
				t.Fatal(err)
			}
			CompareOracle(t, e, p, c.Inputs(p), tolerance)
		})
		if len(c.Diff) > 0 {
			t.Run(c.Name+" gradient", func(t *testing.T) {
				p, err := c.GradientProgram()
				if err != nil {
					t.Fatal(err)
				}
				CompareOracle(t, e, p, c.Inputs(p), tolerance)
			})
		}
	}
}

// CompareOracle runs p, which has no variables, on e and on the oracle, twice
// on e: outputs agree to the tolerance, relative to the largest element of each,
// and the second run gives the same bits.
func CompareOracle(t *testing.T, e nn.Engine, p *nn.Program, in []nn.Array, tolerance float64) {
	t.Helper()
	exe, home := compile(t, e, p), hold(t, e, nn.NewVariables(Seed))
	want := run(t, p, in)
	got, again := outputs(p), outputs(p)
	for _, out := range [][]nn.Tensor{got, again} {
		if err := exe.Run(home, tensors(in), out); err != nil {
			t.Fatal(err)
		}
	}
	for i, o := range p.Outputs {
		if !sameBits(got[i].Data, again[i].Data) {
			t.Errorf("output %s: two runs differ", o.Name)
		}
		g, w := wide(got[i].Data), want[o.Value].Data
		if d := distance(g, w, math.SmallestNonzeroFloat32); !(d <= tolerance) {
			t.Errorf("output %s %v: differs from the oracle by %.2g of its largest element, want %.2g\ngot  %.8g\nwant %.8g",
				o.Name, got[i].Shape, d, tolerance, head(g), head(w))
		}
	}
}

// Training returns the training step of a small network with every kind of
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

// enginePorts checks that an output without Data is not delivered and the
// others are, that inputs are not changed, and that wrong ports are errors.
func enginePorts(t *testing.T, e nn.Engine) {
	p := must(t, Training)
	v := filled(t, p)
	exe := compile(t, e, p)
	in := batch(p)
	kept := wide(in[0].Data)
	all := outputs(p)
	if err := exe.Run(hold(t, e, v), in, all); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(wide(in[0].Data), kept) {
		t.Error("input x: changed by the run")
	}
	some := outputs(p)
	some[0].Data = nil
	if err := exe.Run(hold(t, e, v), in, some); err != nil {
		t.Fatal(err)
	}
	if some[0].Data != nil {
		t.Error("output logits without Data: was delivered")
	}
	if some[1].Data[0] != all[1].Data[0] {
		t.Errorf("output loss: got %g beside an output without Data, want %g", some[1].Data[0], all[1].Data[0])
	}
	wrong := nn.NewTensor(nn.Shape{4, 6, 6, 2})
	for name, c := range map[string]struct{ in, out []nn.Tensor }{
		"too few inputs":   {in[:1], all},
		"too many inputs":  {append(slices.Clone(in), wrong), all},
		"input's shape":    {[]nn.Tensor{wrong, in[1]}, all},
		"input without":    {[]nn.Tensor{{Shape: in[0].Shape}, in[1]}, all},
		"too few outputs":  {in, all[:1]},
		"too many outputs": {in, append(slices.Clone(all), wrong)},
		"output's shape":   {in, []nn.Tensor{wrong, all[1]}},
	} {
		if err := exe.Run(hold(t, e, v), c.in, c.out); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	if err := exe.Run(hold(t, e, nn.NewVariables(0)), in, all); err == nil {
		t.Error("residence without the variables: got no error")
	}
}

// engineAnyOutput checks outputs that are inputs, variables, values that go on
// being used, one value twice, and that a variable's output is what it was
// before the run.
func engineAnyOutput(t *testing.T, e nn.Engine) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{3, 2, 2, 5}, true)
	v := b.Var("v", nn.Shape{5}, nn.Init{Kind: "constant", Value: 0.5}, true)
	y := b.One(nn.AddBias{}, x, v)
	z := b.One(nn.Unary{Fn: "relu"}, y)
	next := b.One(nn.Linear{A: -2, B: 1}, v)
	for name, value := range map[string]nn.Value{"x": x, "v": v, "y": y, "y again": y, "z": z, "zy": b.One(nn.Mul{}, z, y), "next": next} {
		b.Output(name, value)
	}
	b.Update(v, next)
	follow(t, e, must(t, b.Program), 3, defaultTolerance)
}

// engineRandom compares three steps of programs wired at random. Roundings pass
// through some forty operations and their gradients. A bias in front of a norm
// has a gradient that vanishes but for rounding.
func engineRandom(t *testing.T, e nn.Engine) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			p := must(t, func() (*nn.Program, error) { return Random(seed) })
			follow(t, e, p, 3, 2e-4)
			if t.Failed() {
				t.Log(p)
			}
		})
	}
}

// follow runs p for some steps on e and on the oracle, from the same variables,
// and compares outputs of every step and the variables at the end, relative to
// their largest element or to 0.01.
func follow(t *testing.T, e nn.Engine, p *nn.Program, steps int, tolerance float64) {
	t.Helper()
	v := filled(t, p)
	exe, home := compile(t, e, p), hold(t, e, v)
	oracle := hold(t, ref.Engine{}, v).(*ref.Residence)
	in := Case{Name: "follow"}.Inputs(p)
	for step := range steps {
		out := outputs(p)
		if err := exe.Run(home, tensors(in), out); err != nil {
			t.Fatal(err)
		}
		want, err := ref.Run(p, oracle, in)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range p.Outputs {
			if d := distance(wide(out[i].Data), want[i].Data, 1e-2); !(d <= tolerance) {
				t.Errorf("step %d, output %s %v: differs from the oracle by %.2g of its largest element, want %.2g\ngot  %.8g\nwant %.8g",
					step, o.Name, out[i].Shape, d, tolerance, head(wide(out[i].Data)), head(want[i].Data))
			}
		}
	}
	got := save(t, home)
	for _, x := range p.Vars {
		g, _ := got.Get(x.Name)
		w, _ := oracle.Get(x.Name)
		if d := distance(wide(g.Data), w.Data, 1e-2); !(d <= tolerance) {
			t.Errorf("variable %s %v: differs from the oracle by %.2g of its largest element, want %.2g", x.Name, g.Shape, d, tolerance)
		}
	}
}

// engineTraining compares five steps with the oracle in float64.
func engineTraining(t *testing.T, e nn.Engine) {
	p := must(t, Training)
	v := filled(t, p)
	exe, home := compile(t, e, p), hold(t, e, v)
	oracle := hold(t, ref.Engine{}, v).(*ref.Residence)
	in := batch(p)
	for step := range 5 {
		out := outputs(p)
		if err := exe.Run(home, in, out); err != nil {
			t.Fatal(err)
		}
		want, err := ref.Run(p, oracle, arrays(in))
		if err != nil {
			t.Fatal(err)
		}
		if d := math.Abs(float64(out[1].Data[0])/want[1].Data[0] - 1); !(d < 1e-5) {
			t.Errorf("step %d: got loss %g, want %g", step, out[1].Data[0], want[1].Data[0])
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
		// Five steps carry the roundings of each other.
		if d := distance(wide(g.Data), w.Data, math.SmallestNonzeroFloat32); !(d < 1e-4) {
			t.Errorf("variable %s after five steps: differs from the oracle by %.2g of its largest element, want 1e-4", x.Name, d)
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
	for step := range 3 {
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
			t.Errorf("logits after %d steps: differ from the oracle by %.2g of the largest, want 1e-4", step+1, d)
		}
	}
}

func compile(t *testing.T, e nn.Engine, p *nn.Program) nn.Executable {
	t.Helper()
	exe, err := e.Compile(p)
	if err != nil {
		t.Fatalf("compile: %v\n%v", err, p)
	}
	t.Cleanup(func() {
		if err := exe.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return exe
}

func hold(t *testing.T, e nn.Engine, v *nn.Variables) nn.Residence {
	t.Helper()
	home, err := e.Hold(v)
	if err != nil {
		t.Fatalf("hold: %v", err)
	}
	t.Cleanup(func() {
		if err := home.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return home
}

func save(t *testing.T, home nn.Residence) *nn.Variables {
	t.Helper()
	v := nn.NewVariables(0)
	if err := home.Save(v); err != nil {
		t.Fatalf("save: %v", err)
	}
	return v
}

// filled returns the initial variables of p.
func filled(t *testing.T, p *nn.Program) *nn.Variables {
	t.Helper()
	v := nn.NewVariables(Seed)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	return v
}

// outputs returns tensors for the outputs of p, full of a number that no
// program gives.
func outputs(p *nn.Program) []nn.Tensor {
	out := make([]nn.Tensor, len(p.Outputs))
	for i, o := range p.Outputs {
		out[i] = nn.NewTensor(p.Shapes[o.Value])
		for k := range out[i].Data {
			out[i].Data[k] = -12345
		}
	}
	return out
}

func tensors(as []nn.Array) []nn.Tensor {
	ts := make([]nn.Tensor, len(as))
	for i, a := range as {
		ts[i] = nn.NewTensor(a.Shape)
		for k, x := range a.Data {
			ts[i].Data[k] = float32(x)
		}
	}
	return ts
}

func arrays(ts []nn.Tensor) []nn.Array {
	as := make([]nn.Array, len(ts))
	for i, t := range ts {
		as[i] = nn.Array{Shape: t.Shape, Data: wide(t.Data)}
	}
	return as
}

func wide(data []float32) []float64 {
	w := make([]float64, len(data))
	for i, x := range data {
		w[i] = float64(x)
	}
	return w
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}
