package ref_test

import (
	"testing"

	"ventral/nn"
)

// BenchmarkEval reports the rate of the oracle's convolutions, which whole-model
// gradient checks spend their time in.
func BenchmarkEval(b *testing.B) {
	x, k := nn.NewArray(nn.Shape{4, 16, 16, 16}), nn.NewArray(nn.Shape{3, 3, 16, 32})
	y := nn.NewArray(nn.Shape{4, 16, 16, 32})
	for name, c := range map[string]struct {
		op            nn.Op
		args, results []nn.Array
	}{
		"conv2d":           {nn.Conv2D{Stride: 1}, []nn.Array{x, k}, []nn.Array{y}},
		"conv_transpose2d": {nn.ConvTranspose2D{Stride: 1, Height: 16, Width: 16}, []nn.Array{y, k}, []nn.Array{x}},
		"conv_kernel":      {nn.ConvKernel{Stride: 1, Kh: 3, Kw: 3}, []nn.Array{x, y}, []nn.Array{k}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.op.Eval(c.args, c.results)
			}
			b.ReportMetric(float64(4*16*16*3*3*16*32)*float64(b.N)/b.Elapsed().Seconds()/1e9, "Gmadd/s")
		})
	}
}
