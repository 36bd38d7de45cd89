package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The transforms of F(2×2, 3×3) are these matrices, applied from both sides.
var (
	analysis  = [][]float64{{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}}
	spreads   = [][]float64{{1, 0}, {1, 1}, {1, -1}, {0, -1}}
	synthesis = [][]float64{{1, 1, 1, 0}, {0, 1, -1, -1}}
)

func TestTiles(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for _, set := range Sets() {
		for _, c := range []struct {
			name   string
			run    func(*Tiles)
			matrix [][]float64
			side   int
			back   bool // from parts to pixels
		}{
			{"Analyse", set.Analyse, analysis, 4, false},
			{"Spread", set.Spread, spreads, 2, false},
			{"Synthesise", set.Synthesise, synthesis, 2, true},
		} {
			if c.run == nil {
				continue
			}
			t.Run(set.Name+"/"+c.name, func(t *testing.T) {
				for _, count := range []int{1, 2, 7} {
					for _, channels := range []int{16, 48} {
						a := Tiles{Count: count, Channels: channels, Row: (2*count+c.side)*channels + 3, Step: count*channels + 5}
						pixels, parts := (c.side-1)*a.Row+(2*count+c.side-2)*channels, 15*a.Step+count*channels
						var all []float32
						if c.back {
							a.Parts = draw(r, parts)
							all, a.Image = guarded(pixels, fence)
						} else {
							a.Image = draw(r, pixels)
							all, a.Parts = guarded(parts, fence)
						}
						c.run(&a)
						if err := outside(all, len(all)-2*margin-1); err != nil {
							t.Fatal(err)
						}
						written := 0
						for n := range count {
							for j := range channels {
								at := func(p, q int) *float32 { return &a.Image[p*a.Row+(2*n+q)*channels+j] }
								part := func(u, v int) *float32 { return &a.Parts[(4*u+v)*a.Step+n*channels+j] }
								from, to, inner := at, part, c.side
								if c.back {
									from, to, inner = part, at, 4
								}
								for u := range c.matrix {
									for v := range c.matrix {
										want := 0.0
										for p := range inner {
											for q := range inner {
												want += c.matrix[u][p] * c.matrix[v][q] * float64(*from(p, q))
											}
										}
										// Sums of at most 9 numbers of a few units.
										if got := float64(*to(u, v)); !(math.Abs(got-want) <= 1e-5) {
											t.Fatalf("%d tiles of %d channels: tile %d channel %d (%d, %d): got %g, want %g", count, channels, n, j, u, v, got, want)
										}
										written++
									}
								}
							}
						}
						for _, v := range all {
							if v != fence {
								written--
							}
						}
						if written != 0 {
							t.Errorf("%d tiles of %d channels: wrote %d elements too many", count, channels, -written)
						}
					}
				}
			})
		}
	}
}
