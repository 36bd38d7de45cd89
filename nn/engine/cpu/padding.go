package cpu

import "ventral/nn"

// padding is an image with zeros around it.
type padding struct {
	height, width, channels  int // without
	top, left, bottom, right int
}

// none reports whether there are no zeros.
func (p padding) none() bool { return p.top|p.left|p.bottom|p.right == 0 }

// sides returns p without rows of zeros.
func (p padding) sides() padding {
	p.top, p.bottom = 0, 0
	return p
}

// row returns the number of elements of a row with its zeros.
func (p padding) row() int { return (p.left + p.width + p.right) * p.channels }

// floats returns the number of elements that pad needs.
func (p padding) floats() int {
	if p.none() {
		return 0
	}
	return (p.top + p.height + p.bottom) * p.row()
}

// pad copies the image x into to and returns it; x itself where there are no zeros.
func (p padding) pad(to, x []float32) []float32 {
	if p.none() {
		return x
	}
	row, n := p.row(), p.width*p.channels
	left := p.left * p.channels
	clear(to[:p.top*row])
	rest := to[p.top*row:]
	for range p.height {
		clear(rest[:left])
		copy(rest[left:left+n], x)
		clear(rest[left+n : row])
		x, rest = x[n:], rest[row:]
	}
	clear(rest[:p.bottom*row])
	return to[:p.floats()]
}

// forwardPadding is that of the image x of a convolution with kernel k.
func forwardPadding(x, k nn.Shape, stride int) padding {
	p := padding{height: x[1], width: x[2], channels: x[3]}
	p.top, p.bottom = outside(x[1], k[0], stride)
	p.left, p.right = outside(x[2], k[1], stride)
	return p
}

// outside returns how far the windows of a convolution of n pixels reach
// before the first and beyond the last.
func outside(n, k, stride int) (before, after int) {
	before = (k - 1) / 2
	last := (n+stride-1)/stride - 1
	return before, max(last*stride+k-1-before-(n-1), 0)
}

// inside returns which of k rows, the first at row first, lie in an image of n.
func inside(first, k, n int) (from, to int) { return max(-first, 0), min(k, n-first) }

// reached returns the windows, of so many of a convolution of n pixels along one
// axis, in which element a of a kernel of k lies on a pixel.
func reached(a, k, stride, n, windows int) (from, to int) {
	before := (k-1)/2 - a
	return max((before+stride-1)/stride, 0), min((n-1+before)/stride+1, windows)
}

// taps are the elements of a kernel, along one axis, that reach the pixels of
// one parity of a transposed convolution: pixel parity + stride·u gets
// Σ_m y[u+first+m]·k[a0 + stride·(count-1-m)] over m < count.
type taps struct{ parity, stride, a0, count, first int }

// parityTaps returns the taps of a kernel of extent k.
func parityTaps(k, stride, parity int) taps {
	before := (k - 1) / 2
	t := taps{parity: parity, stride: stride, a0: (parity + before) % stride}
	if t.a0 < k {
		t.count = (k - t.a0 + stride - 1) / stride
	}
	t.first = (parity+before-t.a0)/stride - (t.count - 1)
	return t
}

// element returns the kernel element of tap m.
func (t taps) element(m int) int { return t.a0 + t.stride*(t.count-1-m) }

// pixels returns how many of n pixels have the parity.
func (t taps) pixels(n int) int { return (n - t.parity + t.stride - 1) / t.stride }

// transposePadding is that of the image y of a transposed convolution to
// height × width.
func transposePadding(y, k nn.Shape, stride, height, width int) padding {
	p := padding{height: y[1], width: y[2], channels: y[3]}
	for parity := range stride {
		if t := parityTaps(k[0], stride, parity); t.count > 0 && t.pixels(height) > 0 {
			p.top = max(p.top, -t.first)
			p.bottom = max(p.bottom, t.pixels(height)-1+t.first+t.count-y[1])
		}
		if t := parityTaps(k[1], stride, parity); t.count > 0 && t.pixels(width) > 0 {
			p.left = max(p.left, -t.first)
			p.right = max(p.right, t.pixels(width)-1+t.first+t.count-y[2])
		}
	}
	return p
}
