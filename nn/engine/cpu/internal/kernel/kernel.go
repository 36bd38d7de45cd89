// Package kernel holds the inner loops of the cpu engine. The loops in Go are
// always compiled; every other implementation is compared with them.
package kernel

// Set is one implementation of the inner loops. All sets compute the same
// sums; the order of additions, and so the last bits, are each set's own.
type Set struct {
	Name string
	// Panel is the number of output channels that packed weights keep
	// together; the last panel is filled up with zeros.
	Panel int
	// Outer is the number of channels of d that one call of Outer takes.
	Outer int

	Convolve   func(*Convolution)
	Accumulate func(*Outer)

	// Loops over the pixels of an image of len(c), or len(s), channels; j runs
	// over channels, p over the pixels of x.

	Sum       func(s, x []float32)                        // s[j] += x[p,j]
	Deviate   func(s, q, x, c []float32)                  // s[j] += x[p,j] - c[j]; q[j] += (x[p,j] - c[j])²
	Product   func(s, q, d, x, c []float32)               // s[j] += d[p,j]; q[j] += d[p,j]·(x[p,j] - c[j])
	Normalise func(y, x, c, r []float32)                  // y[p,j] = (x[p,j] - c[j])·r[j]
	Scale     func(y, x, gain, shift []float32)           // y[p,j] = x[p,j]·gain[j] + shift[j]
	Apply     func(y, d, x, c, r, slope, shift []float32) // y[p,j] = r[j]·d[p,j] - shift[j] - (x[p,j] - c[j])·slope[j]

	// Loops over elements. The result may be an argument.

	Rectify     func(y, x []float32)    // y[i] = max(x[i], 0), NaN where x is
	RectifyGrad func(g, d, y []float32) // g[i] = d[i]·(1 where y[i] > 0, else 0)
	Add         func(y, a, b []float32) // y[i] = a[i] + b[i]

	// Transforms of rows of tiles, see Tiles; nil where they do not pay. With
	//
	//	Bᵀ = (1 0 -1 0 / 0 1 1 0 / 0 -1 1 0 / 0 1 0 -1)   Aᵀ = (1 1 1 0 / 0 1 -1 -1)

	Analyse    func(*Tiles) // Parts = Bᵀ·(4×4 pixels)·B
	Synthesise func(*Tiles) // 2×2 pixels = Aᵀ·Parts·A
	Spread     func(*Tiles) // Parts = A·(2×2 pixels)·Aᵀ

	// Products of bfloat16 numbers and what rounds to them, see Product; nil
	// where they do not pay. Without lo the result is the bfloat16 nearest to x,
	// with lo hi + lo is x rounded to 17 significant bits, ties to even. Infinity
	// and NaN are in hi alone.

	Fast         bool // high and low parts are faster than Convolve and Accumulate
	Multiply     func(*Product)
	Narrow       func(hi, lo []uint16, x []float32)    // hi[i] + lo[i] = x[i]
	NarrowPairs  func(hi, lo []uint16, x, y []float32) // hi[2i] + lo[2i] = x[i], hi[2i+1] + lo[2i+1] = y[i]
	NarrowTurned func(hi, lo []uint16, t *Turn)        // see Turn
}

// Convolution is one row of pixels of a convolution, for one panel:
//
//	for p := range Pixels {
//		for o := range Width {
//			s := 0
//			for r := range Rows {
//				for k := range Run {
//					s += X[r*XRow+p*XStep+k] * W[(r*Run+k)*Panel+o]
//				}
//			}
//			Y[p*YStep+o] = s
//		}
//	}
//
// Run is a contiguous piece of a padded image, (column, channel) merged, so
// strided, sub-pixel and transposed convolutions differ in their steps alone.
type Convolution struct {
	X, W, Y                []float32
	Rows, Run, XRow, XStep int
	Pixels, YStep, Width   int
}

// Outer adds up outer products of pixels:
//
//	for k := range Run {
//		for o := range Width {
//			for i := range Images {
//				for r := range Rows {
//					for p := range Pixels {
//						G[k*GStep+o] += X[i*XImage+r*XRow+p*XStep+k] * D[i*DImage+r*DRow+p*DStep+o]
//					}
//				}
//			}
//		}
//	}
type Outer struct {
	X, D, G              []float32
	Images, Rows, Pixels int
	XImage, XRow, XStep  int
	DImage, DRow, DStep  int
	Run, GStep, Width    int
}

// Sets lists the implementations that this processor can run, the best last.
func Sets() []Set { return append([]Set{GoBFloat16, Go}, native()...) }

// check panics where c, with the panel given, reaches beyond its memory: assembly would not.
func (c *Convolution) check(panel int) {
	if c.Rows < 1 || c.Run < 1 || c.Pixels < 1 || c.Width < 1 {
		panic("kernel: empty convolution")
	}
	_ = c.X[(c.Rows-1)*c.XRow+(c.Pixels-1)*c.XStep+c.Run-1]
	_ = c.W[c.Rows*c.Run*panel-1]
	_ = c.Y[(c.Pixels-1)*c.YStep+c.Width-1]
}

// check panics where o reaches beyond its memory.
func (o *Outer) check() {
	if o.Images < 1 || o.Rows < 1 || o.Run < 1 || o.Pixels < 1 || o.Width < 1 {
		panic("kernel: empty outer product")
	}
	_ = o.X[(o.Images-1)*o.XImage+(o.Rows-1)*o.XRow+(o.Pixels-1)*o.XStep+o.Run-1]
	_ = o.D[(o.Images-1)*o.DImage+(o.Rows-1)*o.DRow+(o.Pixels-1)*o.DStep+o.Width-1]
	_ = o.G[(o.Run-1)*o.GStep+o.Width-1]
}
