//go:build amd64 && !purego

package kernel

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

func accumulateAVX2(o *Outer) {
	o.check()
	if o.Width < 16 {
		accumulatePartAVX2(o)
		return
	}
	d := at(o.D, 0)
	xRest, dRest := 4*(o.XImage-o.Rows*o.XRow), 4*(o.DImage-o.Rows*o.DRow)
	for k := 0; k < o.Run; {
		x, g, size := at(o.X, k), at(o.G, k*o.GStep), 1
		switch rest := o.Run - k; {
		case rest >= 6 && rest != 8 && rest != 9:
			size = 6
			outer6x16AVX2(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep)
		case rest >= 4:
			size = 4
			outer4x16AVX2(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep)
		default:
			outer1x16AVX2(x, d, g, o.Images, o.Rows, o.Pixels, o.XRow, o.XStep, o.DRow, o.DStep, xRest, dRest, o.GStep)
		}
		k += size
	}
}

// accumulatePartAVX2 is accumulateAVX2 of fewer than 16 channels: it copies them
// between zeros, some pixels at a time.
func accumulatePartAVX2(o *Outer) {
	const most, elements = 64, 48 // pixels and kernel elements at a time
	var d [most * 16]float32
	var g [elements * 16]float32
	a := Outer{Images: 1, XRow: o.XRow, XStep: o.XStep, DStep: 16, GStep: 16, Width: 16, D: d[:], G: g[:]}
	width := min(o.Pixels, most)
	for i := range o.Images {
		for r := 0; r < o.Rows; r += most / width {
			for p := 0; p < o.Pixels; p += width {
				a.Rows, a.Pixels = min(most/width, o.Rows-r), min(width, o.Pixels-p)
				a.DRow = a.Pixels * 16
				for row := range a.Rows {
					from := o.D[i*o.DImage+(r+row)*o.DRow+p*o.DStep:]
					for q := range a.Pixels {
						copy(d[row*a.DRow+16*q:][:o.Width], from[q*o.DStep:])
					}
				}
				for k := 0; k < o.Run; k += elements {
					a.Run = min(elements, o.Run-k)
					a.X = o.X[i*o.XImage+r*o.XRow+p*o.XStep+k:]
					clear(g[:16*a.Run])
					accumulateAVX2(&a)
					for e := range a.Run {
						to := o.G[(k+e)*o.GStep:][:o.Width]
						for j := range to {
							to[j] += g[16*e+j]
						}
					}
				}
			}
		}
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
func analyseAVX2(image, parts *float32, count, channels, row, step int)

//go:noescape
func synthesiseAVX2(image, parts *float32, count, channels, row, step int)

//go:noescape
func spreadAVX2(image, parts *float32, count, channels, row, step int)
