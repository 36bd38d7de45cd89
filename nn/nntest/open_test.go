package nntest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/engine/ref"
)

// Functions that only this file knows. What a slope reads differs: GELU's the
// argument, swish's both, that of |x| is flat.
var (
	gelu = nn.Function{
		Name:  "gelu_of_test", // Hendrycks & Gimpel 2016
		Value: func(x float64) float64 { return x * math.Erfc(-x/math.Sqrt2) / 2 },
		Slope: func(x, _ float64) float64 {
			return math.Erfc(-x/math.Sqrt2)/2 + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
		},
		Reads:      nn.ReadsArgument,
		Equation:   "x·Φ(x), where Φ(x) = (1 + erf(x/√2))/2",
		Derivative: "Φ(x) + x·e^(-x²/2)/√(2π)",
		NumPy:      `x * (1 + np.vectorize(__import__("math").erf)(x / np.sqrt(2))) / 2`,
		NumPySlope: `(1 + np.vectorize(__import__("math").erf)(x / np.sqrt(2))) / 2 + x * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)`,
	}
	swish = nn.Function{
		Name:       "swish_of_test",
		Value:      func(x float64) float64 { return x / (1 + math.Exp(-x)) },
		Slope:      func(x, y float64) float64 { return y + (1-y)/(1+math.Exp(-x)) },
		Reads:      nn.ReadsArgument | nn.ReadsResult,
		Equation:   "x / (1 + e⁻ˣ)",
		Derivative: "y + (1 - y) / (1 + e⁻ˣ)",
		NumPy:      "x / (1 + np.exp(-x))",
		NumPySlope: "y + (1 - y) / (1 + np.exp(-x))",
	}
	abs = nn.Function{
		Name:  "abs_of_test",
		Value: math.Abs,
		Slope: func(x, _ float64) float64 {
			switch {
			case x > 0:
				return 1
			case x < 0:
				return -1
			}
			return 0
		},
		Reads:      nn.ReadsArgument,
		Flat:       true,
		Equation:   `\|x\|`,
		Derivative: "1 where x > 0, -1 where x < 0, otherwise 0",
		NumPy:      "np.abs(x)",
		NumPySlope: "np.sign(x)",
	}
)

// engines returns the oracle, and the default engine with each of its kernels on
// one and on three threads.
func engines() map[string]nn.Engine {
	es := map[string]nn.Engine{"ref": ref.Engine{}}
	for _, kernel := range cpu.Kernels() {
		for _, threads := range []int{1, 3} {
			es[fmt.Sprint(kernel, " on ", threads)] = cpu.New(cpu.Options{Threads: threads, Kernel: kernel})
		}
	}
	return es
}

// TestOpenFunctions registers functions from this file alone: whatever tries
// those that are built in tries them as well.
func TestOpenFunctions(t *testing.T) {
	built := len(nn.Functions())
	for _, f := range []nn.Function{gelu, swish, abs} {
		t.Run(f.Name, func(t *testing.T) {
			RegisterFunction(t, f)
			FunctionCheck(t, f)
			cases := Showing(f.Name)
			if len(cases) != len(Showing("relu")) {
				t.Errorf("got %d cases, want the %d of relu", len(cases), len(Showing("relu")))
			}
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) {
					RoundTrip(t, c)
					GradientCheck(t, c)
				})
			}
			for name, e := range engines() {
				t.Run(name, func(t *testing.T) {
					for _, c := range cases {
						EngineCase(t, e, c)
					}
					follow(t, e, must(t, func() (*nn.Program, error) { return trained(nn.Unary{Fn: f.Name}) }), 3, 1e-5)
				})
			}
			sameOnThreads(t, nn.Unary{Fn: f.Name}, nil)
			args := strings.NewReplacer("argument", "x", "result", "y").Replace(f.Reads.String())
			interpretCases(t, cases,
				"\nUNARY = {\n", fmt.Sprintf("    %q: lambda x: %s,\n", f.Name, f.NumPy),
				"\nUNARY_GRAD = {\n", fmt.Sprintf("    %q: lambda %s: %s,\n", f.Name, args, f.NumPySlope))
		})
		if _, there := nn.FunctionOf(f.Name); there || len(nn.Functions()) != built {
			t.Errorf("%s is still registered", f.Name)
		}
		if _, err := nn.Parse(fmt.Sprintf("format = 2\ninput \"x\" = %%0 [1 1 1 1] batched\n%%1 [1 1 1 1] = unary(%%0) fn=%q", f.Name)); err == nil || !strings.Contains(err.Error(), `found function "`+f.Name) {
			t.Errorf("reading a program with %s: got %v, want an error", f.Name, err)
		}
	}
}

