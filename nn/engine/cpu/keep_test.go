package cpu_test

import (
	"errors"
	"math"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/cpu"
)

// What is kept from run to run is made anew when the variables change: by a
// program that trains, by a load, and where the residence is another. The
// answers are to the bit those of an executable that never ran before.
func TestKept(t *testing.T) {
	for _, kernel := range cpu.Kernels() {
		e := cpu.New(cpu.Options{Threads: 2, Kernel: kernel})
		train := net{batch: 6, side: 8, c1: 16, c2: 16, steps: 3}
		infer := net{batch: 4, side: 8, c1: 16, c2: 16, steps: 3, infer: true}
		p, q := train.program(t), infer.program(t)
		exe, r := open(t, e, p)
		answering, other := open(t, e, q)
		check := func(when string, r nn.Residence) {
			t.Helper()
			fresh, err := e.Compile(q)
			if err != nil {
				t.Fatal(err)
			}
			defer fresh.Close()
			want, got := outputs(q), outputs(q)
			if err := fresh.Run(r, infer.inputs(q), want); err != nil {
				t.Fatal(err)
			}
			for run := range 2 {
				if err := answering.Run(r, infer.inputs(q), got); err != nil {
					t.Fatal(err)
				}
				for i, x := range got[0].Data {
					if math.Float32bits(x) != math.Float32bits(want[0].Data[i]) {
						t.Fatalf("%s, %s, run %d: logit %d is %g, want %g", kernel, when, run, i, x, want[0].Data[i])
					}
				}
			}
		}
		check("at first", r)
		before := save(t, r)
		if err := exe.Run(r, train.inputs(p), outputs(p)); err != nil {
			t.Fatal(err)
		}
		check("trained", r)
		check("another residence", other)
		if err := r.Load(before); err != nil {
			t.Fatal(err)
		}
		check("loaded", r)
	}
}

// Looking for what is not finite makes everything again, and leaves what is
// kept as it was.
func TestKeptWhereNotFinite(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{2, 4, 4, 3}, true)
	k := b.Var("k", nn.Shape{3, 3, 3, 5}, nn.Init{Kind: "he_normal", FanIn: 27}, true)
	y := b.One(nn.Conv2D{Stride: 1}, x, k)
	b.Output("y", y)
	b.Output("mean", b.One(nn.MeanImages{}, b.One(nn.Pool2D{Fn: "mean"}, b.One(nn.Conv2D{Stride: 1}, y, b.Var("one", nn.Shape{1, 1, 5, 1}, nn.Init{Kind: "constant", Value: 1}, true)))))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	exe, r := open(t, cpu.New(cpu.Options{Threads: 2}), p)
	good, bad := nn.NewTensor(nn.Shape{2, 4, 4, 3}), nn.NewTensor(nn.Shape{2, 4, 4, 3})
	for i := range good.Data {
		good.Data[i], bad.Data[i] = float32(i%7), float32(i%7)
	}
	bad.Data[5] = float32(math.Inf(1))
	want, got := outputs(p), outputs(p)
	if err := exe.Run(r, []nn.Tensor{good}, want); err != nil {
		t.Fatal(err)
	}
	var fault *nn.NonFinite
	if err := exe.Run(r, []nn.Tensor{bad}, got); !errors.As(err, &fault) {
		t.Fatalf("found %v, want a fault", err)
	}
	if err := exe.Run(r, []nn.Tensor{good}, got); err != nil {
		t.Fatal(err)
	}
	for i, x := range got[0].Data {
		if x != want[0].Data[i] {
			t.Fatalf("element %d is %g after a fault, was %g", i, x, want[0].Data[i])
		}
	}
}
