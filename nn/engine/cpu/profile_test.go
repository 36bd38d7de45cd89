package cpu_test

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"ventral/nn"
	"ventral/nn/engine/cpu"
)

// clock starts one.
func clock() cpu.Clock {
	begun := time.Now()
	return func() time.Duration { return time.Since(begun) }
}

// A profile runs the program as Run does, and its kinds of work add up to the
// time of all workers.
func TestProfile(t *testing.T) {
	n := net{batch: 16, side: 8, c1: 8, c2: 8, steps: 3}
	p := n.program(t)
	e := cpu.New(cpu.Options{Threads: 2})
	exe, r := open(t, e, p)
	_, again := open(t, e, p)
	x, in, a, b := exe.(*cpu.Executable), n.inputs(p), outputs(p), outputs(p)
	for range 2 {
		if err := exe.Run(again, in, a); err != nil {
			t.Fatal(err)
		}
		prof, err := x.Profile(clock(), r, in, b)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := len(prof.Regions), len(x.Plan().Regions); got != want {
			t.Errorf("found %d regions, want %d", got, want)
		}
		sum, busy := 0.0, 0.0
		took := map[string]float64{}
		for _, k := range prof.Kinds {
			sum += k.Seconds
			took[k.Kind] = k.Seconds
		}
		if want := prof.Seconds * 2; math.Abs(sum-want) > 1e-6*want {
			t.Errorf("kinds add up to %g s, want %g", sum, want)
		}
		total := 0.0
		for i, r := range prof.Regions {
			total, busy = total+r.Seconds, busy+r.Busy
			if !(r.Busy > 0 && r.Busy <= 2*r.Seconds) {
				t.Errorf("region %d: %g s of work in %g s of two workers", i, r.Busy, r.Seconds)
			}
		}
		if total > prof.Seconds || busy > sum-took["waiting at barriers"] {
			t.Errorf("regions take %g s, busy for %g, of %g with %g busy", total, busy, prof.Seconds, sum-took["waiting at barriers"])
		}
		for _, kind := range []string{"convolution", "convolution to the image", "convolution to the kernel", "norms", "optimiser", "padding", "packing kernels"} {
			if !(took[kind] > 0) {
				t.Errorf("%s took %g s", kind, took[kind])
			}
		}
	}
	for i := range a {
		for k, v := range a[i].Data {
			if math.Float32bits(v) != math.Float32bits(b[i].Data[k]) {
				t.Fatalf("output %d, element %d: %g when run, %g in a profile", i, k, v, b[i].Data[k])
			}
		}
	}
	if err := same(save(t, r), save(t, again)); err != nil {
		t.Error(err)
	}
	if _, err := x.Profile(clock(), r, in[:1], b); err == nil {
		t.Error("too few inputs: found no error")
	}
	if err := exe.Run(r, in, b); err != nil {
		t.Errorf("after a profile: %v", err)
	}
}