// trained returns a batch of training of a network with op, which needs its
// gradient.
func trained(op nn.Op) (*nn.Program, error) {
	b := nn.NewBuilder()
	x, y := b.Input("x", nn.Shape{13, 6, 6, 3}, true), b.Input("y", nn.Shape{13, 1, 1, 4}, true)
	k := b.Var("kernel", nn.Shape{3, 3, 3, 8}, nn.Init{Kind: "he_normal", FanIn: 27}, true)
	dense := b.Var("dense", nn.Shape{1, 1, 8, 4}, nn.Init{Kind: "he_normal", FanIn: 8}, true)
	h := b.One(op, b.One(nn.Conv2D{Stride: 1}, x, k))
	logits := b.One(nn.Conv2D{Stride: 1}, b.One(nn.Pool2D{Fn: "mean"}, h), dense)
	loss := b.One(nn.MeanImages{}, b.One(nn.SigmoidLoss{}, logits, y))
	b.Output("loss", loss)
	for i, g := range b.Gradient(loss, []nn.Value{k, dense}) {
		w := []nn.Value{k, dense}[i]
		b.Update(w, b.Sum(w, b.One(nn.Linear{A: -0.1}, g)))
	}
	return b.Program()
}

// sameOnThreads checks which operations the default engine computes by their
// meaning, and that it gives the same bits on any number of threads.
func sameOnThreads(t *testing.T, op nn.Op, fallbacks []string) {
	t.Helper()
	p := must(t, func() (*nn.Program, error) { return trained(op) })
	in := tensors(Case{Name: op.Name()}.Inputs(p))
	var first [][]float32
	for _, threads := range []int{1, 2, 3, 7} {
		e := cpu.New(cpu.Options{Threads: threads})
		exe, home := compile(t, e, p), hold(t, e, filled(t, p))
		if names := exe.(*cpu.Executable).Fallbacks(); !slices.Equal(names, fallbacks) {
			t.Errorf("operations without a kernel: got %v, want %v", names, fallbacks)
		}
		for range 3 {
			if err := exe.Run(home, in, outputs(p)); err != nil {
				t.Fatal(err)
			}
		}
		v := save(t, home)
		for i, x := range p.Vars {
			got, _ := v.Get(x.Name)
			if threads == 1 {
				first = append(first, slices.Clone(got.Data))
			} else if !sameBits(got.Data, first[i]) {
				t.Errorf("%s: %d threads give other bits than one", x.Name, threads)
			}
		}
	}
}

// interpretCases compares cases with docs/interpret.py in which lines follow
// heads: head, lines, head, lines, ….
func interpretCases(t *testing.T, cases []Case, edits ...string) {
	t.Run("interpreter", func(t *testing.T) {
		py := python(t)
		text, err := os.ReadFile(filepath.FromSlash("../../docs/interpret.py"))
		if err != nil {
			t.Fatal(err)
		}
		more := string(text)
		for i := 0; i < len(edits); i += 2 {
			if !strings.Contains(more, edits[i]) {
				t.Fatalf("docs/interpret.py: no line %q", edits[i])
			}
			more = strings.Replace(more, edits[i], edits[i]+edits[i+1], 1)
		}
		script := filepath.Join(t.TempDir(), "interpret.py")
		if err := os.WriteFile(script, []byte(more), 0o644); err != nil {
			t.Fatal(err)
		}
		var names []string
		var programs []*nn.Program
		var inputs [][]nn.Array
		add := func(name string, c Case, p *nn.Program) {
			names, programs, inputs = append(names, name), append(programs, p), append(inputs, c.Inputs(p))
		}
		for _, c := range cases {
			add(c.Name, c, must(t, func() (*nn.Program, error) { return c.Program(true) }))
			if len(c.Diff) > 0 {
				add(c.Name+" gradient", c, must(t, c.GradientProgram))
			}
		}
		p, in := join(names, programs, inputs)
		compareInterpreter(t, py, script, p, in)
	})
}

func TestRegistryRefuses(t *testing.T) {
	change := func(f func(*nn.Function)) nn.Function {
		g := gelu
		f(&g)
		return g
	}
	for name, c := range map[string]struct {
		register func()
		want     string
	}{
		"a function twice":    {func() { RegisterFunction(t, change(func(f *nn.Function) { f.Name = "relu" })) }, `"relu" is registered twice`},
		"no name":             {func() { RegisterFunction(t, change(func(f *nn.Function) { f.Name = "" })) }, `name ""`},
		"a name with a blank": {func() { RegisterFunction(t, change(func(f *nn.Function) { f.Name = "a b" })) }, `name "a b"`},
		"no value":            {func() { RegisterFunction(t, change(func(f *nn.Function) { f.Value = nil })) }, "want Value, Slope"},
		"no slope":            {func() { RegisterFunction(t, change(func(f *nn.Function) { f.Slope = nil })) }, "want Value, Slope"},
		"reads nothing":       {func() { RegisterFunction(t, change(func(f *nn.Function) { f.Reads = 0 })) }, "what Slope reads"},
		"no equation":         {func() { RegisterFunction(t, change(func(f *nn.Function) { f.Equation = "" })) }, "want its equation"},
		"an operation twice":  {func() { RegisterOp(t, nn.Unary{}) }, `"unary" is registered twice`},
		"a field":             {func() { RegisterOp(t, embedding{}) }, "found field Sum of type nn.Sum"},
		"a pointer":           {func() { RegisterOp(t, &nn.Conv2D{}) }, "found a ptr, want a struct"},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, c.want) {
					t.Errorf("got %s, want a panic with %s", got, c.want)
				}
			}()
			c.register()
		})
	}
}

// embedding has a field that is no attribute.
type embedding struct{ nn.Sum }
