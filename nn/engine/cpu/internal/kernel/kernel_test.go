package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// fence is written around all memory that a kernel may write; a NaN around all
// that it may read, so that whatever is read outside is seen in the result.
const (
	fence  = float32(-12345)
	margin = 40
)

// guarded returns n elements, at an odd place between margins of value.
func guarded(n int, value float32) (all, s []float32) {
	all = make([]float32, n+2*margin+1)
	for i := range all {
		all[i] = value
	}
	return all, all[margin+1 : margin+1+n : margin+1+n]
}

// draw returns n random elements between margins of NaN.
func draw(r *rand.Rand, n int) []float32 {
	_, s := guarded(n, float32(math.NaN()))
	for i := range s {
		s[i] = float32(r.NormFloat64())
	}
	return s
}

// outside returns an error where the margins of s within all have changed.
func outside(all []float32, n int) error {
	for i, v := range all {
		if (i <= margin || i > margin+n) && v != fence {
			return fmt.Errorf("element %d, outside of 0 to %d, was overwritten with %g", i-margin-1, n, v)
		}
	}
	return nil
}

// sizes are numbers of pixels, elements and channels around those of blocks.
var sizes = []int{1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 16, 17, 23}

func TestConvolve(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, set := range Sets() {
		t.Run(set.Name, func(t *testing.T) {
			for _, pixels := range sizes {
				for width := 1; width <= set.Panel; width++ {
					for _, c := range []struct{ rows, run, xStep, more int }{{1, 1, 1, 0}, {1, 19, 19, 0}, {3, 6, 2, 3}, {3, 9, 6, 0}, {2, 32, 64, 7}} {
						xRow := (pixels-1)*c.xStep + c.run + c.more
						yStep := width + c.more
						a := Convolution{Rows: c.rows, Run: c.run, XRow: xRow, XStep: c.xStep, Pixels: pixels, YStep: yStep, Width: width,
							X: draw(r, (c.rows-1)*xRow+(pixels-1)*c.xStep+c.run), W: draw(r, c.rows*c.run*set.Panel)}
						for i := range a.W {
							if i%set.Panel >= width {
								a.W[i] = 0
							}
						}
						all, y := guarded((pixels-1)*yStep+width, fence)
						a.Y = y
						set.Convolve(&a)
						if err := outside(all, len(y)); err != nil {
							t.Fatalf("%d pixels, width %d, %+v: %v", pixels, width, c, err)
						}
						for i, got := range y {
							p, o := i/yStep, i%yStep
							if o >= width {
								if got != fence {
									t.Fatalf("%d pixels, width %d, %+v: wrote %g between pixels", pixels, width, c, got)
								}
								continue
							}
							want, scale := 0.0, 0.0
							for row := range c.rows {
								for k := range c.run {
									v := float64(a.X[row*xRow+p*c.xStep+k]) * float64(a.W[(row*c.run+k)*set.Panel+o])
									want, scale = want+v, scale+math.Abs(v)
								}
							}
							// One rounding of 2⁻²⁴ for each of the additions, at worst.
							if bound := scale * float64(c.rows*c.run+1) / (1 << 24); !(math.Abs(float64(got)-want) <= bound) {
								t.Fatalf("%d pixels, width %d, %+v: pixel %d channel %d: got %g, want %g ± %g", pixels, width, c, p, o, got, want, bound)
							}
						}
					}
				}
			}
		})
	}
}

func TestAccumulate(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, set := range Sets() {
		t.Run(set.Name, func(t *testing.T) {
			for _, run := range append([]int{49}, sizes...) {
				for width := 1; width <= set.Outer; width++ {
					for _, c := range []struct{ images, rows, pixels, xStep, more int }{{1, 1, 1, 1, 0}, {1, 1, 19, 23, 0}, {1, 3, 6, 2, 3}, {1, 2, 5, 46, 1}, {3, 2, 4, 5, 2}, {1, 2, 70, 3, 1}, {2, 5, 25, 2, 0}} {
						xRow, dStep := (c.pixels-1)*c.xStep+run+c.more, width+c.more
						dRow, gStep := c.pixels*dStep+c.more, width+2*c.more
						xImage, dImage := (c.rows+1)*xRow, (c.rows+1)*dRow+c.more
						a := Outer{Images: c.images, XImage: xImage, DImage: dImage, Rows: c.rows, Pixels: c.pixels, XRow: xRow, XStep: c.xStep, DRow: dRow, DStep: dStep, Run: run, GStep: gStep, Width: width,
							X: draw(r, (c.images-1)*xImage+(c.rows-1)*xRow+(c.pixels-1)*c.xStep+run), D: draw(r, (c.images-1)*dImage+(c.rows-1)*dRow+(c.pixels-1)*dStep+width)}
						all, g := guarded((run-1)*gStep+width, fence)
						a.G = g
						before := float64(0.5)
						for i := range g {
							if i%gStep < width {
								g[i] = float32(before)
							}
						}
						set.Accumulate(&a)
						if err := outside(all, len(g)); err != nil {
							t.Fatalf("run %d, width %d, %+v: %v", run, width, c, err)
						}
						for i, got := range g {
							k, o := i/gStep, i%gStep
							if o >= width {
								if got != fence {
									t.Fatalf("run %d, width %d, %+v: wrote %g between elements", run, width, c, got)
								}
								continue
							}
							want, scale := before, before
							for i := range c.images {
								for row := range c.rows {
									for p := range c.pixels {
										v := float64(a.X[i*xImage+row*xRow+p*c.xStep+k]) * float64(a.D[i*dImage+row*dRow+p*dStep+o])
										want, scale = want+v, scale+math.Abs(v)
									}
								}
							}
							if bound := scale * float64(c.images*c.rows*c.pixels+1) / (1 << 24); !(math.Abs(float64(got)-want) <= bound) {
								t.Fatalf("run %d, width %d, %+v: element %d channel %d: got %g, want %g ± %g", run, width, c, k, o, got, want, bound)
							}
						}
					}
				}
			}
		})
	}
}

// NaN and infinity reach the pixels, or kernel elements, that read them and no
// other, with a panel of which three channels are there and with a full one.
func TestFaultsStayInTheirPixel(t *testing.T) {
	for _, set := range Sets() {
		for _, width := range []int{min(3, set.Panel), set.Panel} {
			for _, bad := range []float32{float32(math.NaN()), float32(math.Inf(1))} {
				pixels, run := 11, 5
				x, w, y := make([]float32, pixels*run), make([]float32, run*set.Panel), make([]float32, pixels*width)
				for k := range run {
					for o := range width {
						w[k*set.Panel+o] = 1
					}
				}
				x[6*run+2] = bad
				set.Convolve(&Convolution{X: x, W: w, Y: y, Rows: 1, Run: run, XStep: run, Pixels: pixels, YStep: width, Width: width})
				for i, v := range y {
					if (v-v != 0) != (i/width == 6) {
						t.Errorf("%s: %g in pixel 6 gives %g in pixel %d of %d channels", set.Name, bad, v, i/width, width)
					}
				}
				d, g := make([]float32, pixels*width), make([]float32, run*width)
				for i := range d {
					d[i] = 1
				}
				set.Accumulate(&Outer{X: x, D: d, G: g, Images: 1, Rows: 1, Pixels: pixels, XStep: run, DStep: width, Run: run, GStep: width, Width: width})
				for i, v := range g {
					if (v-v != 0) != (i/width == 2) {
						t.Errorf("%s: %g in element 2 gives %g in element %d of %d channels", set.Name, bad, v, i/width, width)
					}
				}
			}
		}
	}
}
