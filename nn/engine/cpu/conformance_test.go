package cpu_test

import (
	"fmt"
	"math"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/engine/ref"
	"ventral/nn/nntest"
)

// compare runs p by the oracle and by e, and fails where an output differs by
// more than tolerance of its largest element.
func compare(t *testing.T, e nn.Engine, p *nn.Program, in []nn.Array, tolerance float64) {
	t.Helper()
	v := nn.NewVariables(1)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	home, err := ref.Engine{}.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ref.Run(p, home.(*ref.Residence), in)
	if err != nil {
		t.Fatal(err)
	}
	exe, err := e.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close()
	r, err := e.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	args, out := make([]nn.Tensor, len(in)), make([]nn.Tensor, len(p.Outputs))
	for i, a := range in {
		args[i] = nn.NewTensor(a.Shape)
		for k, x := range a.Data {
			args[i].Data[k] = float32(x)
		}
	}
	for i, o := range p.Outputs {
		out[i] = nn.NewTensor(p.Shapes[o.Value])
	}
	if err := exe.Run(r, args, out); err != nil {
		t.Fatal(err)
	}
	for i, o := range p.Outputs {
		if err := near(out[i].Data, want[i].Data, tolerance); err != nil {
			t.Errorf("output %q %v: %v", o.Name, out[i].Shape, err)
		}
	}
	if names := exe.(*cpu.Executable).Fallbacks(); len(names) > 0 {
		t.Errorf("found operations without a kernel: %v", names)
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
		if d := math.Abs(float64(got[k]) - x); !(d <= tolerance*top) && !(math.IsNaN(x) && got[k] != got[k]) {
			return fmt.Errorf("element %d: got %g, want %g, largest %g", k, got[k], x, top)
		}
	}
	return nil
}

func TestCases(t *testing.T) {
	for _, name := range cpu.Kernels() {
		e := cpu.New(cpu.Options{Threads: 2, Kernel: name})
		for _, c := range nntest.Cases() {
			for _, batched := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%s/batched=%v", name, c.Name, batched), func(t *testing.T) {
					p, err := c.Program(batched)
					if err != nil {
						t.Fatal(err)
					}
					tolerance := c.Tolerance
					if tolerance == 0 {
						tolerance = 1e-5
					}
					compare(t, e, p, c.Inputs(p), tolerance)
				})
			}
		}
	}
}
