package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// products returns the sets that multiply bfloat16 numbers, and says aloud that
// no machine code among them was tried.
func products(t *testing.T) []Set {
	t.Helper()
	sets := slices.DeleteFunc(Sets(), func(s Set) bool { return s.Multiply == nil })
	if len(sets) == 1 {
		t.Run("amx", func(t *testing.T) { t.Skip("no AMX on this machine") })
	}
	return sets
}

// guardedHalves is guarded of bfloat16 numbers.
func guardedHalves(n int, value uint16) (all, s []uint16) {
	all = make([]uint16, n+2*margin+1)
	for i := range all {
		all[i] = value
	}
	return all, all[margin+1 : margin+1+n : margin+1+n]
}

const halfNaN = 0x7fc0

// drawHalves returns n random bfloat16 numbers between margins of NaN.
func drawHalves(r *rand.Rand, n int) []uint16 {
	_, s := guardedHalves(n, halfNaN)
	for i := range s {
		s[i] = upper(float32(r.NormFloat64()))
	}
	return s
}

// layouts are products of odd sizes, as convolutions and as gradients have them.
func layouts(r *rand.Rand, rows, width, blocks, pairs, chunks, terms, more int, add bool) *Product {
	p := &Product{Rows: rows, Width: width, Pairs: pairs, Chunks: chunks, Add: add,
		AStep: 2*pairs*chunks + more, BStep: 2*width + 2*more, CStep: width + more}
	a, b := rows*p.AStep+more, pairs*chunks*p.BStep
	for t := range terms {
		p.Terms = append(p.Terms, Term{A: t * (blocks*a + 1), B: (terms - 1 - t) * (b + 3)})
	}
	for k := range blocks {
		p.Blocks = append(p.Blocks, Block{A: (blocks - 1 - k) * a, C: k * (rows*p.CStep + 5)})
	}
	p.A = drawHalves(r, (terms-1)*(blocks*a+1)+(blocks-1)*a+(rows-1)*p.AStep+2*pairs*chunks)
	p.B = drawHalves(r, (terms-1)*(b+3)+(pairs*chunks-1)*p.BStep+2*width)
	return p
}

// wanted returns element (i, j) of block b and the sum of the sizes of what it adds.
func wanted(p *Product, b Block, i, j int, before float64) (want, scale float64) {
	want, scale = before, math.Abs(before)
	for _, t := range p.Terms {
		for k := range 2 * p.Pairs * p.Chunks {
			v := float64(wide(p.A[t.A+b.A+i*p.AStep+k])) * float64(wide(p.B[t.B+k/2*p.BStep+2*j+k%2]))
			want, scale = want+v, scale+math.Abs(v)
		}
	}
	return want, scale
}

func TestMultiply(t *testing.T) {
	for _, set := range products(t) {
		t.Run(set.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(2, 1))
			for _, rows := range []int{1, 2, 7, 8, 15, 16} {
				for width := 1; width <= ProductWidth; width++ {
					if testing.Short() && !slices.Contains([]int{1, 15, 16, 17, 32}, width) {
						continue
					}
					for _, c := range []struct{ blocks, pairs, chunks, terms, more int }{{1, 1, 1, 1, 0}, {2, 16, 2, 1, 0}, {3, 5, 3, 2, 3}, {1, 12, 1, 3, 7}, {4, 16, 1, 2, 1}} {
						for _, add := range []bool{false, true} {
							p := layouts(r, rows, width, c.blocks, c.pairs, c.chunks, c.terms, c.more, add)
							n := (c.blocks-1)*(rows*p.CStep+5) + (rows-1)*p.CStep + width
							all, y := guarded(n, fence)
							p.C = y
							before, inside := 0.0, map[int]bool{}
							for _, b := range p.Blocks {
								for i := range rows {
									for j := range width {
										at := b.C + i*p.CStep + j
										if inside[at] = true; add {
											before, y[at] = 0.5, 0.5
										}
									}
								}
							}
							set.Multiply(p)
							if err := outside(all, n); err != nil {
								t.Fatalf("%d rows, width %d, %+v: %v", rows, width, c, err)
							}
							for at, v := range y {
								if !inside[at] && v != fence {
									t.Fatalf("%d rows, width %d, %+v: wrote %g between rows", rows, width, c, v)
								}
							}
							for k, b := range p.Blocks {
								for i := range rows {
									for j := range width {
										want, scale := wanted(p, b, i, j, before)
										got := float64(y[b.C+i*p.CStep+j])
										// A product of two bfloat16 numbers is exact; one rounding of 2⁻²⁴ for each addition, at worst.
										if bound := scale * float64(2*c.pairs*c.chunks*c.terms+1) / (1 << 24); !(math.Abs(got-want) <= bound) {
											t.Fatalf("%d rows, width %d, %+v, add %v: block %d row %d column %d: got %g, want %g ± %g", rows, width, c, add, k, i, j, got, want, bound)
										}
									}
								}
							}
						}
					}
				}
			}
		})
	}
}

