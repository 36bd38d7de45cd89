package linear

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// Ridge fits ridge regression: to the numbers, or to one column a class that is 1 for its
// images and 0 for others, whose largest score is the class. With features z standardised
// on the training folds and targets y it minimises
//
//	Σ (y - w·z - b)² + penalty·N |w|²
//
// with N all rows, inside and outside. Of each fold left out, the penalty is that with the
// least mean squared error over the other folds, each left out in turn, a mean of means.
// The products of features of each fold are computed once; those of training folds are
// sums of them, whatever is left out.
func Ridge(d Data, l Labels, penalties []float64) Fit {
	r := &ridge{products: productsOf(d, l), d: d, l: l, scale: float64(d.Rows())}
	k := d.Folds()
	errors := make([][]float64, k) // without the fold, sums over the folds inside
	for f := range errors {
		errors[f] = make([]float64, len(penalties))
	}
	for f := range k {
		for g := range f {
			s := r.standard(f, g)
			var w, b []float64
			for _, p := range penalties {
				x := s.solve(p * r.scale)
				w, b = append(w, x.W...), append(b, x.B...)
			}
			for p, e := range r.error(g, w, b) {
				errors[f][p] += e
			}
			for p, e := range r.error(f, w, b) {
				errors[g][p] += e
			}
		}
	}
	for f := range k {
		best := 0
		for p, e := range errors[f] {
			if e < errors[f][best] {
				best = p
			}
		}
		r.chosen = append(r.chosen, penalties[best])
		r.weights = append(r.weights, r.standard(f).solve(penalties[best]*r.scale))
	}
	r.inverse = make([][]float32, k)
	return r
}

type ridge struct {
	products
	d       Data
	l       Labels
	scale   float64 // of penalties
	chosen  []float64
	weights []Weights
	inverse [][]float32 // by fold left out, once chance is asked for
}

func (r *ridge) Without(f int) Weights { return r.weights[f] }

func (r *ridge) Penalty(f int) float64 { return r.chosen[f] }

// error is the mean squared error of decoders [penalty, output] on a fold:
//
//	Σ (y - w·x - b)² = Σy² - 2b Σy - 2 w·Σyx + n b² + 2b w·Σx + w·Σxxᵀ·w
func (r *ridge) error(f int, w, b []float64) []float64 {
	o, d, x := r.outputs, r.dim, &r.folds[f]
	list := make([]float64, len(b)/o)
	if x.n == 0 {
		return list
	}
	product := make([]float64, len(w))
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, general(len(b), d, w), general(d, d, x.gram), 0, general(len(b), d, product))
	for i := range b {
		v, c := w[i*d:][:d], i%o
		e := x.squares[c] - 2*b[i]*x.y[c] + x.n*b[i]*b[i] - 2*dot(v, x.cross[c*d:][:d]) + 2*b[i]*dot(v, x.sum) + dot(v, product[i*d:][:d])
		list[i/o] += e / x.n
	}
	return list
}

func dot(a, b []float64) float64 {
	return blas64.Dot(blas64.Vector{N: len(a), Inc: 1, Data: a}, blas64.Vector{N: len(b), Inc: 1, Data: b})
}

// null implements Fit. Solutions are linear in the sums of features by class, which are all
// that a draw changes.
func (r *ridge) null(draws []Labels) func(int) Narrow {
	k, o, d := len(r.folds), r.outputs, r.dim
	cross, ys := make([][]float64, k), make([][]float64, k) // [draw, output, feature], [draw, output]
	for f := range k {
		cross[f], ys[f] = make([]float64, len(draws)*o*d), make([]float64, len(draws)*o)
		x, images := r.d.fold(f)
		row := make([]float64, d)
		for i, image := range images {
			for j, v := range x[i*d:][:d] {
				row[j] = float64(v)
			}
			for n, l := range draws {
				at, y := n*o, 1.0
				if l.Classes > 0 {
					at += l.Class[image]
				} else {
					y = l.Number[image]
				}
				ys[f][at] += y
				blas64.Axpy(y, blas64.Vector{N: d, Inc: 1, Data: row}, blas64.Vector{N: d, Inc: 1, Data: cross[f][at*d:][:d]})
			}
		}
	}
	return func(f int) Narrow {
		s := r.standard(f)
		if r.inverse[f] == nil {
			r.inverse[f] = s.inverse(r.chosen[f] * r.scale)
		}
		n := len(draws) * o
		right, w := make([]float32, n*d), Narrow{make([]float32, n*d), make([]float32, n)}
		means := make([]float64, n)
		sum := make([]float64, d)
		for i := range n {
			clear(sum)
			for g := range k {
				if g != f {
					means[i] += ys[g][i] / s.n
					for j, v := range cross[g][i*d:][:d] {
						sum[j] += v
					}
				}
			}
			for j := range sum {
				right[i*d+j] = float32((sum[j] - means[i]*s.n*s.mean[j]) * s.inverseSD[j])
			}
		}
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, blas32.General{Rows: n, Cols: d, Stride: d, Data: right},
			blas32.General{Rows: d, Cols: d, Stride: d, Data: r.inverse[f]}, 0, blas32.General{Rows: n, Cols: d, Stride: d, Data: w.W})
		for i := range n {
			b := means[i]
			for j, v := range w.W[i*d:][:d] {
				v *= float32(s.inverseSD[j])
				w.W[i*d+j] = v
				b -= float64(v) * s.mean[j]
			}
			w.B[i] = float32(b)
		}
		return w
	}
}

// products are the sums over rows that ridge regression needs, of each fold and of all.
type products struct {
	dim, outputs int
	folds        []sums
	all          sums
}

