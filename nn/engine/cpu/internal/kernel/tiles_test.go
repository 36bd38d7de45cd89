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

// NaN and infinity in a channel of a tile reach the parts, or pixels, that the
// matrices say and no other tile or channel.
func TestFaultsStayInTheirTile(t *testing.T) {
	const count, channels, tile, channel = 5, 32, 2, 19
	for _, set := range Sets() {
		if set.Analyse == nil {
			continue
		}
		for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
			a := Tiles{Count: count, Channels: channels, Row: (2*count + 2) * channels, Step: count * channels}
			a.Image, a.Parts = make([]float32, 4*a.Row), make([]float32, 16*a.Step)
			a.Image[2*a.Row+(2*tile+1)*channels+channel] = bad // row 2, column 1 of the tile, column 3 of the one before
			check := func(name string) {
				t.Helper()
				for i, v := range a.Parts {
					n := i / channels % count
					if there := i%channels == channel && (n == tile || n == tile-1); v-v != 0 && !there {
						t.Errorf("%s: %s of %g: part %d of tile %d, channel %d, is %g", set.Name, name, bad, i/a.Step, n, i%channels, v)
					}
				}
			}
			set.Analyse(&a)
			check("Analyse")
			for u, part := range []bool{true, true, true, false} { // rows of the first matrix that read row 2
				if v := a.Parts[(4*u+1)*a.Step+tile*channels+channel]; (v-v != 0) != part {
					t.Errorf("%s: Analyse of %g: part (%d, 1) is %g", set.Name, bad, u, v)
				}
			}
			set.Synthesise(&a)
			for i := range 2 * a.Row {
				pixel, j := i%a.Row/channels, i%channels
				if v := a.Image[i]; v-v != 0 && (j != channel || pixel/2 != tile && pixel/2 != tile-1) {
					t.Errorf("%s: Synthesise of %g: column %d, channel %d, is %g", set.Name, bad, pixel, j, v)
				}
			}
			clear(a.Image)
			clear(a.Parts)
			a.Image[a.Row+(2*tile+1)*channels+channel] = bad
			set.Spread(&a)
			check("Spread")
		}
	}
}
