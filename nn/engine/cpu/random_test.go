package cpu_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/rewrite"
)

// random returns a random network with its gradient, and which of its values
// are images. Values are read near and far, so that some are kept, some made
// again and some replaced in place.
func random(t *testing.T, r *rand.Rand) *nn.Program {
	t.Helper()
	b := nn.NewBuilder()
	images := 1 + r.IntN(20)
	var weights []nn.Value
	weight := func(s nn.Shape) nn.Value {
		v := b.Var(fmt.Sprint("w", len(weights)), s, nn.Init{Kind: "he_normal", FanIn: 9 * 3}, true)
		weights = append(weights, v)
		return v
	}
	var kernels []nn.Value
	for range 3 {
		size := 1 + 2*r.IntN(2)
		kernels = append(kernels, weight(nn.Shape{size, size, 3, 3}))
	}
	gain, shift := weight(nn.Shape{3}), weight(nn.Shape{3})
	pool := []nn.Value{b.Input("x", nn.Shape{images, 4, 4, 3}, true)}
	pick := func() nn.Value { // mostly of the newest
		return pool[max(len(pool)-1-int(math.Abs(r.NormFloat64())*4), 0)]
	}
	for range 25 {
		x := pick()
		s := b.Shape(x)
		var y nn.Value
		switch r.IntN(9) {
		case 0, 1:
			y = b.One(nn.Conv2D{Stride: 1}, x, kernels[r.IntN(3)])
		case 2, 3:
			m := b.Do(nn.Moments{}, x)
			y = b.One(nn.Unary{Fn: "relu"}, b.One(nn.Normalise{Eps: 1e-3}, x, m[0], m[1]))
		case 4:
			if s[1] != 4 {
				continue
			}
			small := b.One(nn.Conv2D{Stride: 2}, x, kernels[r.IntN(3)])
			pool = append(pool, small)
			y = b.One(nn.Upsample{Factor: 2}, small)
		case 5:
			y = b.One(nn.ScaleShift{}, x, gain, shift)
		case 6:
			y = b.One(nn.Unary{Fn: "tanh"}, b.One(nn.AddBias{}, x, shift))
		default:
			same := []nn.Value{x}
			for _, v := range pool {
				if b.Shape(v) == s && r.IntN(3) == 0 {
					same = append(same, v)
				}
			}
			if len(same) == 1 {
				continue
			}
			// Scaled, or values would explode.
			y = b.One(nn.Linear{A: 1 / float64(len(same))}, b.One(nn.Sum{}, same...))
		}
		pool = append(pool, y)
	}
	loss := nn.None
	for _, v := range pool[len(pool)-3:] {
		loss = b.Sum(loss, b.One(nn.MeanImages{}, b.One(nn.Mul{}, v, v)))
	}
	b.Output("loss", loss)
	for i, g := range b.Gradient(loss, weights) {
		if g != nn.None {
			b.Output(fmt.Sprint("gradient ", i), g)
		}
	}
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A run's bits depend neither on the number of workers nor on what else is
// delivered: with every image an output, nothing is local, made again or
// replaced; alone, almost everything is.
func TestRandomPrograms(t *testing.T) {
	programs := 60
	if testing.Short() {
		programs = 15
	}
	for _, kernel := range cpu.Kernels() {
		t.Run(kernel, func(t *testing.T) {
			for seed := range uint64(programs) {
				randomProgram(t, seed, kernel)
			}
		})
	}
}

func randomProgram(t *testing.T, seed uint64, kernel string) {
	r := rand.New(rand.NewPCG(seed, 3))
	p := rewrite.Round(random(t, r), []int{0, 0, 8, 17}[seed%4])
	q := *p
	q.Outputs = append([]nn.Port(nil), p.Outputs...)
	batched := p.Batched()
	for _, in := range p.Instrs {
		for _, v := range in.Results {
			if batched[v] {
				q.Outputs = append(q.Outputs, nn.Port{Name: fmt.Sprint("%", v), Value: v})
			}
		}
	}
	in := []nn.Tensor{nn.NewTensor(p.Shapes[p.Inputs[0].Value])}
	for i := range in[0].Data {
		in[0].Data[i] = float32(r.NormFloat64())
	}
	var want []nn.Tensor
	for i, run := range []struct {
		p       *nn.Program
		threads int
	}{{&q, 1}, {p, 1}, {p, 3}, {&q, 2}} {
		exe, home := open(t, cpu.New(cpu.Options{Threads: run.threads, Kernel: kernel}), run.p)
		out := outputs(run.p)
		if err := exe.Run(home, in, out); err != nil {
			t.Fatalf("program of seed %d: %v", seed, err)
		}
		if i == 0 {
			want = out
		}
		for k := range p.Outputs {
			for j, got := range out[k].Data {
				if math.Float32bits(got) != math.Float32bits(want[k].Data[j]) {
					t.Fatalf("program of seed %d, run %d, output %q, element %d: got %g, want %g", seed, i, p.Outputs[k].Name, j, got, want[k].Data[j])
				}
			}
		}
	}
}
