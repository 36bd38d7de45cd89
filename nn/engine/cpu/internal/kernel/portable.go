package kernel

import "unsafe"

// Go is the portable set: four pixels or kernel elements by two channels in
// registers.
var Go = Set{Name: "go", Panel: 2, Outer: 2, Convolve: convolveGo, Accumulate: accumulateGo,
	Sum:         func(s, x []float32) { sumGo(s, x, 0) },
	Deviate:     func(s, q, x, c []float32) { deviateGo(s, q, x, c, 0) },
	Product:     func(s, q, d, x, c []float32) { productGo(s, q, d, x, c, 0) },
	Normalise:   func(y, x, c, r []float32) { normaliseGo(y, x, c, r, 0) },
	Scale:       func(y, x, gain, shift []float32) { scaleGo(y, x, gain, shift, 0) },
	Apply:       func(y, d, x, c, r, slope, shift []float32) { applyGo(y, d, x, c, r, slope, shift, 0) },
	Rectify:     rectifyGo,
	RectifyGrad: rectifyGradGo,
	Add:         addGo,
	Analyse:     analyseGo,
	Synthesise:  synthesiseGo,
	Spread:      spreadGo,
}

// GoBFloat16 is Go with products of bfloat16 numbers: slower than Go, it shows on
// any machine what those of other sets do.
var GoBFloat16 = func() Set {
	s := Go
	s.Name, s.Multiply = "go-bf16", multiplyGo
	s.Narrow, s.NarrowPairs, s.NarrowTurned = narrowGo, narrowPairsGo, narrowTurnedGo
	return s
}()

// pairs returns s as pairs.
func pairs(s []float32) [][2]float32 {
	return unsafe.Slice((*[2]float32)(unsafe.Pointer(unsafe.SliceData(s))), len(s)/2)
}

func convolveGo(c *Convolution) {
	p := 0
	for ; p+4 <= c.Pixels; p += 4 {
		convolve4(c, p)
	}
	for ; p < c.Pixels; p++ {
		convolve1(c, p)
	}
}

// convolve4 computes pixels p to p+3.
func convolve4(c *Convolution, p int) {
	var a0, a1, b0, b1, c0, c1, d0, d1 float32
	for r := range c.Rows {
		at := r*c.XRow + p*c.XStep
		xa := c.X[at:][:c.Run]
		xb := c.X[at+c.XStep:][:len(xa)]
		xc := c.X[at+2*c.XStep:][:len(xa)]
		xd := c.X[at+3*c.XStep:][:len(xa)]
		w := pairs(c.W[2*r*c.Run:][:2*c.Run])[:len(xa)]
		for k, x := range xa {
			w0, w1 := w[k][0], w[k][1]
			a0 += x * w0
			a1 += x * w1
			x = xb[k]
			b0 += x * w0
			b1 += x * w1
			x = xc[k]
			c0 += x * w0
			c1 += x * w1
			x = xd[k]
			d0 += x * w0
			d1 += x * w1
		}
	}
	put(c, p, a0, a1)
	put(c, p+1, b0, b1)
	put(c, p+2, c0, c1)
	put(c, p+3, d0, d1)
}

// convolve1 computes pixel p.
func convolve1(c *Convolution, p int) {
	var a0, a1 float32
	for r := range c.Rows {
		xa := c.X[r*c.XRow+p*c.XStep:][:c.Run]
		w := pairs(c.W[2*r*c.Run:][:2*c.Run])[:len(xa)]
		for k, x := range xa {
			a0 += x * w[k][0]
			a1 += x * w[k][1]
		}
	}
	put(c, p, a0, a1)
}

// put stores the sums of pixel p.
func put(c *Convolution, p int, s0, s1 float32) {
	y := c.Y[p*c.YStep:][:c.Width]
	y[0] = s0
	if len(y) > 1 {
		y[1] = s1
	}
}

func accumulateGo(o *Outer) {
	k := 0
	if o.Width == 2 {
		for ; k+4 <= o.Run; k += 4 {
			accumulate4(o, k)
		}
	}
	for ; k < o.Run; k++ {
		for j := range o.Width {
			var s float32
			for i := range o.Images {
				for r := range o.Rows {
					x, d := o.X[i*o.XImage+r*o.XRow+k:], o.D[i*o.DImage+r*o.DRow+j:]
					for p := range o.Pixels {
						s += x[p*o.XStep] * d[p*o.DStep]
					}
				}
			}
			o.G[k*o.GStep+j] += s
		}
	}
}

// accumulate4 computes kernel elements k to k+3.
func accumulate4(o *Outer, k int) {
	var a0, a1, b0, b1, c0, c1, d0, d1 float32
	for i := range o.Images {
		for r := range o.Rows {
			x, d := o.X[i*o.XImage+r*o.XRow+k:], o.D[i*o.DImage+r*o.DRow:]
			for range o.Pixels {
				v, u := (*[4]float32)(x), (*[2]float32)(d)
				u0, u1 := u[0], u[1]
				x0 := v[0]
				a0 += x0 * u0
				a1 += x0 * u1
				x0 = v[1]
				b0 += x0 * u0
				b1 += x0 * u1
				x0 = v[2]
				c0 += x0 * u0
				c1 += x0 * u1
				x0 = v[3]
				d0 += x0 * u0
				d1 += x0 * u1
				x, d = x[min(o.XStep, len(x)):], d[min(o.DStep, len(d)):]
			}
		}
	}
	g := o.G[k*o.GStep:]
	g[0] += a0
	g[1] += a1
	g = g[o.GStep:]
	g[0] += b0
	g[1] += b1
	g = g[o.GStep:]
	g[0] += c0
	g[1] += c1
	g = g[o.GStep:]
	g[0] += d0
	g[1] += d1
}