// NaN and infinity reach the row that reads them, or the column, and no other.
func TestMultiplyFaults(t *testing.T) {
	for _, set := range products(t) {
		for _, bad := range []uint16{halfNaN, 0x7f80} {
			for _, inB := range []bool{false, true} {
				r := rand.New(rand.NewPCG(2, 2))
				p := layouts(r, 9, 21, 3, 6, 2, 1, 0, false)
				p.C = make([]float32, 3*(9*21+5))
				if inB {
					p.B[7*p.BStep+2*17+1] = bad
				} else {
					p.A[p.Blocks[1].A+4*p.AStep+9] = bad
				}
				set.Multiply(p)
				for k, b := range p.Blocks {
					for i := range p.Rows {
						for j := range p.Width {
							v := p.C[b.C+i*p.CStep+j]
							if want := inB && j == 17 || !inB && k == 1 && i == 4; (v-v != 0) != want {
								t.Errorf("%s: %#x gives %g in block %d row %d column %d", set.Name, bad, v, k, i, j)
							}
						}
					}
				}
			}
		}
	}
}

// Work that repeats is the same to the last bit, wherever blocks stand.
func TestMultiplyRepeats(t *testing.T) {
	for _, set := range products(t) {
		r := rand.New(rand.NewPCG(2, 3))
		p := layouts(r, 16, 32, 5, 16, 3, 3, 2, false)
		p.C = make([]float32, 5*(16*p.CStep+5))
		set.Multiply(p)
		for k := range p.Blocks {
			q := *p
			q.Blocks, q.C = p.Blocks[k:k+1], make([]float32, len(p.C))
			set.Multiply(&q)
			for i := range p.Rows {
				at := p.Blocks[k].C + i*p.CStep
				if !slices.Equal(q.C[at:at+p.Width], p.C[at:at+p.Width]) {
					t.Errorf("%s: block %d alone differs", set.Name, k)
				}
			}
		}
	}
}

