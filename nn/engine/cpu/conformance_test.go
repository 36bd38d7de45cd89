package cpu_test

import (
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/nntest"
)

// Every set of inner loops that this processor has is an engine like any other.
func TestConformance(t *testing.T) {
	for _, name := range cpu.Kernels() {
		t.Run(name, func(t *testing.T) {
			nntest.Engine(t, "cpu", func() nn.Engine { return cpu.New(cpu.Options{Threads: 2, Kernel: name}) })
		})
	}
}

// Every operation has a kernel, but for those whose own file is all that there
// is of them: their meaning is computed.
func TestNoFallbacks(t *testing.T) {
	e := cpu.New(cpu.Options{Threads: 1})
	seen, bare := map[string]bool{}, map[string]bool{}
	for _, op := range nn.Ops() {
		_, bare[op.Name()] = op.(nn.Describer)
	}
	for _, c := range nntest.Cases() {
		p, err := c.Program(true)
		if err != nil {
			t.Fatal(err)
		}
		exe, err := e.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		names := slices.DeleteFunc(exe.(*cpu.Executable).Fallbacks(), func(name string) bool { return bare[name] })
		if len(names) > 0 {
			t.Errorf("%s: found operations without a kernel: %v", c.Name, names)
		}
		exe.Close()
		for _, in := range p.Instrs {
			seen[in.Op.Name()] = true
		}
	}
	for _, op := range nn.Ops() {
		if !seen[op.Name()] {
			t.Errorf("%s: no case shows it", op.Name())
		}
	}
}

// twist is an operation that the engine does not know: y is 3·x of the image before.
type twist struct{}

func (twist) Name() string                                      { return "twist" }
func (twist) Results(s []nn.Shape) ([]nn.Shape, error)          { return s, nil }
func (twist) Batch([]bool) nn.Locality                          { return nn.PerImage }
func (twist) Grad(*nn.Builder, nn.Instr, []nn.Value) []nn.Value { return nil }
func (twist) Eval(args, results []nn.Array) {
	for i, x := range args[0].Data {
		results[0].Data[i] += 3 * x
	}
}

// An operation without a kernel is computed by its meaning, between others.
func TestFallback(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{11, 2, 3, 2}, true)
	y := b.One(twist{}, b.One(nn.Linear{A: 2}, x))
	b.Output("y", b.One(nn.Sum{}, y, x))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	exe, r := open(t, cpu.New(cpu.Options{Threads: 2}), p)
	if got := exe.(*cpu.Executable).Fallbacks(); len(got) != 1 || got[0] != "twist" {
		t.Errorf("fallbacks: got %v, want [twist]", got)
	}
	in, out := nn.NewTensor(p.Shapes[x]), outputs(p)
	for i := range in.Data {
		in.Data[i] = float32(i)
	}
	for range 2 {
		if err := exe.Run(r, []nn.Tensor{in}, out); err != nil {
			t.Fatal(err)
		}
		for i, got := range out[0].Data {
			if want := float32(7 * i); got != want {
				t.Fatalf("element %d: got %g, want %g", i, got, want)
			}
		}
	}
}

// shared notes the largest number of images that it is given at once.
type shared struct{}

var most atomic.Int64

func (shared) Name() string                                      { return "shared" }
func (shared) Results(s []nn.Shape) ([]nn.Shape, error)          { return s[:1], nil }
func (shared) Batch([]bool) nn.Locality                          { return nn.PerImage }
func (shared) Grad(*nn.Builder, nn.Instr, []nn.Value) []nn.Value { return nil }
func (shared) Eval(args, results []nn.Array) {
	n := int64(args[0].Shape[0])
	for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
	}
	for i, x := range args[0].Data {
		results[0].Data[i] = x + args[1].Data[i%args[1].Shape[3]]
	}
}

// Workers share the images of an operation without a kernel; what has no images
// is given as a whole.
func TestFallbackIsShared(t *testing.T) {
	b := nn.NewBuilder()
	x, s := b.Input("x", nn.Shape{64, 16, 16, 8}, true), b.Input("s", nn.Shape{1, 1, 1, 8}, false)
	b.Output("y", b.One(nn.Linear{A: 2}, b.One(shared{}, b.One(nn.Linear{A: 1, B: 1}, x), s)))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	exe, r := open(t, cpu.New(cpu.Options{Threads: 2}), p)
	in, out := []nn.Tensor{nn.NewTensor(p.Shapes[x]), nn.NewTensor(p.Shapes[s])}, outputs(p)
	for _, a := range in {
		for i := range a.Data {
			a.Data[i] = float32(i % 4096)
		}
	}
	if err := exe.Run(r, in, out); err != nil {
		t.Fatal(err)
	}
	for i, got := range out[0].Data {
		if want := float32(2 * (i%4096 + 1 + i%8)); got != want {
			t.Fatalf("element %d: got %g, want %g", i, got, want)
		}
	}
	if n := most.Load(); n < 1 || n > 32 {
		t.Errorf("got %d of 64 images at once, want 32 or fewer for two workers", n)
	}
}

// near returns an error where got differs from want by more than tolerance of
// want's largest element.
func near(got []float32, want []float64, tolerance float64) error {
	top := 0.0
	for _, x := range want {
		top = max(top, math.Abs(x))
	}
	for k, x := range want {
		if d := math.Abs(float64(got[k]) - x); !(d <= tolerance*top) {
			return fmt.Errorf("element %d: got %g, want %g, largest %g", k, got[k], x, top)
		}
	}
	return nil
}
