//go:build amd64 && !purego

package kernel

import "golang.org/x/sys/cpu"

// AVX512 keeps eight pixels, or kernel elements, by 32 channels in registers, or
// sixteen by 16.
var AVX512 = Set{Name: "avx512", Panel: 32, Outer: 32, Convolve: convolveAVX512, Accumulate: accumulateAVX512,
	Sum: sumAVX512, Deviate: deviateAVX512, Product: productAVX512, Normalise: normaliseAVX512, Scale: scaleAVX512, Apply: applyAVX512,
	Rectify: rectifyAllAVX512, RectifyGrad: rectifyGradAllAVX512, Add: addAllAVX512,
	Analyse: tiles(analyseAVX512, 4), Synthesise: tiles(synthesiseAVX512, 2), Spread: tiles(spreadAVX512, 2),
}

// tiles returns a transform of tiles of so many pixels on a side.
func tiles(f func(image, parts *float32, count, channels, row, step int), side int) func(*Tiles) {
	return func(t *Tiles) {
		t.check(side)
		f(at(t.Image, 0), at(t.Parts, 0), t.Count, t.Channels, t.Row, t.Step)
	}
}

//go:noescape
func analyseAVX512(image, parts *float32, count, channels, row, step int)

//go:noescape
func synthesiseAVX512(image, parts *float32, count, channels, row, step int)

//go:noescape
func spreadAVX512(image, parts *float32, count, channels, row, step int)

// native returns the sets that the processor and its operating system allow.
func native() []Set {
	var sets []Set
	if cpu.X86.HasAVX2 && cpu.X86.HasFMA {
		sets = append(sets, AVX2)
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL {
		if hasAMX() {
			sets = append(sets, AMX) // by name alone: it has run in an emulator only
		}
		sets = append(sets, AVX512)
	}
	return sets
}

//go:noescape
func conv8x32AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)

//go:noescape
func conv4x32AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)

//go:noescape
func conv1x32AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)

//go:noescape
func conv16x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)

//go:noescape
func conv8x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)

//go:noescape
func conv4x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)

//go:noescape
func conv1x16AVX512(x, w, y *float32, rows, run, xRow, xStep, yStep int, mask uint32)

//go:noescape
func outer8x32AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)

//go:noescape
func outer1x32AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)

//go:noescape
func outer16x16AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)

//go:noescape
func outer8x16AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)

//go:noescape
func outer1x16AVX512(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask uint32)

// at returns the address of element i, which is there.
func at(s []float32, i int) *float32 { return &s[i] }

// convolveAVX512 takes blocks of 8 pixels, of 16 with few channels, and of 4 at the end or in a short
// row. The last block may begin before the end of the one before it, and
// computes the same again.
func convolveAVX512(c *Convolution) {
	c.check(32)
	mask := ones32(c.Width)
	for p := 0; p < c.Pixels; {
		size := 1
		switch rest := c.Pixels - p; {
		case c.Width <= 16 && (rest >= 16 || rest > 8 && c.Pixels >= 16):
			size = 16
		case rest >= 8 || rest > 4 && c.Pixels >= 8:
			size = 8
		case rest >= 4 || c.Pixels >= 4:
			size = 4
		}
		p = min(p, c.Pixels-size)
		x, w, y := at(c.X, p*c.XStep), at(c.W, 0), at(c.Y, p*c.YStep)
		switch {
		case size == 16:
			conv16x16AVX512(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, c.YStep, mask)
		case size == 8 && c.Width > 16:
			conv8x32AVX512(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, c.YStep, mask)
		case size == 8:
			conv8x16AVX512(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, c.YStep, mask)
		case size == 4 && c.Width > 16:
			conv4x32AVX512(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, c.YStep, mask)
		case size == 4:
			conv4x16AVX512(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, c.YStep, mask)
		case c.Width > 16:
			conv1x32AVX512(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, c.YStep, mask)
		default:
			conv1x16AVX512(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, c.YStep, mask)
		}
		p += size
	}
}

func accumulateAVX512(o *Outer) {
	o.check()
	mask := ones32(o.Width)
	d := at(o.D, 0)
	xRest, dRest := 4*(o.XImage-o.Rows*o.XRow), 4*(o.DImage-o.Rows*o.DRow)
	for k := 0; k < o.Run; {
		x, g, size := at(o.X, k), at(o.G, k*o.GStep), 1
		switch rest := o.Run - k; {
		case rest >= 16 && o.Width <= 16:
			size = 16
			outer16x16AVX512(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep, mask)
		case rest >= 8 && o.Width > 16:
			size = 8
			outer8x32AVX512(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep, mask)
		case rest >= 8:
			size = 8
			outer8x16AVX512(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep, mask)
		case o.Width > 16:
			outer1x32AVX512(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep, mask)
		default:
			outer1x16AVX512(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep, mask)
		}
		k += size
	}
}