// Products of four threads are the same to the last bit however often signals
// (those of the collector) and other threads come between: the operating system
// saves and restores all tiles and their configuration.
func TestMultiplyInterrupted(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for _, set := range products(t) {
		repeat := 500
		if set.Name == GoBFloat16.Name {
			repeat = 5
		}
		var running sync.WaitGroup
		for g, width := range []int{3, 16, 17, 32} {
			p := layouts(rand.New(rand.NewPCG(2, uint64(6+g))), 16-g, width, 4, 16-g, 12, 4, 1, true)
			n := 3*(p.Rows*p.CStep+5) + (p.Rows-1)*p.CStep + p.Width
			p.C = make([]float32, n)
			set.Multiply(p)
			running.Go(func() {
				for k := range repeat {
					q := *p
					q.C = make([]float32, n)
					if set.Multiply(&q); !slices.Equal(q.C, p.C) {
						t.Errorf("%s, width %d: product %d is not the first", set.Name, width, k)
						return
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { running.Wait(); close(done) }()
		for going := true; going; {
			runtime.GC()
			select {
			case <-done:
				going = false
			case <-time.After(time.Millisecond):
			}
		}
	}
}

// edges are numbers at the edges of rounding.
var edges = []float32{0, float32(math.Copysign(0, -1)), 1, -1, 1 + 1.0/256, 1 + 3.0/256, 1.0/3 + 0, -math.Pi, 1e-3, 65535, 3.3e38, -3.4e38, math.MaxFloat32,
	float32(math.NaN()), float32(math.Inf(1)), float32(math.Inf(-1)), math.Float32frombits(0x3f808000), math.Float32frombits(0x3f818000), math.Float32frombits(0x3f808001), math.Float32frombits(0x3f800040), math.Float32frombits(0x3f8000c0),
	math.Float32frombits(0x7f800001), math.Float32frombits(0x00800000), math.Float32frombits(0x007fffff), 1e-40}

// A high and a low part are 17 significant bits, the high part 8.
func TestSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 4))
	round := func(x float64, bits int) float64 {
		m, e := math.Frexp(x)
		return math.Ldexp(math.RoundToEven(math.Ldexp(m, bits)), e-bits)
	}
	for range 10000 {
		x := float32(r.NormFloat64() * math.Exp2(float64(r.IntN(60)-30)))
		hi, lo := Split(x)
		if got, want := float64(wide(hi))+float64(wide(lo)), round(float64(x), 17); got != want {
			t.Fatalf("%g: got %g, want %g", x, got, want)
		}
		if got, want := float64(wide(upper(x))), round(float64(x), 8); got != want {
			t.Fatalf("%g: got %g, want %g", x, got, want)
		}
	}
	for _, x := range edges {
		hi, lo := Split(x)
		if v := wide(hi) + wide(lo); math.IsNaN(float64(x)) != math.IsNaN(float64(v)) || math.IsInf(float64(x), 0) && v != x {
			t.Errorf("%g: got %g", x, v)
		}
	}
}

// All sets narrow to the same bits, and write nothing else.
func TestNarrow(t *testing.T) {
	const half = 0x1234
	for _, set := range products(t) {
		t.Run(set.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(2, 5))
			same := func(n int, what string, got func(hi, lo []uint16), want func(hi, lo []uint16)) {
				t.Helper()
				for _, split := range []bool{false, true} {
					a, hi := guardedHalves(n, half)
					b, lo := guardedHalves(n, half)
					c, hi0 := guardedHalves(n, half)
					d, lo0 := guardedHalves(n, half)
					if !split {
						lo, lo0 = nil, nil
					}
					got(hi, lo)
					want(hi0, lo0)
					if !slices.Equal(a, c) || !slices.Equal(b, d) {
						t.Fatalf("%s, split %v: differs", what, split)
					}
				}
			}
			for _, n := range append([]int{31, 32, 33, 64, 65, 100}, sizes...) {
				x, y := draw(r, n), draw(r, n)
				for i := range min(n, 100) {
					if r.IntN(3) == 0 {
						x[i], y[n-1-i] = edges[r.IntN(len(edges))], edges[r.IntN(len(edges))]
					}
				}
				same(n, fmt.Sprint(n), func(hi, lo []uint16) { set.Narrow(hi, lo, x) }, func(hi, lo []uint16) { narrowGo(hi, lo, x) })
				same(2*n, fmt.Sprint("pairs of ", n), func(hi, lo []uint16) { set.NarrowPairs(hi, lo, x, y) }, func(hi, lo []uint16) { narrowPairsGo(hi, lo, x, y) })
				for _, channels := range []int{1, 3, 15, 16, 17, 32, 40} {
					for _, more := range []int{0, 5} {
						a := Turn{Pixels: n, Channels: channels, Step: channels + more, Pitch: n + more}
						a.X = draw(r, (n-1)*a.Step+channels)
						a.X[r.IntN(len(a.X))] = float32(math.NaN())
						same((channels-1)*a.Pitch+n, fmt.Sprintf("%d pixels of %d channels", n, channels),
							func(hi, lo []uint16) { set.NarrowTurned(hi, lo, &a) }, func(hi, lo []uint16) { narrowTurnedGo(hi, lo, &a) })
					}
				}
			}
		})
	}
}