// What a convolution moves is its image, its kernel (twice: packed) and its result.
func TestMoved(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{4, 8, 8, 2}, true)
	k := b.Var("k", nn.Shape{3, 3, 2, 2}, nn.Init{Kind: "constant"}, true)
	b.Output("y", b.One(nn.Unary{Fn: "relu"}, b.One(nn.Conv2D{Stride: 1}, x, k)))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := cpu.NewPlan(p, cpu.Options{Kernel: "go"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := plan.Moved(), int64(4*(2*4*8*8*2+3*36)); got != want {
		t.Errorf("found %d bytes, want %d:\n%v", got, want, plan)
	}
}

// Rows of zeros are not multiplied, and 16 products stand for the 36 of a tile.
func TestMultiplyAdds(t *testing.T) {
	for _, c := range []struct {
		x    nn.Shape
		cout int
		op   func(s nn.Shape) nn.Op
		want int64
	}{
		{nn.Shape{2, 4, 4, 8}, 8, func(nn.Shape) nn.Op { return nn.Conv2D{Stride: 1} }, 2 * 10 * 12 * 64},
		{nn.Shape{2, 4, 4, 8}, 8, func(s nn.Shape) nn.Op { return nn.ConvTranspose2D{Stride: 1, Height: s[1], Width: s[2]} }, 2 * 10 * 12 * 64},
		{nn.Shape{2, 4, 4, 8}, 8, func(nn.Shape) nn.Op { return nn.ConvKernel{Stride: 1, Kh: 3, Kw: 3} }, 2 * 10 * 10 * 64},
		{nn.Shape{2, 4, 4, 3}, 3, func(nn.Shape) nn.Op { return nn.ConvKernel{Stride: 1, Kh: 3, Kw: 3} }, 2 * 10 * 12 * 9},
		{nn.Shape{2, 8, 8, 32}, 32, func(nn.Shape) nn.Op { return nn.Conv2D{Stride: 1} }, 2 * 16 * 16 * 32 * 32},
	} {
		b := nn.NewBuilder()
		x := b.Input("x", c.x, true)
		d := c.x
		d[3] = c.cout
		op, other := c.op(c.x), b.Input("d", d, true)
		if _, ok := op.(nn.ConvKernel); !ok {
			other = b.Input("k", nn.Shape{3, 3, c.x[3], c.cout}, false)
		}
		b.Output("y", b.One(op, x, other))
		p, err := b.Program()
		if err != nil {
			t.Fatal(err)
		}
		plan, err := cpu.NewPlan(p, cpu.Options{Kernel: "go"})
		if err != nil {
			t.Fatal(err)
		}
		if plan.MultiplyAdds != c.want {
			t.Errorf("%s of %v: found %d multiply-adds, want %d", op.Name(), c.x, plan.MultiplyAdds, c.want)
		}
	}
}

// The memory that a plan predicts is what compiling, holding and running take.
func TestBytesArePredicted(t *testing.T) {
	if cpu.Raced() {
		t.Skip("the race detector keeps memory of its own for every byte")
	}
	for _, n := range []net{
		{batch: 64, side: 32, c1: 32, c2: 32, steps: 3},
		{batch: 64, side: 8, c1: 64, c2: 128, steps: 3, adam: true},
	} {
		// The process has memory of other tests, which may go back meanwhile.
		var got, want int64
		for range 3 {
			if got, want = bytesTaken(t, n); math.Abs(float64(got-want)) <= 0.1*float64(want) {
				break
			}
		}
		if math.Abs(float64(got-want)) > 0.1*float64(want) {
			t.Errorf("%+v: found %d bytes, predicted %d", n, got, want)
		}
	}
}

// bytesTaken returns by how many bytes the memory of the process grows with a run
// of n, and how many its plan predicts.
func bytesTaken(t *testing.T, n net) (got, want int64) {
	t.Helper()
	p := n.program(t)
	v := nn.NewVariables(7)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	in, out := n.inputs(p), outputs(p)
	held := func() int64 {
		debug.FreeOSMemory()
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			t.Skip("no /proc/self/status to read memory from")
		}
		_, rest, _ := strings.Cut(string(status), "RssAnon:")
		var kib int64
		if _, err := fmt.Sscan(rest, &kib); err != nil {
			t.Fatal(err)
		}
		return kib << 10
	}
	before := held()
	e := cpu.New(cpu.Options{Threads: 2})
	exe, err := e.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	r, err := e.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := exe.Run(r, in, out); err != nil {
		t.Fatal(err)
	}
	got, want = held()-before, exe.(*cpu.Executable).Plan().Bytes()
	for _, x := range []any{p, v, in, out, r} {
		runtime.KeepAlive(x)
	}
	return got, want
}

func TestMeasureRates(t *testing.T) {
	for _, kernel := range cpu.Kernels() {
		r, err := cpu.MeasureRates(clock(), cpu.Options{Threads: 2, Kernel: kernel})
		if err != nil {
			t.Fatal(err)
		}
		// A multiply-add a microsecond would be a broken clock, a thousand a nanosecond too.
		for what, rate := range map[string]float64{"multiply-adds": r.MultiplyAdds, "bytes": r.Bytes} {
			if !(rate > 1e6 && rate < 1e13) {
				t.Errorf("%s: %g %s a second", kernel, rate, what)
			}
		}
		if (r.Products > 1e6 && r.Products < 1e13) != (kernel == "amx" || kernel == "go-bf16") {
			t.Errorf("%s: %g multiply-adds of bfloat16 numbers a second", kernel, r.Products)
		}
		if got, want := r.Convolution(int64(r.MultiplyAdds), int64(r.Products))+r.Memory(int64(2*r.Bytes)), 3+min(r.Products, 1); math.Abs(got-want) > 1e-3 {
			t.Errorf("%s: a second of each, and one more of memory, take %g s, want %g", kernel, got, want)
		}
	}
	if _, err := cpu.MeasureRates(clock(), cpu.Options{Kernel: "abacus"}); err == nil {
		t.Error("an unknown kernel: found no error")
	}
}
