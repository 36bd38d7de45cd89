//go:build amd64 && !purego

package kernel

func sumAVX512(s, x []float32) {
	n := len(s)
	for len(x) >= n {
		pixels := share(x, n)
		for o := 0; o < n; o += 32 {
			if width := n - o; width > 16 {
				sum32AVX512(&x[o], &s[o], pixels, n, ones32(width))
			} else {
				sum16AVX512(&x[o], &s[o], pixels, n, ones32(width))
			}
		}
		x = x[pixels*n:]
	}
}

func deviateAVX512(s, q, x, c []float32) {
	n := len(s)
	c = c[:n]
	q = q[:n]
	for len(x) >= n {
		pixels := share(x, n)
		for o := 0; o < n; o += 32 {
			if width := n - o; width > 16 {
				deviate32AVX512(&x[o], &c[o], &s[o], &q[o], pixels, n, ones32(width))
			} else {
				deviate16AVX512(&x[o], &c[o], &s[o], &q[o], pixels, n, ones32(width))
			}
		}
		x = x[pixels*n:]
	}
}

func productAVX512(s, q, d, x, c []float32) {
	n := len(s)
	c = c[:n]
	q = q[:n]
	x = x[:len(d)]
	for len(d) >= n {
		pixels := share(d, n)
		for o := 0; o < n; o += 32 {
			if width := n - o; width > 16 {
				product32AVX512(&d[o], &x[o], &c[o], &s[o], &q[o], pixels, n, ones32(width))
			} else {
				product16AVX512(&d[o], &x[o], &c[o], &s[o], &q[o], pixels, n, ones32(width))
			}
		}
		d, x = d[pixels*n:], x[pixels*n:]
	}
}

func normaliseAVX512(y, x, c, r []float32) {
	n := len(c)
	r = r[:n]
	x = x[:len(y)]
	for len(y) >= n {
		pixels := share(y, n)
		for o := 0; o < n; o += 32 {
			if width := n - o; width > 16 {
				normalise32AVX512(&y[o], &x[o], &c[o], &r[o], pixels, n, ones32(width))
			} else {
				normalise16AVX512(&y[o], &x[o], &c[o], &r[o], pixels, n, ones32(width))
			}
		}
		y, x = y[pixels*n:], x[pixels*n:]
	}
}

func scaleAVX512(y, x, gain, shift []float32) {
	n := len(gain)
	shift = shift[:n]
	x = x[:len(y)]
	for len(y) >= n {
		pixels := share(y, n)
		for o := 0; o < n; o += 32 {
			if width := n - o; width > 16 {
				scale32AVX512(&y[o], &x[o], &gain[o], &shift[o], pixels, n, ones32(width))
			} else {
				scale16AVX512(&y[o], &x[o], &gain[o], &shift[o], pixels, n, ones32(width))
			}
		}
		y, x = y[pixels*n:], x[pixels*n:]
	}
}

func applyAVX512(y, d, x, c, r, slope, shift []float32) {
	n := len(c)
	r = r[:n]
	slope = slope[:n]
	shift = shift[:n]
	d = d[:len(y)]
	x = x[:len(y)]
	for len(y) >= n {
		pixels := share(y, n)
		for o := 0; o < n; o += 32 {
			if width := n - o; width > 16 {
				apply32AVX512(&y[o], &d[o], &x[o], &c[o], &r[o], &slope[o], &shift[o], pixels, n, ones32(width))
			} else {
				apply16AVX512(&y[o], &d[o], &x[o], &c[o], &r[o], &slope[o], &shift[o], pixels, n, ones32(width))
			}
		}
		y, d, x = y[pixels*n:], d[pixels*n:], x[pixels*n:]
	}
}

func rectifyAllAVX512(y, x []float32) {
	x = x[:len(y)]
	for len(y) >= 32 {
		n := min(len(y), mostElements) &^ 31
		rectifyAVX512(&y[0], &x[0], n)
		y, x = y[n:], x[n:]
	}
	rectifyGo(y, x)
}

func rectifyGradAllAVX512(g, d, y []float32) {
	d = d[:len(g)]
	y = y[:len(g)]
	for len(g) >= 32 {
		n := min(len(g), mostElements) &^ 31
		rectifyGradAVX512(&g[0], &d[0], &y[0], n)
		g, d, y = g[n:], d[n:], y[n:]
	}
	rectifyGradGo(g, d, y)
}

func addAllAVX512(y, a, b []float32) {
	a = a[:len(y)]
	b = b[:len(y)]
	for len(y) >= 32 {
		n := min(len(y), mostElements) &^ 31
		addAVX512(&y[0], &a[0], &b[0], n)
		y, a, b = y[n:], a[n:], b[n:]
	}
	addGo(y, a, b)
}

//go:noescape
func sum32AVX512(x, s *float32, pixels, step int, mask uint32)

//go:noescape
func sum16AVX512(x, s *float32, pixels, step int, mask uint32)

//go:noescape
func deviate32AVX512(x, c, s, q *float32, pixels, step int, mask uint32)

//go:noescape
func deviate16AVX512(x, c, s, q *float32, pixels, step int, mask uint32)

//go:noescape
func product32AVX512(d, x, c, s, q *float32, pixels, step int, mask uint32)

//go:noescape
func product16AVX512(d, x, c, s, q *float32, pixels, step int, mask uint32)

//go:noescape
func normalise32AVX512(y, x, c, r *float32, pixels, step int, mask uint32)

//go:noescape
func normalise16AVX512(y, x, c, r *float32, pixels, step int, mask uint32)

//go:noescape
func scale32AVX512(y, x, gain, shift *float32, pixels, step int, mask uint32)

//go:noescape
func scale16AVX512(y, x, gain, shift *float32, pixels, step int, mask uint32)

//go:noescape
func apply32AVX512(y, d, x, c, r, slope, shift *float32, pixels, step int, mask uint32)

//go:noescape
func apply16AVX512(y, d, x, c, r, slope, shift *float32, pixels, step int, mask uint32)

//go:noescape
func rectifyAVX512(y, x *float32, n int)

//go:noescape
func rectifyGradAVX512(to, d, y *float32, n int)

//go:noescape
func addAVX512(y, a, b *float32, n int)

// ones32 has the lowest n bits set, at most 32.
func ones32(n int) uint32 { return uint32(1<<min(n, 32) - 1) }
