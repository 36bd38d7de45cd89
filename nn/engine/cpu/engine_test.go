package cpu_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"
	"testing"
	"time"

	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/engine/ref"
)

// open compiles p and holds its variables, drawn from seed 7.
func open(t testing.TB, e nn.Engine, p *nn.Program) (nn.Executable, nn.Residence) {
	t.Helper()
	exe, err := e.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { exe.Close() })
	v := nn.NewVariables(7)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	r, err := e.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	return exe, r
}

// outputs returns tensors for the outputs of p.
func outputs(p *nn.Program) []nn.Tensor {
	out := make([]nn.Tensor, len(p.Outputs))
	for i, o := range p.Outputs {
		out[i] = nn.NewTensor(p.Shapes[o.Value])
	}
	return out
}

// save returns the variables of r.
func save(t testing.TB, r nn.Residence) *nn.Variables {
	t.Helper()
	v := nn.NewVariables(0)
	if err := r.Save(v); err != nil {
		t.Fatal(err)
	}
	return v
}

// same returns an error where two sets of variables differ in a bit.
func same(a, b *nn.Variables) error {
	for _, name := range a.Names() {
		x, _ := a.Get(name)
		y, ok := b.Get(name)
		if !ok || x.Shape != y.Shape {
			return fmt.Errorf("variable %q: found shapes %v and %v", name, x.Shape, y.Shape)
		}
		for i := range x.Data {
			if math.Float32bits(x.Data[i]) != math.Float32bits(y.Data[i]) {
				return fmt.Errorf("variable %q, element %d: found %g and %g", name, i, x.Data[i], y.Data[i])
			}
		}
	}
	return nil
}

// Whole networks against the oracle, at batches that fill no chunk, one, and
// chunks unevenly.
func TestNetAgainstOracle(t *testing.T) {
	for _, n := range []net{
		{batch: 1, side: 8, c1: 3, c2: 5, steps: 2},
		{batch: 5, side: 6, c1: 4, c2: 3, steps: 3},
		{batch: 11, side: 4, c1: 17, c2: 2, steps: 2, adam: true},
		{batch: 37, side: 2, c1: 2, c2: 3, steps: 2},
	} {
		t.Run(fmt.Sprintf("%+v", n), func(t *testing.T) {
			p := n.program(t)
			in := n.inputs(p)
			v := nn.NewVariables(7)
			if _, err := v.Fill(p); err != nil {
				t.Fatal(err)
			}
			home, _ := ref.Engine{}.Hold(v)
			want, err := ref.Run(p, home.(*ref.Residence), arrays(in))
			if err != nil {
				t.Fatal(err)
			}
			updated := save(t, home)
			for _, kernel := range cpu.Kernels() {
				exe, r := open(t, cpu.New(cpu.Options{Threads: 2, Kernel: kernel}), p)
				out := outputs(p)
				if err := exe.Run(r, in, out); err != nil {
					t.Fatal(err)
				}
				// Deep in a network float32 loses a few digits, at a relu
				// all of one element.
				for i := range out {
					if err := near(out[i].Data, want[i].Data, 1e-4); err != nil {
						t.Errorf("%s: output %q: %v", kernel, p.Outputs[i].Name, err)
					}
				}
				got := save(t, r)
				for _, name := range updated.Names() {
					x, _ := got.Get(name)
					y, _ := updated.Get(name)
					if err := near(x.Data, arrays([]nn.Tensor{y})[0].Data, 1e-3); err != nil {
						t.Errorf("%s: variable %q: %v", kernel, name, err)
					}
				}
			}
		})
	}
}

