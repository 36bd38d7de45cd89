package nntest

import (
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
		EngineCase(t, e, c)
	}
}

// EngineCase compares c on e with the oracle: with and without images, and the
// program of its gradient.
func EngineCase(t *testing.T, e nn.Engine, c Case) {
	t.Helper()
	tolerance := c.Tolerance
	if tolerance == 0 {
		tolerance = defaultTolerance
	}
	compare := func(name string, p *nn.Program, err error) {
		t.Run(c.Name+name, func(t *testing.T) {
			if err != nil {
				t.Fatal(err)
			}
			CompareOracle(t, e, p, c.Inputs(p), tolerance)
		})
	}
	p, err := c.Program(true)
	compare("", p, err)
	p, err = c.Program(false)
	compare(" without images", p, err)
	if len(c.Diff) > 0 {
		p, err = c.GradientProgram()
		compare(" gradient", p, err)
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

// engineRandom compares three runs of programs wired at random. Roundings pass
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

// follow runs p for some runs on e and on the oracle, from the same variables,
// and compares outputs of every run and the variables at the end, relative to
// their largest element or to 0.01.
func follow(t *testing.T, e nn.Engine, p *nn.Program, runs int, tolerance float64) {
	t.Helper()
	v := filled(t, p)
	exe, home := compile(t, e, p), hold(t, e, v)
	oracle := hold(t, ref.Engine{}, v).(*ref.Residence)
	in := Case{Name: "follow"}.Inputs(p)
	for run := range runs {
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
				t.Errorf("run %d, output %s %v: differs from the oracle by %.2g of its largest element, want %.2g\ngot  %.8g\nwant %.8g",
					run, o.Name, out[i].Shape, d, tolerance, head(wide(out[i].Data)), head(want[i].Data))
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
