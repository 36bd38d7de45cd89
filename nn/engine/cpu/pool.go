package cpu

import (
	"math"

	"ventral/nn"
)

// window returns the rows, or columns, of window i inside an image of n.
func window(o nn.Pool2D, i, n int) (from, to int) {
	if o.Size == 0 {
		return 0, n
	}
	from = i*o.Stride - (o.Size-1)/2
	return max(from, 0), min(from+o.Size, n)
}

var pool2D = impl{scratch: perChannel(1), run: runPool2D}

func runPool2D(c *call) {
	o := c.in.op.(nn.Pool2D)
	xs, ys := c.args[0].Shape, c.results[0].Shape
	n := xs[3]
	for i := range c.images {
		x := c.args[0].Data[i*xs.Image():][:xs.Image()]
		y := c.results[0].Data[i*ys.Image():][:ys.Image()]
		for p := range ys[1] {
			top, bottom := window(o, p, xs[1])
			for q := range ys[2] {
				left, right := window(o, q, xs[2])
				at := y[(p*ys[2]+q)*n:][:n]
				if o.Fn == "max" {
					maxWindow(at, x, xs, top, bottom, left, right)
				} else {
					meanWindow(at, c.scratch, x, xs, top, bottom, left, right)
				}
			}
		}
	}
}

func maxWindow(y, x []float32, s nn.Shape, top, bottom, left, right int) {
	for j := range y {
		y[j] = float32(math.Inf(-1))
	}
	for p := top; p < bottom; p++ {
		for q := left; q < right; q++ {
			u := x[(p*s[2]+q)*len(y):][:len(y)]
			for j, v := range u {
				y[j] = max(y[j], v)
			}
		}
	}
}

// meanWindow adds row by row, so that a large window rounds like a small one.
func meanWindow(y, row, x []float32, s nn.Shape, top, bottom, left, right int) {
	clear(y)
	for p := top; p < bottom; p++ {
		clear(row)
		for q := left; q < right; q++ {
			u := x[(p*s[2]+q)*len(row):][:len(row)]
			for j := range row {
				row[j] += u[j]
			}
		}
		for j := range y {
			y[j] += row[j]
		}
	}
	count := float32((bottom - top) * (right - left))
	for j := range y {
		y[j] /= count
	}
}

var pool2DGrad = impl{run: runPool2DGrad}

func runPool2DGrad(c *call) {
	o := nn.Pool2D(c.in.op.(nn.Pool2DGrad))
	ds, xs := c.args[0].Shape, c.args[1].Shape
	n := xs[3]
	clear(c.results[0].Data)
	for i := range c.images {
		d := c.args[0].Data[i*ds.Image():][:ds.Image()]
		x := c.args[1].Data[i*xs.Image():][:xs.Image()]
		g := c.results[0].Data[i*xs.Image():][:xs.Image()]
		for p := range ds[1] {
			top, bottom := window(o, p, xs[1])
			for q := range ds[2] {
				left, right := window(o, q, xs[2])
				at := d[(p*ds[2]+q)*n:][:n]
				if o.Fn == "max" {
					maxWindowGrad(g, at, x, xs, top, bottom, left, right)
				} else {
					meanWindowGrad(g, at, xs, top, bottom, left, right)
				}
			}
		}
	}
}

func maxWindowGrad(g, d, x []float32, s nn.Shape, top, bottom, left, right int) {
	for j, v := range d {
		where := (top*s[2]+left)*len(d) + j
		best := x[where]
		for p := top; p < bottom; p++ {
			for q := left; q < right; q++ {
				if k := (p*s[2]+q)*len(d) + j; x[k] > best {
					best, where = x[k], k
				}
			}
		}
		g[where] += v
	}
}

func meanWindowGrad(g, d []float32, s nn.Shape, top, bottom, left, right int) {
	share := 1 / float32((bottom-top)*(right-left))
	for p := top; p < bottom; p++ {
		for q := left; q < right; q++ {
			u := g[(p*s[2]+q)*len(d):][:len(d)]
			for j, v := range d {
				u[j] += v * share
			}
		}
	}
}

var upsample = impl{run: runUpsample}

func runUpsample(c *call) {
	f := c.in.op.(nn.Upsample).Factor
	xs := c.args[0].Shape
	n, row := xs[3], xs[2]*xs[3]
	x, y := c.args[0].Data, c.results[0].Data
	for range c.images * xs[1] {
		wide := y[:row*f]
		for q := range xs[2] {
			for k := range f {
				copy(wide[(q*f+k)*n:][:n], x[q*n:][:n])
			}
		}
		for k := 1; k < f; k++ {
			copy(y[k*row*f:], wide)
		}
		x, y = x[row:], y[row*f*f:]
	}
}

var sumBlocks = impl{run: runSumBlocks}

func runSumBlocks(c *call) {
	f := c.in.op.(nn.SumBlocks).Factor
	ys := c.results[0].Shape
	n, row := ys[3], ys[2]*ys[3]
	x, y := c.args[0].Data, c.results[0].Data
	for range c.images * ys[1] {
		for q := range ys[2] {
			at := y[q*n:][:n]
			clear(at)
			for k := range f {
				for l := range f {
					u := x[(k*ys[2]*f+q*f+l)*n:][:len(at)]
					for j := range at {
						at[j] += u[j]
					}
				}
			}
		}
		x, y = x[row*f*f:], y[row:]
	}
}