// sums are those of some rows.
type sums struct {
	n       float64
	sum     []float64 // [feature]
	gram    []float64 // [feature, feature], of products
	cross   []float64 // [output, feature], of target times feature
	y       []float64 // [output], of targets
	squares []float64 // [output], of their squares
}

func newSums(d, o int) sums {
	return sums{0, make([]float64, d), make([]float64, d*d), make([]float64, o*d), make([]float64, o), make([]float64, o)}
}

// productsOf computes the sums of every fold.
func productsOf(data Data, l Labels) products {
	d := data.Dim
	p := products{dim: d, outputs: l.Outputs(), all: newSums(d, l.Outputs())}
	for f := range data.Folds() {
		s := newSums(d, p.outputs)
		x, images := data.fold(f)
		n := len(images)
		s.n = float64(n)
		turned, row := make([]float64, len(x)), make([]float64, d) // [feature, row]
		for i, image := range images {
			for j, v := range x[i*d:][:d] {
				row[j] = float64(v)
				turned[j*n+i] = row[j]
				s.sum[j] += row[j]
			}
			at, y := 0, 1.0
			if l.Classes > 0 {
				at = l.Class[image]
			} else {
				y = l.Number[image]
			}
			s.y[at] += y
			s.squares[at] += y * y
			blas64.Axpy(y, blas64.Vector{N: d, Inc: 1, Data: row}, blas64.Vector{N: d, Inc: 1, Data: s.cross[at*d:][:d]})
		}
		if n > 0 {
			blas64.Syrk(blas.NoTrans, 1, general(d, n, turned), 0, blas64.Symmetric{N: d, Stride: d, Data: s.gram, Uplo: blas.Upper})
		}
		for i := range d {
			for j := range i {
				s.gram[i*d+j] = s.gram[j*d+i]
			}
		}
		p.folds = append(p.folds, s)
		p.all.add(1, s)
	}
	return p
}

// add adds a times other sums.
func (s *sums) add(a float64, o sums) {
	s.n += a * o.n
	for _, x := range [][2][]float64{{s.sum, o.sum}, {s.gram, o.gram}, {s.cross, o.cross}, {s.y, o.y}, {s.squares, o.squares}} {
		for i, v := range x[1] {
			x[0][i] += a * v
		}
	}
}

// standard are the sums of training rows with features standardised on them.
type standard struct {
	n               float64
	mean, inverseSD []float64 // of each feature; 0 of one that is constant
	gram            []float64 // [feature, feature]
	cross           []float64 // [output, feature]
	y               []float64 // mean target
	factor          []float64 // memory of solve
}

// standard returns the sums without some folds.
func (p *products) standard(without ...int) *standard {
	d := p.dim
	s := newSums(d, p.outputs)
	s.add(1, p.all)
	for _, f := range without {
		s.add(-1, p.folds[f])
	}
	x := &standard{n: s.n, mean: s.sum, inverseSD: make([]float64, d), gram: s.gram, cross: s.cross, y: s.y, factor: make([]float64, d*d)}
	for j := range d {
		x.mean[j] /= x.n
		v := s.gram[j*d+j]/x.n - x.mean[j]*x.mean[j]
		if v > 1e-12*p.all.gram[j*d+j]/p.all.n {
			x.inverseSD[j] = 1 / math.Sqrt(v)
		}
	}
	for i := range d {
		for j := range d {
			x.gram[i*d+j] = (x.gram[i*d+j] - x.n*x.mean[i]*x.mean[j]) * x.inverseSD[i] * x.inverseSD[j]
		}
	}
	for o := range x.y {
		for j := range d {
			x.cross[o*d+j] = (x.cross[o*d+j] - x.y[o]*x.mean[j]) * x.inverseSD[j]
		}
		x.y[o] /= x.n
	}
	return x
}

// factorise returns the Cholesky factor of the products plus a times one.
func (s *standard) factorise(scale, a float64) blas64.Triangular {
	d := len(s.mean)
	for i, v := range s.gram {
		s.factor[i] = scale * v
	}
	for j := range d {
		s.factor[j*d+j] += a
	}
	t, ok := lapack64.Potrf(blas64.Symmetric{N: d, Stride: d, Data: s.factor, Uplo: blas.Upper})
	if !ok {
		panic("linear: products are not positive definite; a penalty has to be above 0")
	}
	return t
}

// solve returns the weights of a penalty, on features as they are.
func (s *standard) solve(penalty float64) Weights {
	d, o := len(s.mean), len(s.y)
	t := s.factorise(1, penalty)
	turned := make([]float64, d*o)
	for c := range o {
		for j := range d {
			turned[j*o+c] = s.cross[c*d+j]
		}
	}
	lapack64.Potrs(t, general(d, o, turned))
	w := make([]float64, o*d)
	for c := range o {
		for j := range d {
			w[c*d+j] = turned[j*o+c]
		}
	}
	return s.raw(w, slices.Clone(s.y))
}

// raw takes weights of standardised features to those of features as they are.
func (s *standard) raw(w, b []float64) Weights {
	d := len(s.mean)
	for c := range b {
		for j := range d {
			w[c*d+j] *= s.inverseSD[j]
			b[c] -= w[c*d+j] * s.mean[j]
		}
	}
	return Weights{w, b}
}

// inverse is that of the products plus a penalty.
func (s *standard) inverse(penalty float64) []float32 {
	d := len(s.mean)
	t := s.factorise(1, penalty)
	lapack64.Potri(t)
	x := make([]float32, d*d)
	for i := range d {
		for j := i; j < d; j++ {
			x[i*d+j] = float32(s.factor[i*d+j])
			x[j*d+i] = x[i*d+j]
		}
	}
	return x
}