// Twenty batches give the same bits at any number of threads, and again.
func TestSameBits(t *testing.T) {
	for _, adam := range []bool{false, true} {
		n := net{batch: 13, side: 8, c1: 8, c2: 6, steps: 3, adam: adam}
		p := n.program(t)
		in := n.inputs(p)
		for _, kernel := range cpu.Kernels() {
			var first *nn.Variables
			for _, threads := range []int{1, 2, 3, 5, 2} {
				exe, r := open(t, cpu.New(cpu.Options{Threads: threads, Kernel: kernel}), p)
				for range 20 {
					if err := exe.Run(r, in, make([]nn.Tensor, len(p.Outputs))); err != nil {
						t.Fatal(err)
					}
				}
				got := save(t, r)
				if first == nil {
					first = got
					continue
				}
				if err := same(first, got); err != nil {
					t.Errorf("%s, adam %v, %d threads: %v", kernel, adam, threads, err)
				}
			}
		}
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	n := net{batch: 9, side: 8, c1: 8, c2: 6, steps: 2}
	p := n.program(t)
	exe, r := open(t, cpu.New(cpu.Options{Threads: 2}), p)
	in, out := n.inputs(p), outputs(p)
	if got := testing.AllocsPerRun(10, func() {
		if err := exe.Run(r, in, out); err != nil {
			t.Fatal(err)
		}
	}); got != 0 {
		t.Errorf("found %v allocations a run, want none", got)
	}
}

// A loss that is not finite leaves variables alone and names the instruction
// that the oracle names.
func TestNonFinite(t *testing.T) {
	n := net{batch: 5, side: 4, c1: 3, c2: 3, steps: 2}
	p := n.program(t)
	in := n.inputs(p)
	for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
		in[0].Data[100] = bad
		v := nn.NewVariables(7)
		if _, err := v.Fill(p); err != nil {
			t.Fatal(err)
		}
		home, _ := ref.Engine{}.Hold(v)
		_, want := ref.Run(p, home.(*ref.Residence), arrays(in))
		exe, r := open(t, cpu.New(cpu.Options{Threads: 2}), p)
		before := save(t, r)
		err := exe.Run(r, in, outputs(p))
		var fault *nn.NonFinite
		if !errors.As(err, &fault) {
			t.Fatalf("found error %v, want a *nn.NonFinite", err)
		}
		if err.Error() != want.Error() {
			t.Errorf("got %v, want %v", err, want)
		}
		if err := same(before, save(t, r)); err != nil {
			t.Errorf("a run that failed stored something: %v", err)
		}
		in[0].Data[100] = 0
		if err := exe.Run(r, in, make([]nn.Tensor, len(p.Outputs))); err != nil {
			t.Errorf("the next run: %v", err)
		}
	}
}

// One residence serves training and inference, from several goroutines.
func TestOneResidenceSeveralPrograms(t *testing.T) {
	e := cpu.New(cpu.Options{Threads: 2})
	train := net{batch: 6, side: 4, c1: 3, c2: 3, steps: 2}
	infer := net{batch: 4, side: 4, c1: 3, c2: 3, steps: 2, infer: true}
	p, q := train.program(t), infer.program(t)
	exe, r := open(t, e, p)
	exeInfer, _ := open(t, e, q)
	before, after := outputs(q), outputs(q)
	if err := exeInfer.Run(r, infer.inputs(q), before); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			if err := exe.Run(r, train.inputs(p), outputs(p)); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if err := exeInfer.Run(r, infer.inputs(q), after); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
	}
	if err := exeInfer.Run(r, infer.inputs(q), after); err != nil {
		t.Fatal(err)
	}
	if before[0].Data[0] == after[0].Data[0] {
		t.Errorf("training did not reach inference: logit %g before and after", before[0].Data[0])
	}
}

// Updates happen together: two variables can change places.
func TestUpdatesSwap(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Var("x", nn.Shape{3}, nn.Init{Kind: "constant", Value: 1}, true)
	y := b.Var("y", nn.Shape{3}, nn.Init{Kind: "constant", Value: 2}, true)
	b.Update(x, y)
	b.Update(y, x)
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	exe, r := open(t, cpu.New(cpu.Options{}), p)
	if err := exe.Run(r, nil, nil); err != nil {
		t.Fatal(err)
	}
	v := save(t, r)
	gx, _ := v.Get("x")
	gy, _ := v.Get("y")
	if gx.Data[0] != 2 || gy.Data[0] != 1 {
		t.Errorf("got x %g, y %g, want 2 and 1", gx.Data[0], gy.Data[0])
	}
}

