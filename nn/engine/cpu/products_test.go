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
	"ventral/nn/rewrite"
)

// productKernels are the kernels that multiply bfloat16 numbers natively.
func productKernels(t *testing.T) []string {
	t.Helper()
	names := slices.DeleteFunc(cpu.Kernels(), func(n string) bool { return n != "go-bf16" && n != "amx" })
	if !slices.Contains(names, "amx") {
		t.Run("amx", func(t *testing.T) { t.Skip("no AMX on this machine") })
	}
	return names
}

// convolved are convolutions of odd shapes.
var convolved = []struct {
	x      nn.Shape
	kh, kw int
	cout   int
	stride int
}{
	{nn.Shape{3, 5, 7, 3}, 3, 3, 4, 1},
	{nn.Shape{3, 12, 12, 16}, 3, 3, 32, 1},
	{nn.Shape{9, 4, 4, 1}, 3, 3, 1, 1},
	{nn.Shape{2, 9, 20, 5}, 3, 3, 33, 2},
	{nn.Shape{3, 8, 6, 12}, 1, 1, 17, 1},
	{nn.Shape{2, 7, 8, 8}, 1, 1, 3, 2},
	{nn.Shape{2, 6, 36, 9}, 5, 5, 7, 1},
	{nn.Shape{2, 8, 8, 18}, 5, 3, 50, 2},
	{nn.Shape{20, 14, 11, 37}, 3, 3, 40, 3},
	{nn.Shape{1, 16, 16, 24}, 2, 2, 24, 1},
	{nn.Shape{2, 16, 8, 4}, 4, 4, 6, 2},
}

// productsProgram returns a convolution with its gradients, of what was rounded to so
// many bits; the results are outputs.
func productsProgram(t *testing.T, i, bits int) *nn.Program {
	t.Helper()
	c := convolved[i]
	b := nn.NewBuilder()
	x, k := b.Input("x", c.x, true), b.Var("k", nn.Shape{c.kh, c.kw, c.x[3], c.cout}, nn.Init{Kind: "he_normal", FanIn: c.kh * c.kw * c.x[3]}, true)
	y := b.One(nn.Conv2D{Stride: c.stride}, x, k)
	ys := b.Shape(y)
	d := b.Input("d", ys, true)
	b.Output("y", y)
	b.Output("dx", b.One(nn.ConvTranspose2D{Stride: c.stride, Height: c.x[1], Width: c.x[2]}, d, k))
	b.Output("dk", b.One(nn.ConvKernel{Stride: c.stride, Kh: c.kh, Kw: c.kw}, x, d))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	p = rewrite.Round(p, bits)
	if err := p.Verify(); err != nil {
		t.Fatal(err)
	}
	return p
}

func rms(got []float32, want []float64) float64 {
	var d, s float64
	for i, w := range want {
		e := float64(got[i]) - w
		d, s = d+e*e, s+w*w
	}
	return math.Sqrt(d / s)
}

// Products agree with the oracle, which rounds as the program says: bfloat16 to
// the order of additions, split also to what low·low would add. Any number of
// threads gives the same bits, and whatever lies where images are laid out.
func TestProducts(t *testing.T) {
	for _, kernel := range productKernels(t) {
		t.Run(kernel, func(t *testing.T) {
			for precision, bound := range map[string]float64{
				"bfloat16": 5e-7, // sums of up to 2,000 products in float32
				"split":    4.5e-6,
			} {
				for i, c := range convolved {
					t.Run(fmt.Sprintf("%s %v %d×%d %d stride %d", precision, c.x, c.kh, c.kw, c.cout, c.stride), func(t *testing.T) {
						p := productsProgram(t, i, nn.Precisions[precision])
						want := oracle(t, p, inputs(p, 11))
						var first []nn.Tensor
						for _, threads := range []int{1, 3} {
							exe, r := open(t, cpu.New(cpu.Options{Threads: threads, Kernel: kernel}), p)
							if s := exe.(*cpu.Executable).Plan().String(); strings.Contains(s, " round ") || strings.Count(s, "pack_image") != 4 || strings.Count(s, "pack_kernel") != 2 {
								t.Fatalf("not by products:\n%s", s)
							}
							for range 2 { // the second time memory is not cleared
								out := outputs(p)
								if err := exe.Run(r, inputs(p, 11), out); err != nil {
									t.Fatal(err)
								}
								if first == nil {
									first = out
								}
								for k, o := range out {
									if got := rms(o.Data, want[k].Data); !(got <= bound) {
										t.Errorf("output %q: differs by %.2g rms, want %g at most", p.Outputs[k].Name, got, bound)
									}
									if !slices.Equal(o.Data, first[k].Data) {
										t.Errorf("%d threads: output %q differs", threads, p.Outputs[k].Name)
									}
								}
							}
						}
					})
				}
			}
		})
	}
}

