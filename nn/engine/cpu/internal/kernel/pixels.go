package kernel

import "math"

// The portable loops over pixels of len(s), or len(c), channels and over
// elements. Those over pixels begin at channel from: what is before it, a
// processor's own loops have done.

// sumGo is Set.Sum.
func sumGo(s, x []float32, from int) {
	if from == len(s) {
		return
	}
	s = s[from:]
	step := from + len(s)
	for ; len(x) >= step; x = x[step:] {
		for j, v := range x[from:][:len(s)] {
			s[j] += v
		}
	}
}

// deviateGo is Set.Deviate.
func deviateGo(s, q, x, c []float32, from int) {
	if from == len(s) {
		return
	}
	s, q, c = s[from:], q[from:], c[from:]
	q, c = q[:len(s)], c[:len(s)]
	step := from + len(s)
	for ; len(x) >= step; x = x[step:] {
		for j, v := range x[from:][:len(s)] {
			v -= c[j]
			s[j] += v
			q[j] += v * v
		}
	}
}

// productGo is Set.Product.
func productGo(s, q, d, x, c []float32, from int) {
	if from == len(s) {
		return
	}
	s, q, c = s[from:], q[from:], c[from:]
	q, c = q[:len(s)], c[:len(s)]
	step := from + len(s)
	for ; len(d) >= step; d, x = d[step:], x[step:] {
		u := x[from:][:len(s)]
		for j, v := range d[from:][:len(s)] {
			s[j] += v
			q[j] += v * (u[j] - c[j])
		}
	}
}

// normaliseGo is Set.Normalise.
func normaliseGo(y, x, c, r []float32, from int) {
	if from == len(c) {
		return
	}
	c, r = c[from:], r[from:]
	r = r[:len(c)]
	step := from + len(c)
	for ; len(y) >= step; y, x = y[step:], x[step:] {
		v, u := y[from:][:len(c)], x[from:][:len(c)]
		for j := range c {
			v[j] = (u[j] - c[j]) * r[j]
		}
	}
}

// scaleGo is Set.Scale.
func scaleGo(y, x, gain, shift []float32, from int) {
	if from == len(gain) {
		return
	}
	gain, shift = gain[from:], shift[from:]
	shift = shift[:len(gain)]
	step := from + len(gain)
	for ; len(y) >= step; y, x = y[step:], x[step:] {
		v, u := y[from:][:len(gain)], x[from:][:len(gain)]
		for j := range gain {
			v[j] = u[j]*gain[j] + shift[j]
		}
	}
}

// applyGo is Set.Apply.
func applyGo(y, d, x, c, r, slope, shift []float32, from int) {
	if from == len(c) {
		return
	}
	c, r, slope, shift = c[from:], r[from:], slope[from:], shift[from:]
	r, slope, shift = r[:len(c)], slope[:len(c)], shift[:len(c)]
	step := from + len(c)
	for ; len(y) >= step; y, d, x = y[step:], d[step:], x[step:] {
		v, e, u := y[from:][:len(c)], d[from:][:len(c)], x[from:][:len(c)]
		for j := range c {
			v[j] = r[j]*e[j] - shift[j] - (u[j]-c[j])*slope[j]
		}
	}
}

// rectifyGo is Set.Rectify.
func rectifyGo(y, x []float32) {
	x = x[:len(y)]
	for i := range y {
		y[i] = max(x[i], 0)
	}
}

// rectifyGradGo is Set.RectifyGrad, without a branch.
func rectifyGradGo(g, d, y []float32) {
	d, y = d[:len(g)], y[:len(g)]
	for i := range g {
		one := uint32(0x3f800000)
		if math.Float32bits(y[i])-1 >= 0x7f800000 {
			one = 0
		}
		g[i] = d[i] * math.Float32frombits(one)
	}
}

// addGo is Set.Add.
func addGo(y, a, b []float32) {
	a, b = a[:len(y)], b[:len(y)]
	for i := range y {
		y[i] = a[i] + b[i]
	}
}