func TestRunRefuses(t *testing.T) {
	n := net{batch: 2, side: 4, c1: 3, c2: 3, steps: 1}
	p := n.program(t)
	e := cpu.New(cpu.Options{Threads: 1})
	exe, r := open(t, e, p)
	in := n.inputs(p)
	empty, err := e.Hold(nn.NewVariables(0))
	if err != nil {
		t.Fatal(err)
	}
	foreign, _ := ref.Engine{}.Hold(nn.NewVariables(0))
	for _, c := range []struct {
		name string
		r    nn.Residence
		in   []nn.Tensor
		out  []nn.Tensor
	}{
		{"too few inputs", r, in[:1], nil},
		{"an input of another shape", r, append([]nn.Tensor{nn.NewTensor(nn.Shape{1, 4, 4, 3})}, in[1:]...), nil},
		{"an output of another shape", r, in, []nn.Tensor{nn.NewTensor(nn.Shape{9})}},
		{"no variables", empty, in, nil},
		{"a residence of another engine", foreign, in, nil},
	} {
		if err := exe.Run(c.r, c.in, c.out); err == nil {
			t.Errorf("%s: found no error", c.name)
		}
	}
	if _, err := cpu.New(cpu.Options{Kernel: "abacus"}).Compile(p); err == nil {
		t.Errorf("an unknown kernel: found no error")
	}
}

// A sum in the place of an argument, which it may hold several times, adds the
// same left to right.
func TestSumInPlace(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{3, 2, 2, 2}, true)
	twice, thrice := b.One(nn.Linear{A: 2}, x), b.One(nn.Linear{A: 3}, x)
	ten, hundred := b.One(nn.Linear{A: 10}, x), b.One(nn.Linear{A: 100}, x)
	b.Output("one", b.One(nn.Sum{}, twice, twice, twice))
	b.Output("third", b.One(nn.Sum{}, x, x, thrice))
	b.Output("first", b.One(nn.Sum{}, ten, x, x, ten, hundred))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	in := nn.NewTensor(p.Shapes[x])
	for i := range in.Data {
		in.Data[i] = float32(i)
	}
	for _, kernel := range cpu.Kernels() {
		exe, r := open(t, cpu.New(cpu.Options{Threads: 1, Kernel: kernel}), p)
		out := outputs(p)
		if err := exe.Run(r, []nn.Tensor{in}, out); err != nil {
			t.Fatal(err)
		}
		for k, times := range []float32{6, 5, 122} {
			for i, got := range out[k].Data {
				if want := times * in.Data[i]; got != want {
					t.Fatalf("%s, output %d, element %d: got %g, want %g", kernel, k, i, got, want)
				}
			}
		}
	}
}

// Workers end with the last executable.
func TestCloseEndsWorkers(t *testing.T) {
	before := settled()
	e := cpu.New(cpu.Options{Threads: 7})
	p := net{batch: 2, side: 4, c1: 2, c2: 2, steps: 1}.program(t)
	var exes []nn.Executable
	for range 2 {
		exe, err := e.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		exes = append(exes, exe)
	}
	if got := settled(); got != before+6 {
		t.Errorf("found %d goroutines with two executables open, want %d", got, before+6)
	}
	for _, exe := range exes {
		exe.Close()
		exe.Close()
	}
	if got := settled(); got != before {
		t.Errorf("found %d goroutines after closing, want %d", got, before)
	}
}

// settled returns the number of goroutines once it has not changed for a while.
func settled() int {
	n := runtime.NumGoroutine()
	for same := 0; same < 20; same++ {
		time.Sleep(time.Millisecond)
		if m := runtime.NumGoroutine(); m != n {
			n, same = m, 0
		}
	}
	return n
}

// Inputs and variables can be outputs, and a value several times.
func TestOutputsOfInputs(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{2, 1, 1, 3}, true)
	v := b.Var("v", nn.Shape{3}, nn.Init{Kind: "constant", Value: 4}, true)
	y := b.One(nn.AddBias{}, x, v)
	for i, o := range []nn.Value{x, v, y, y} {
		b.Output(fmt.Sprint(i), o)
	}
	b.Update(v, b.One(nn.Linear{A: 2}, v))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	exe, r := open(t, cpu.New(cpu.Options{Threads: 2}), p)
	in := nn.Tensor{Shape: p.Shapes[x], Data: []float32{1, 2, 3, 4, 5, 6}}
	for _, old := range []float32{4, 8} {
		out := outputs(p)
		out[2] = nn.Tensor{} // not delivered
		if err := exe.Run(r, []nn.Tensor{in}, out); err != nil {
			t.Fatal(err)
		}
		if got := out[0].Data[5]; got != 6 {
			t.Errorf("input: got %g, want 6", got)
		}
		if got := out[1].Data[2]; got != old {
			t.Errorf("variable: got %g, want %g, its value before the update", got, old)
		}
		if got := out[3].Data[5]; got != 6+old {
			t.Errorf("sum: got %g, want %g", got, 6+old)
		}
	}
}
