//go:build amd64 && !purego

package kernel

// mostPixels and mostElements bound one call of a loop in assembly, which
// cannot be preempted, to some 20 µs of memory traffic.
const (
	mostPixels   = 1 << 11
	mostElements = 1 << 16
)

// share returns the first pixels of x that one call takes, of n channels.
func share(x []float32, n int) int { return min(len(x)/n, mostPixels) }

func sumAVX2(s, x []float32) {
	n := len(s)
	for len(x) >= n {
		pixels := share(x, n)
		o := 0
		for ; o+16 <= n; o += 16 {
			sum16AVX2(&x[o], &s[o], pixels, n)
		}
		if o+8 <= n {
			sum8AVX2(&x[o], &s[o], pixels, n)
			o += 8
		}
		sumGo(s, x[:pixels*n], o)
		x = x[pixels*n:]
	}
}

func deviateAVX2(s, q, x, c []float32) {
	n := len(s)
	c = c[:n]
	q = q[:n]
	for len(x) >= n {
		pixels := share(x, n)
		o := 0
		for ; o+16 <= n; o += 16 {
			deviate16AVX2(&x[o], &c[o], &s[o], &q[o], pixels, n)
		}
		if o+8 <= n {
			deviate8AVX2(&x[o], &c[o], &s[o], &q[o], pixels, n)
			o += 8
		}
		deviateGo(s, q, x[:pixels*n], c, o)
		x = x[pixels*n:]
	}
}

func productAVX2(s, q, d, x, c []float32) {
	n := len(s)
	c = c[:n]
	q = q[:n]
	x = x[:len(d)]
	for len(d) >= n {
		pixels := share(d, n)
		o := 0
		for ; o+16 <= n; o += 16 {
			product16AVX2(&d[o], &x[o], &c[o], &s[o], &q[o], pixels, n)
		}
		if o+8 <= n {
			product8AVX2(&d[o], &x[o], &c[o], &s[o], &q[o], pixels, n)
			o += 8
		}
		productGo(s, q, d[:pixels*n], x[:pixels*n], c, o)
		d, x = d[pixels*n:], x[pixels*n:]
	}
}

func normaliseAVX2(y, x, c, r []float32) {
	n := len(c)
	r = r[:n]
	x = x[:len(y)]
	for len(y) >= n {
		pixels := share(y, n)
		o := 0
		for ; o+16 <= n; o += 16 {
			normalise16AVX2(&y[o], &x[o], &c[o], &r[o], pixels, n)
		}
		if o+8 <= n {
			normalise8AVX2(&y[o], &x[o], &c[o], &r[o], pixels, n)
			o += 8
		}
		normaliseGo(y[:pixels*n], x[:pixels*n], c, r, o)
		y, x = y[pixels*n:], x[pixels*n:]
	}
}

func scaleAVX2(y, x, gain, shift []float32) {
	n := len(gain)
	shift = shift[:n]
	x = x[:len(y)]
	for len(y) >= n {
		pixels := share(y, n)
		o := 0
		for ; o+16 <= n; o += 16 {
			scale16AVX2(&y[o], &x[o], &gain[o], &shift[o], pixels, n)
		}
		if o+8 <= n {
			scale8AVX2(&y[o], &x[o], &gain[o], &shift[o], pixels, n)
			o += 8
		}
		scaleGo(y[:pixels*n], x[:pixels*n], gain, shift, o)
		y, x = y[pixels*n:], x[pixels*n:]
	}
}

func applyAVX2(y, d, x, c, r, slope, shift []float32) {
	n := len(c)
	r = r[:n]
	slope = slope[:n]
	shift = shift[:n]
	d = d[:len(y)]
	x = x[:len(y)]
	for len(y) >= n {
		pixels := share(y, n)
		o := 0
		for ; o+16 <= n; o += 16 {
			apply16AVX2(&y[o], &d[o], &x[o], &c[o], &r[o], &slope[o], &shift[o], pixels, n)
		}
		if o+8 <= n {
			apply8AVX2(&y[o], &d[o], &x[o], &c[o], &r[o], &slope[o], &shift[o], pixels, n)
			o += 8
		}
		applyGo(y[:pixels*n], d[:pixels*n], x[:pixels*n], c, r, slope, shift, o)
		y, d, x = y[pixels*n:], d[pixels*n:], x[pixels*n:]
	}
}

func rectifyAllAVX2(y, x []float32) {
	x = x[:len(y)]
	for len(y) >= 16 {
		n := min(len(y), mostElements) &^ 15
		rectifyAVX2(&y[0], &x[0], n)
		y, x = y[n:], x[n:]
	}
	rectifyGo(y, x)
}

func rectifyGradAllAVX2(g, d, y []float32) {
	d = d[:len(g)]
	y = y[:len(g)]
	for len(g) >= 16 {
		n := min(len(g), mostElements) &^ 15
		rectifyGradAVX2(&g[0], &d[0], &y[0], n)
		g, d, y = g[n:], d[n:], y[n:]
	}
	rectifyGradGo(g, d, y)
}

func addAllAVX2(y, a, b []float32) {
	a = a[:len(y)]
	b = b[:len(y)]
	for len(y) >= 16 {
		n := min(len(y), mostElements) &^ 15
		addAVX2(&y[0], &a[0], &b[0], n)
		y, a, b = y[n:], a[n:], b[n:]
	}
	addGo(y, a, b)
}

//go:noescape
func sum16AVX2(x, s *float32, pixels, step int)

//go:noescape
func sum8AVX2(x, s *float32, pixels, step int)

//go:noescape
func deviate16AVX2(x, c, s, q *float32, pixels, step int)

//go:noescape
func deviate8AVX2(x, c, s, q *float32, pixels, step int)

//go:noescape
func product16AVX2(d, x, c, s, q *float32, pixels, step int)

//go:noescape
func product8AVX2(d, x, c, s, q *float32, pixels, step int)

//go:noescape
func normalise16AVX2(y, x, c, r *float32, pixels, step int)

//go:noescape
func normalise8AVX2(y, x, c, r *float32, pixels, step int)

//go:noescape
func scale16AVX2(y, x, gain, shift *float32, pixels, step int)

//go:noescape
func scale8AVX2(y, x, gain, shift *float32, pixels, step int)

//go:noescape
func apply16AVX2(y, d, x, c, r, slope, shift *float32, pixels, step int)

//go:noescape
func apply8AVX2(y, d, x, c, r, slope, shift *float32, pixels, step int)

//go:noescape
func rectifyAVX2(y, x *float32, n int)

//go:noescape
func rectifyGradAVX2(to, d, y *float32, n int)

//go:noescape
func addAVX2(y, a, b *float32, n int)