// oracle returns what p means, with the variables that open fills.
func oracle(t *testing.T, p *nn.Program, in []nn.Tensor) []nn.Array {
	t.Helper()
	v := nn.NewVariables(7)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	home, err := ref.Engine{}.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ref.Run(p, home.(*ref.Residence), arrays(in))
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// inputs returns random inputs of p.
func inputs(p *nn.Program, seed uint64) []nn.Tensor {
	r := rand.New(rand.NewPCG(seed, 5))
	in := make([]nn.Tensor, len(p.Inputs))
	for i, port := range p.Inputs {
		in[i] = nn.NewTensor(p.Shapes[port.Value])
		for j := range in[i].Data {
			in[i].Data[j] = float32(r.NormFloat64())
		}
	}
	return in
}

// A training batch of a recurrent network agrees with the oracle, which rounds
// as the program says: logits and every gradient, which the momenta are after
// one batch. Between operations the engine's float32 and the oracle's float64
// differ by 1e-6, and so round to another neighbour now and then; the same
// program with float32 kernels of rounded operands differs as much.
func TestProductsInTraining(t *testing.T) {
	n := net{batch: 8, side: 8, c1: 8, c2: 16, steps: 3}
	kernels := append(productKernels(t), "go")
	for precision, bound := range map[string]float64{"bfloat16": 3e-4, "split": 3e-5} {
		p := rewrite.Round(n.program(t), nn.Precisions[precision])
		v := nn.NewVariables(7)
		if _, err := v.Fill(p); err != nil {
			t.Fatal(err)
		}
		truth, err := ref.Engine{}.Hold(v)
		if err != nil {
			t.Fatal(err)
		}
		want, err := ref.Run(p, truth.(*ref.Residence), arrays(n.inputs(p)))
		if err != nil {
			t.Fatal(err)
		}
		momenta := nn.NewVariables(7)
		if err := truth.Save(momenta); err != nil {
			t.Fatal(err)
		}
		for _, kernel := range kernels {
			exe, r := open(t, cpu.New(cpu.Options{Threads: 2, Kernel: kernel}), p)
			out, got := outputs(p), nn.NewVariables(7)
			if err := exe.Run(r, n.inputs(p), out); err != nil {
				t.Fatal(err)
			}
			if err := r.Save(got); err != nil {
				t.Fatal(err)
			}
			for i, o := range out {
				if d := rms(o.Data, want[i].Data); !(d <= bound) {
					t.Errorf("%s, %s: %s differs by %.2g rms, want %g at most", precision, kernel, p.Outputs[i].Name, d, bound)
				}
			}
			for _, x := range p.Vars {
				if !strings.HasPrefix(x.Name, "moment") {
					continue
				}
				a, _ := got.Get(x.Name)
				b, _ := momenta.Get(x.Name)
				if d := rms(a.Data, arrays([]nn.Tensor{b})[0].Data); !(d <= bound) {
					t.Errorf("%s, %s: %s %v differs by %.2g rms, want %g at most", precision, kernel, x.Name, a.Shape, d, bound)
				}
			}
		}
	}
}

// Convolutions of different windows read one image, laid out once with the
// zeros that the largest needs; its sum with others reads it as float32.
func TestProductsShareImages(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{3, 8, 10, 6}, true)
	for i, c := range []struct{ size, stride int }{{1, 1}, {5, 1}, {3, 2}} {
		k := b.Var(fmt.Sprint("k", i), nn.Shape{c.size, c.size, 6, 7}, nn.Init{Kind: "he_normal", FanIn: 6}, true)
		b.Output(fmt.Sprint("y", i), b.One(nn.Conv2D{Stride: c.stride}, x, k))
	}
	b.Output("x + x", b.One(nn.Sum{}, x, x))
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	p = rewrite.Round(p, nn.Precisions["bfloat16"])
	want := oracle(t, p, inputs(p, 12))
	for _, kernel := range productKernels(t) {
		exe, r := open(t, cpu.New(cpu.Options{Threads: 2, Kernel: kernel}), p)
		if s := exe.(*cpu.Executable).Plan().String(); strings.Count(s, "pack_image") != 1 || !strings.Contains(s, "bfloat16×1 by row 2+8+2 2+10+2 6") {
			t.Errorf("%s: the image is not laid out once:\n%s", kernel, s)
		}
		out := outputs(p)
		if err := exe.Run(r, inputs(p, 12), out); err != nil {
			t.Fatal(err)
		}
		for i, o := range out {
			if d := rms(o.Data, want[i].Data); !(d <= 5e-7) {
				t.Errorf("%s: output %q differs by %.2g rms", kernel, p.Outputs[i].Name, d)
			}
		}
	}
}

