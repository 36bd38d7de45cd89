//go:build amd64 && !purego

package kernel

import "unsafe"

// AVX2 keeps six pixels, or kernel elements, by 16 channels in registers.
var AVX2 = Set{Name: "avx2", Panel: 16, Outer: 16, Convolve: convolveAVX2, Accumulate: accumulateAVX2,
	Sum: sumAVX2, Deviate: deviateAVX2, Product: productAVX2, Normalise: normaliseAVX2, Scale: scaleAVX2, Apply: applyAVX2,
	Rectify: rectifyAllAVX2, RectifyGrad: rectifyGradAllAVX2, Add: addAllAVX2,
	Analyse: tiles(analyseAVX2, 4), Synthesise: tiles(synthesiseAVX2, 2), Spread: tiles(spreadAVX2, 2),
}

// blockAVX2 returns how many of the rest of so many pixels come next: sixes and
// fours make up any even number, and of an odd one the last block begins before
// the end of the one before it and computes the same again.
func blockAVX2(rest, pixels int) int {
	switch {
	case rest >= 9 || rest == 6 || rest == 5 && pixels >= 6:
		return 6
	case pixels >= 4:
		return 4
	}
	return 1
}

func convolveAVX2(c *Convolution) {
	c.check(16)
	var block [6 * 16]float32 // sums of channels of which not all are there
	w := at(c.W, 0)
	for p := 0; p < c.Pixels; {
		size := blockAVX2(c.Pixels-p, c.Pixels)
		p = min(p, c.Pixels-size)
		x, y, yStep := at(c.X, p*c.XStep), &block[0], 16
		if c.Width == 16 {
			y, yStep = at(c.Y, p*c.YStep), c.YStep
		}
		switch size {
		case 6:
			conv6x16AVX2(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, yStep)
		case 4:
			conv4x16AVX2(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, yStep)
		default:
			conv1x16AVX2(x, w, y, c.Rows, c.Run, c.XRow, c.XStep, yStep)
		}
		if c.Width < 16 {
			for i := range size {
				copy(c.Y[(p+i)*c.YStep:][:c.Width], block[16*i:])
			}
		}
		p += size
	}
}

// ones has 16 elements of all ones and then zeros: from element 16-n on it is
// the mask of n channels.
var ones = func() (m [32]uint32) {
	for i := range 16 {
		m[i] = ^uint32(0)
	}
	return m
}()

func maskAVX2(n int) *[16]uint32 { return (*[16]uint32)(unsafe.Pointer(&ones[16-n])) }

func accumulateAVX2(o *Outer) {
	o.check()
	mask, full := maskAVX2(o.Width), o.Width == 16
	d := at(o.D, 0)
	xRest, dRest := 4*(o.XImage-o.Rows*o.XRow), 4*(o.DImage-o.Rows*o.DRow)
	for k := 0; k < o.Run; {
		x, g, size := at(o.X, k), at(o.G, k*o.GStep), 1
		switch rest := o.Run - k; {
		case full && rest >= 6 && rest != 8 && rest != 9:
			size = 6
			outer6x16AVX2(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep)
		case full && rest >= 4:
			size = 4
			outer4x16AVX2(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep)
		case full:
			outer1x16AVX2(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep)
		case rest >= 4:
			size = 4
			maskedOuter4x16AVX2(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep, mask)
		default:
			maskedOuter1x16AVX2(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep, mask)
		}
		k += size
	}
}

//go:noescape
func conv6x16AVX2(x, w, y *float32, rows, run, xRow, xStep, yStep int)

//go:noescape
func conv4x16AVX2(x, w, y *float32, rows, run, xRow, xStep, yStep int)

//go:noescape
func conv1x16AVX2(x, w, y *float32, rows, run, xRow, xStep, yStep int)

//go:noescape
func outer6x16AVX2(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int)

//go:noescape
func outer4x16AVX2(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int)

//go:noescape
func outer1x16AVX2(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int)

//go:noescape
func maskedOuter4x16AVX2(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask *[16]uint32)

//go:noescape
func maskedOuter1x16AVX2(x, d, sum *float32, images, rows, pixels, xRow, xStep, dRow, dStep, xRest, dRest, sumStep int, mask *[16]uint32)

//go:noescape
func analyseAVX2(image, parts *float32, count, channels, row, step int)

//go:noescape
func synthesiseAVX2(image, parts *float32, count, channels, row, step int)

//go:noescape
func spreadAVX2(image, parts *float32, count, channels, row, step int)
