package nntest

import (
	"math"
	"slices"
	"testing"

	"ventral/nn"
)

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
