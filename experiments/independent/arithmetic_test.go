package independent

import "math"

// maps are images [n h w c], row-major.
type stack struct {
	n, h, w, c int
	data       []float64
}

func newStack(n, h, w, c int) stack { return stack{n, h, w, c, make([]float64, n*h*w*c)} }

func (x stack) index(n, i, j, c int) int { return ((n*x.h+i)*x.w+j)*x.c + c }

// at returns an element, 0 outside the image.
func (x stack) at(n, i, j, c int) float64 {
	if i < 0 || j < 0 || i >= x.h || j >= x.w {
		return 0
	}
	return x.data[x.index(n, i, j, c)]
}

func (x stack) each(f func(float64) float64) stack {
	y := newStack(x.n, x.h, x.w, x.c)
	for i, v := range x.data {
		y.data[i] = f(v)
	}
	return y
}

func (x stack) plus(y stack) stack {
	z := newStack(x.n, x.h, x.w, x.c)
	for i := range x.data {
		z.data[i] = x.data[i] + y.data[i]
	}
	return z
}

func (x stack) times(y stack) stack {
	z := newStack(x.n, x.h, x.w, x.c)
	for i := range x.data {
		z.data[i] = x.data[i] * y.data[i]
	}
	return z
}

func (x stack) scaled(a float64) stack { return x.each(func(v float64) float64 { return a * v }) }

// biased adds b[c] to channel c.
func (x stack) biased(b []float64) stack {
	y := newStack(x.n, x.h, x.w, x.c)
	for i, v := range x.data {
		y.data[i] = v + b[i%x.c]
	}
	return y
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// convolve is conv2d of docs/program.md with a kernel [size size x.c channels].
func convolve(x stack, kernel []float64, size, channels, stride int) stack {
	y := newStack(x.n, ceilDiv(x.h, stride), ceilDiv(x.w, stride), channels)
	for n := range y.n {
		for i := range y.h {
			for j := range y.w {
				for o := range channels {
					sum := 0.0
					for a := range size {
						for b := range size {
							for c := range x.c {
								sum += x.at(n, i*stride+a-(size-1)/2, j*stride+b-(size-1)/2, c) * kernel[((a*size+b)*x.c+c)*channels+o]
							}
						}
					}
					y.data[y.index(n, i, j, o)] = sum
				}
			}
		}
	}
	return y
}

// transpose is conv_transpose2d of docs/program.md with a kernel
// [size size channels y.c], to a map of h×w.
func transpose(y stack, kernel []float64, size, channels, stride, h, w int) stack {
	x := newStack(y.n, h, w, channels)
	for n := range y.n {
		for i := range y.h {
			for j := range y.w {
				for a := range size {
					for b := range size {
						p, q := i*stride+a-(size-1)/2, j*stride+b-(size-1)/2
						if p < 0 || q < 0 || p >= h || q >= w {
							continue
						}
						for c := range channels {
							for o := range y.c {
								x.data[x.index(n, p, q, c)] += y.at(n, i, j, o) * kernel[((a*size+b)*channels+c)*y.c+o]
							}
						}
					}
				}
			}
		}
	}
	return x
}

// pool is pool2d of docs/program.md; size 0 takes the whole image.
func pool(x stack, fn string, size, stride int) stack {
	h, w := ceilDiv(x.h, max(stride, 1)), ceilDiv(x.w, max(stride, 1))
	if size == 0 {
		h, w = 1, 1
	}
	y := newStack(x.n, h, w, x.c)
	for n := range y.n {
		for i := range h {
			for j := range w {
				for c := range x.c {
					fromRow, toRow, fromColumn, toColumn := 0, x.h, 0, x.w
					if size > 0 {
						fromRow, fromColumn = i*stride-(size-1)/2, j*stride-(size-1)/2
						toRow, toColumn = fromRow+size, fromColumn+size
					}
					largest, sum, count := math.Inf(-1), 0.0, 0
					for p := max(fromRow, 0); p < min(toRow, x.h); p++ {
						for q := max(fromColumn, 0); q < min(toColumn, x.w); q++ {
							v := x.at(n, p, q, c)
							largest, sum, count = max(largest, v), sum+v, count+1
						}
					}
					if fn == "mean" {
						largest = sum / float64(count)
					}
					y.data[y.index(n, i, j, c)] = largest
				}
			}
		}
	}
	return y
}

// enlarge repeats every pixel factor times in both directions.
func enlarge(x stack, factor int) stack {
	y := newStack(x.n, x.h*factor, x.w*factor, x.c)
	for n := range y.n {
		for i := range y.h {
			for j := range y.w {
				for c := range y.c {
					y.data[y.index(n, i, j, c)] = x.at(n, i/factor, j/factor, c)
				}
			}
		}
	}
	return y
}

// moments returns mean and biased variance of every channel.
func moments(x stack) (mean, variance []float64) {
	mean, variance = make([]float64, x.c), make([]float64, x.c)
	m := float64(x.n * x.h * x.w)
	for i, v := range x.data {
		mean[i%x.c] += v / m
	}
	for i, v := range x.data {
		d := v - mean[i%x.c]
		variance[i%x.c] += d * d / m
	}
	return mean, variance
}

// normalised is (x - mean)/√(variance + eps), by channel.
func normalised(x stack, mean, variance []float64, eps float64) stack {
	y := newStack(x.n, x.h, x.w, x.c)
	for i, v := range x.data {
		y.data[i] = (v - mean[i%x.c]) / math.Sqrt(variance[i%x.c]+eps)
	}
	return y
}

// respond is lrn of docs/program.md.
func respond(x stack, radius int, alpha, beta, bias float64) stack {
	y := newStack(x.n, x.h, x.w, x.c)
	for i, v := range x.data {
		c, sum := i%x.c, 0.0
		for k := max(c-radius, 0); k <= min(c+radius, x.c-1); k++ {
			other := x.data[i-c+k]
			sum += other * other
		}
		y.data[i] = v * math.Pow(bias+alpha*sum, -beta)
	}
	return y
}

var functions = map[string]func(float64) float64{
	"identity": func(x float64) float64 { return x },
	"relu":     func(x float64) float64 { return max(x, 0) },
	"sigmoid":  func(x float64) float64 { return 1 / (1 + math.Exp(-x)) },
	"tanh":     math.Tanh,
	"softplus": func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) },
	"elu": func(x float64) float64 {
		if x >= 0 {
			return x
		}
		return math.Expm1(x)
	},
}

// crossEntropy is the loss of one image.
func crossEntropy(kind string, z, y []float64) float64 {
	loss := 0.0
	if kind == "sigmoid" {
		for k := range z {
			loss += functions["softplus"](-z[k]) + (1-y[k])*z[k]
		}
		return loss
	}
	largest, sum := math.Inf(-1), 0.0
	for _, v := range z {
		largest = max(largest, v)
	}
	for _, v := range z {
		sum += math.Exp(v - largest)
	}
	for k := range z {
		loss += y[k] * (largest + math.Log(sum) - z[k])
	}
	return loss
}