// Infinity that a convolution makes is blamed on that convolution, and one in an
// image leaves the other images alone.
func TestProductsNotFinite(t *testing.T) {
	for _, precision := range []string{"bfloat16", "split"} {
		b := nn.NewBuilder()
		x, k := b.Input("x", nn.Shape{3, 4, 4, 3}, true), b.Var("k", nn.Shape{3, 3, 3, 2}, nn.Init{Kind: "constant", Value: 2}, true)
		y := b.One(nn.Conv2D{Stride: 1}, x, k)
		b.Output("y", y)
		b.Output("y·y", b.One(nn.Inner{}, y, y))
		p, err := b.Program()
		if err != nil {
			t.Fatal(err)
		}
		p = rewrite.Round(p, nn.Precisions[precision])
		conv := slices.IndexFunc(p.Instrs, func(in nn.Instr) bool { return in.Op.Name() == "conv2d" })
		for _, kernel := range productKernels(t) {
			exe, r := open(t, cpu.New(cpu.Options{Threads: 2, Kernel: kernel}), p)
			in := []nn.Tensor{nn.NewTensor(p.Shapes[x])}
			in[0].Data[48+5] = 3e38 // of image 1
			var fault *nn.NonFinite
			if err := exe.Run(r, in, outputs(p)); !errors.As(err, &fault) || fault.Index != conv {
				t.Errorf("%s, %s: got %v, want a fault of instruction %d", precision, kernel, err, conv)
			}
			q := *p
			q.Outputs = p.Outputs[:1]
			exe, r = open(t, cpu.New(cpu.Options{Threads: 2, Kernel: kernel}), &q)
			out := outputs(&q)
			if err := exe.Run(r, in, out); err != nil {
				t.Fatal(err)
			}
			for i, v := range out[0].Data {
				if i/32 != 1 && v != 0 {
					t.Errorf("%s, %s: %g in image %d", precision, kernel, v, i/32)
				}
			}
			if !math.IsInf(float64(out[0].Data[32]), 1) {
				t.Errorf("%s, %s: got %g, want infinity", precision, kernel, out[0].Data[32])
			}
		}
	}
}
