package cpu_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/engine/ref"
)

// The three ways of a convolution and its gradients: a kernel whose gradient is
// added up by chunks; one large for its images; one that is filtered.
var ways = []struct {
	name  string
	x     nn.Shape
	cout  int
	kinds []string // of the engine's own operations
}{
	{"chunks", nn.Shape{9, 4, 6, 8}, 8, []string{"pack"}},
	{"few channels", nn.Shape{9, 4, 5, 3}, 3, []string{"pack"}},
	{"all images at once", nn.Shape{9, 4, 4, 40}, 40, []string{"pack"}},
	{"filtered", nn.Shape{35, 8, 10, 32}, 32, []string{"pack_parts", "fold_parts"}},
	{"filtered, unequal", nn.Shape{35, 10, 8, 48}, 32, []string{"pack_parts", "fold_parts"}},
}

// tied convolves x with one kernel twice, where it can, and y once more: two
// gradients of one variable are made in one wave, the third in another.
func tied(t *testing.T, x nn.Shape, cout int) *nn.Program {
	t.Helper()
	b := nn.NewBuilder()
	k := b.Var("k", nn.Shape{3, 3, x[3], cout}, nn.Init{Kind: "he_normal", FanIn: 9 * x[3]}, true)
	conv := nn.Conv2D{Stride: 1}
	a, c := b.One(conv, b.Input("x", x, true), k), b.One(conv, b.Input("y", x, true), k)
	if x[3] == cout {
		a = b.One(conv, b.One(nn.Linear{A: 0.5}, a), k)
	}
	s := b.One(nn.Sum{}, a, c)
	loss := b.One(nn.MeanImages{}, b.One(nn.Mul{}, s, s))
	b.Output("loss", loss)
	g := b.Gradient(loss, []nn.Value{k})[0]
	b.Output("gradient", g)
	b.Update(k, g)
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Each way agrees with the oracle, and with itself at any number of threads.
func TestWaysOfGradients(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			p := tied(t, way.x, way.cout)
			r := rand.New(rand.NewPCG(4, 1))
			in := []nn.Tensor{nn.NewTensor(way.x), nn.NewTensor(way.x)}
			for _, x := range in {
				for i := range x.Data {
					x.Data[i] = float32(r.NormFloat64())
				}
			}
			v := nn.NewVariables(7)
			if _, err := v.Fill(p); err != nil {
				t.Fatal(err)
			}
			home, _ := ref.Engine{}.Hold(v)
			want, err := ref.Run(p, home.(*ref.Residence), arrays(in))
			if err != nil {
				t.Fatal(err)
			}
			for _, kernel := range cpu.Kernels() {
				var first []nn.Tensor
				for _, threads := range []int{1, 2, 3} {
					exe, r := open(t, cpu.New(cpu.Options{Threads: threads, Kernel: kernel}), p)
					out := outputs(p)
					if err := exe.Run(r, in, out); err != nil {
						t.Fatal(err)
					}
					if first == nil {
						first = out
						for i := range out {
							// Two convolutions and a sum over images of float32.
							if err := near(out[i].Data, want[i].Data, 2e-5); err != nil {
								t.Errorf("%s: output %q: %v", kernel, p.Outputs[i].Name, err)
							}
						}
					}
					for i := range out {
						if !slices.Equal(out[i].Data, first[i].Data) {
							t.Errorf("%s, %d threads: output %q differs", kernel, threads, p.Outputs[i].Name)
						}
					}
				}
				if kernel == "avx2" {
					continue // never filters
				}
				plan, err := cpu.NewPlan(p, cpu.Options{Kernel: kernel})
				if err != nil {
					t.Fatal(err)
				}
				for _, kind := range way.kinds {
					if !strings.Contains(plan.String(), "whole     "+kind+" ") {
						t.Errorf("%s: found no %s", kernel, kind)
					}
				}
				if got := strings.Count(plan.String(), "fold_parts"); got > 1 {
					t.Errorf("%s: gradients of one variable are folded %d times", kernel, got)
				}
			}
		})
	}
}

// Of gradients that add to one accumulator the one at fault is named, whichever
// way they are made.
func TestNonFiniteOfJoinedGradients(t *testing.T) {
	for _, way := range ways {
		b := nn.NewBuilder()
		to := way.x
		to[3] = way.cout
		x, y, d := b.Input("x", way.x, true), b.Input("y", way.x, true), b.Input("d", to, true)
		op := nn.ConvKernel{Stride: 1, Kh: 3, Kw: 3}
		sum := b.One(nn.Sum{}, b.One(op, x, d), b.One(op, y, d))
		b.Output("loss", b.One(nn.Inner{}, sum, sum))
		p, err := b.Program()
		if err != nil {
			t.Fatal(err)
		}
		exe, r := open(t, cpu.New(cpu.Options{Threads: 2}), p)
		for _, bad := range []struct{ input, element, want int }{{1, 0, 1}, {0, 100, 0}, {0, 0, 0}} {
			in := []nn.Tensor{nn.NewTensor(way.x), nn.NewTensor(way.x), nn.NewTensor(to)}
			for i, v := range []float32{1, 2, 3} {
				for k := range in[i].Data {
					in[i].Data[k] = v
				}
			}
			in[1].Data[0] = float32(math.Inf(1))
			in[bad.input].Data[bad.element] = float32(math.Inf(1))
			var fault *nn.NonFinite
			if err := exe.Run(r, in, outputs(p)); !errors.As(err, &fault) || fault.Index != bad.want {
				t.Errorf("%s: infinity in input %d: got %v, want a fault of instruction %d", way.name, bad.input, err, bad.want)
			}
		}
	}
}

// Images that a filter covers by one tile, a strip, and strips of several
// images, alone and in batches.
func TestFilteredShapes(t *testing.T) {
	for _, s := range []nn.Shape{{1, 8, 8, 32}, {3, 2, 32, 32}, {2, 64, 64, 32}, {5, 8, 8, 64}} {
		for _, images := range []bool{true, false} {
			t.Run(fmt.Sprintf("%v/images=%v", s, images), func(t *testing.T) { filteredShape(t, s, images) })
		}
	}
}

func filteredShape(t *testing.T, s nn.Shape, images bool) {
	b := nn.NewBuilder()
	x, k := b.Input("x", s, images), b.Input("k", nn.Shape{3, 3, s[3], 48}, false)
	d := b.Input("d", nn.Shape{s[0], s[1], s[2], 48}, images)
	b.Output("y", b.One(nn.Conv2D{Stride: 1}, x, k))
	b.Output("dx", b.One(nn.ConvTranspose2D{Stride: 1, Height: s[1], Width: s[2]}, d, k))
	b.Output("dk", b.One(nn.ConvKernel{Stride: 1, Kh: 3, Kw: 3}, x, d))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(4, 2))
	in := make([]nn.Tensor, 3)
	for i, port := range p.Inputs {
		in[i] = nn.NewTensor(p.Shapes[port.Value])
		for j := range in[i].Data {
			in[i].Data[j] = float32(r.NormFloat64())
		}
	}
	var want []nn.Tensor
	for _, kernel := range cpu.Kernels() {
		exe, r := open(t, cpu.New(cpu.Options{Threads: 2, Kernel: kernel}), p)
		out := outputs(p)
		if err := exe.Run(r, in, out); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = out
		}
		for i := range out {
			if err := near(out[i].Data, arrays(want)[i].Data, 2e-5); err != nil {
				t.Errorf("%s: output %q: %v", kernel, p.Outputs[i].Name, err)
			}
		}
	}
}
