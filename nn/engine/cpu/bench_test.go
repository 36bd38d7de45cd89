package cpu_test

import (
	"fmt"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/cpu"
)

// rate reports multiply-adds of the program and images a second.
func rate(b *testing.B, p *nn.Program, images int) {
	s := b.Elapsed().Seconds()
	b.ReportMetric(float64(p.MultiplyAdds())*float64(b.N)/s/1e9, "GMAC/s")
	b.ReportMetric(float64(images)*float64(b.N)/s, "images/s")
}

// BenchmarkConvolution runs the three convolutions of one layer on one thread:
//
//	go test -run ^$ -bench Convolution ./nn/engine/cpu
func BenchmarkConvolution(b *testing.B) {
	for _, kernel := range cpu.Kernels() {
		for _, g := range []struct{ side, k, cin, cout, stride int }{
			{32, 3, 32, 32, 1}, {32, 3, 64, 64, 1}, {32, 3, 64, 64, 2}, {16, 3, 64, 64, 1}, {32, 3, 3, 64, 1}, {32, 1, 64, 64, 1}, {32, 3, 16, 16, 1}, {7, 3, 128, 128, 1},
		} {
			out := (g.side + g.stride - 1) / g.stride
			x, y := nn.Shape{8, g.side, g.side, g.cin}, nn.Shape{8, out, out, g.cout}
			k := nn.Shape{g.k, g.k, g.cin, g.cout}
			for _, c := range []struct {
				op   nn.Op
				args []nn.Shape
			}{
				{nn.Conv2D{Stride: g.stride}, []nn.Shape{x, k}},
				{nn.ConvTranspose2D{Stride: g.stride, Height: g.side, Width: g.side}, []nn.Shape{y, k}},
				{nn.ConvKernel{Stride: g.stride, Kh: g.k, Kw: g.k}, []nn.Shape{x, y}},
			} {
				b.Run(fmt.Sprintf("kernel=%s/op=%s/image=%d×%d/k=%d/channels=%d-%d/stride=%d", kernel, c.op.Name(), g.side, g.side, g.k, g.cin, g.cout, g.stride), func(b *testing.B) {
					w := nn.NewBuilder()
					args := make([]nn.Value, 2)
					for i, s := range c.args {
						args[i] = w.Input(fmt.Sprint(i), s, s[0] == 8)
					}
					w.Output("y", w.One(c.op, args...))
					p, err := w.Program()
					if err != nil {
						b.Fatal(err)
					}
					exe, r := open(b, cpu.New(cpu.Options{Threads: 1, Kernel: kernel}), p)
					in := []nn.Tensor{nn.NewTensor(c.args[0]), nn.NewTensor(c.args[1])}
					for _, t := range in {
						for i := range t.Data {
							t.Data[i] = float32(i%13) - 6
						}
					}
					for b.Loop() {
						if err := exe.Run(r, in, make([]nn.Tensor, len(p.Outputs))); err != nil {
							b.Fatal(err)
						}
					}
					rate(b, p, 8)
				})
			}
		}
	}
}

// BenchmarkTraining takes training batches of the workloads W1 and W2 at batch 64,
// and of a small one:
//
//	go test -run ^$ -bench Training ./nn/engine/cpu
func BenchmarkTraining(b *testing.B) {
	for _, kernel := range cpu.Kernels() {
		for _, threads := range []int{1, 2} {
			for _, w := range []struct {
				name string
				net
			}{
				{"W1", net{batch: 64, side: 32, c1: 64, c2: 64, steps: 5}},
				{"W2", net{batch: 64, side: 32, c1: 16, c2: 32, steps: 5}},
				// Small enough for the phases themselves to cost something.
				{"small", net{batch: 16, side: 8, c1: 8, c2: 8, steps: 5}},
			} {
				b.Run(fmt.Sprintf("kernel=%s/net=%s/threads=%d", kernel, w.name, threads), func(b *testing.B) {
					p := w.program(b)
					exe, r := open(b, cpu.New(cpu.Options{Threads: threads, Kernel: kernel}), p)
					in := w.inputs(p)
					for b.Loop() {
						if err := exe.Run(r, in, make([]nn.Tensor, len(p.Outputs))); err != nil {
							b.Fatal(err)
						}
					}
					rate(b, p, w.batch)
				})
			}
		}
	}
}
