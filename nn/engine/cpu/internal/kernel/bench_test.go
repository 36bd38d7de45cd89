package kernel

import (
	"fmt"
	"testing"
)

// giga reports how many thousand millions of something a second were done.
func giga(b *testing.B, each int, unit string) {
	s := b.Elapsed().Seconds()
	b.ReportMetric(float64(each)*float64(b.N)/s/1e9, unit)
}

// BenchmarkConvolve computes one row of pixels, for one panel, with data in the
// first or second cache.
func BenchmarkConvolve(b *testing.B) {
	for _, set := range Sets() {
		for _, g := range []struct{ rows, run, pixels, step int }{
			{3, 3 * 64, 32, 64}, {3, 3 * 64, 16, 128}, {2, 2 * 64, 16, 64}, {1, 64, 32, 64}, {3, 3 * 32, 16, 32}, {1, 32, 64, 32}, {3, 3 * 16, 32, 16}, {1, 16, 128, 16}, {3, 9, 32, 3},
		} {
			b.Run(fmt.Sprintf("kernel=%s/sum=%d×%d/pixels=%d", set.Name, g.rows, g.run, g.pixels), func(b *testing.B) {
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
			b.Run(fmt.Sprintf("kernel=%s/pixels=%d×%d/channels=%d-%d", set.Name, g.rows, g.pixels, g.from, g.to), func(b *testing.B) {
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

// BenchmarkTiles transforms a row of 16 tiles; the rate is of pixels and parts
// read and written.
func BenchmarkTiles(b *testing.B) {
	for _, set := range Sets() {
		if set.Analyse == nil {
			continue
		}
		for _, channels := range []int{16, 64} {
			t := Tiles{Count: 16, Channels: channels, Row: 34 * channels, Step: 16*channels + 16}
			t.Image, t.Parts = make([]float32, 4*t.Row), make([]float32, 16*t.Step)
			for _, f := range []struct {
				name   string
				run    func(*Tiles)
				pixels int // of a tile
			}{{"analyse", set.Analyse, 16}, {"synthesise", set.Synthesise, 4}, {"spread", set.Spread, 4}} {
				b.Run(fmt.Sprintf("kernel=%s/op=%s/channels=%d", set.Name, f.name, channels), func(b *testing.B) {
					b.SetBytes(int64(4 * t.Count * channels * (16 + f.pixels)))
					for b.Loop() {
						f.run(&t)
					}
				})
			}
		}
	}
}
