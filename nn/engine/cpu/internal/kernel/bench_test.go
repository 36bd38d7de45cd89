package kernel

import (
	"fmt"
	"testing"
)

// giga reports how many thousand millions of something a second were done.
func giga(b *testing.B, each int, unit string) {
	s := b.Elapsed().Seconds()
	b.ReportMetric(float64(each)*float64(b.N)/s/1e9, unit)
	b.ReportMetric(0, "ns/op")
}

// BenchmarkConvolve computes one row of pixels, for one panel, with data in the
// first or second cache.
func BenchmarkConvolve(b *testing.B) {
	for _, set := range Sets() {
		for _, g := range []struct{ rows, run, pixels, step int }{
			{3, 3 * 64, 32, 64}, {3, 3 * 64, 16, 128}, {2, 2 * 64, 16, 64}, {1, 64, 32, 64}, {3, 3 * 32, 16, 32}, {1, 32, 64, 32}, {3, 3 * 16, 32, 16}, {1, 16, 128, 16}, {3, 9, 32, 3},
		} {
			b.Run(fmt.Sprintf("%s/%d×%d/%d", set.Name, g.rows, g.run, g.pixels), func(b *testing.B) {
				row := (g.pixels-1)*g.step + g.run
				c := Convolution{Rows: g.rows, Run: g.run, XRow: row, XStep: g.step, Pixels: g.pixels, YStep: 64, Width: min(set.Panel, 64),
					X: make([]float32, g.rows*row), W: make([]float32, g.rows*g.run*set.Panel), Y: make([]float32, g.pixels*64)}
				for b.Loop() {
					set.Convolve(&c)
				}
				giga(b, g.rows*g.run*g.pixels*c.Width, "GMAC/s")
			})
		}
	}
}

// BenchmarkAccumulate adds up the outer products of pixels of so many channels
// on both sides.
func BenchmarkAccumulate(b *testing.B) {
	for _, set := range Sets() {
		for _, g := range []struct{ rows, pixels, from, to int }{
			{1, 32, 64, 64}, {2, 16, 64, 64}, {1, 128, 64, 64}, {1, 64, 32, 32}, {1, 128, 16, 16}, {1, 32, 128, 128}, {2, 32, 8, 8}, {1, 128, 27, 24}, {1, 1, 64, 10},
		} {
			b.Run(fmt.Sprintf("%s/%d×%d/%d-%d", set.Name, g.rows, g.pixels, g.from, g.to), func(b *testing.B) {
				n := g.rows * g.pixels
				x, d, sum := make([]float32, n*g.from), make([]float32, n*g.to), make([]float32, g.from*g.to)
				o := Outer{X: x, Images: 1, Rows: g.rows, Pixels: g.pixels, XRow: g.pixels * g.from, XStep: g.from, DRow: g.pixels * g.to, DStep: g.to, Run: g.from, GStep: g.to}
				for b.Loop() {
					for at := 0; at < g.to; at += set.Outer {
						o.D, o.G, o.Width = d[at:], sum[at:], min(set.Outer, g.to-at)
						set.Accumulate(&o)
					}
				}
				giga(b, n*g.from*g.to, "GMAC/s")
			})
		}
	}
}
