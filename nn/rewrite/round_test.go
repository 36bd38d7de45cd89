package rewrite_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/engine/ref"
	"ventral/nn/rewrite"
)

// TestRound holds the errors of a convolution and its gradients to what so
// many bits give: rounding to b bits is wrong by at most 2^-b of a number, both
// operands together by √2·2^-b/√3 rms where errors are uniform, and a mantissa
// is on average 1.44 times its smallest.
func TestRound(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{4, 12, 12, 16}, true)
	k := b.Input("k", nn.Shape{3, 3, 16, 16}, false)
	d := b.Input("d", nn.Shape{4, 12, 12, 16}, true)
	y := b.One(nn.Conv2D{Stride: 1}, x, k)
	g := b.Gradient(b.One(nn.Inner{}, y, d), []nn.Value{x, k})
	for i, v := range append([]nn.Value{y}, g...) {
		b.Output([]string{"y", "dx", "dk"}[i], v)
	}
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	p = rewrite.Prune(p, nil)
	r := rand.New(rand.NewPCG(1, 2))
	var in []nn.Tensor
	var wide []nn.Array
	for _, port := range p.Inputs {
		a, f := nn.NewTensor(p.Shapes[port.Value]), nn.NewArray(p.Shapes[port.Value])
		for i := range a.Data {
			a.Data[i] = float32(r.NormFloat64())
			f.Data[i] = float64(a.Data[i])
		}
		in, wide = append(in, a), append(wide, f)
	}
	held, err := ref.Engine{}.Hold(nn.NewVariables(1))
	if err != nil {
		t.Fatal(err)
	}
	exact, err := ref.Run(p, held.(*ref.Residence), wide)
	if err != nil {
		t.Fatal(err)
	}
	for name, bits := range nn.Precisions {
		q := rewrite.Round(p, bits)
		if err := q.Verify(); err != nil {
			t.Fatal(err)
		}
		e := cpu.New(cpu.Options{Threads: 2})
		exe, err := e.Compile(q)
		if err != nil {
			t.Fatal(err)
		}
		home, err := e.Hold(nn.NewVariables(1))
		if err != nil {
			t.Fatal(err)
		}
		var out []nn.Tensor
		for _, o := range q.Outputs {
			out = append(out, nn.NewTensor(q.Shapes[o.Value]))
		}
		if err := exe.Run(home, in, out); err != nil {
			t.Fatal(err)
		}
		want := math.Sqrt(2) * math.Pow(2, -float64(bits)) / math.Sqrt(3) / 1.44
		if bits == 0 {
			want = 3e-7 // of float32 sums
		}
		for i, o := range q.Outputs {
			var wrong, size float64
			for n, v := range out[i].Data {
				wrong += (float64(v) - exact[i].Data[n]) * (float64(v) - exact[i].Data[n])
				size += exact[i].Data[n] * exact[i].Data[n]
			}
			rms := math.Sqrt(wrong / size)
			t.Logf("%s %s: relative rms error %.1e", name, o.Name, rms)
			if rms > 1.5*want || bits > 0 && rms < want/2 {
				t.Errorf("%s, %s: relative rms error %.2e, want about %.2e", name, o.Name, rms, want)
			}
		}
		exe.Close()
		home.Close()
	}
}
