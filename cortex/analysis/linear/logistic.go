package linear

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/optimize"
)

// Logistic fits multinomial logistic regression. With features z standardised on the
// training folds it minimises
//
//	Σ -log p(class) + penalty·N/2 |w|²,  p = softmax(w·z + b)
//
// with N all rows; of two classes, as usual, the weights of the second less the first are
// penalised. Of each fold left out, the penalty is that with the least log loss over the
// other folds, each left out in turn. It is minimised by L-BFGS in coordinates in which the
// bound ½ Σzzᵀ of the curvature (Böhning 1992) is round; of fewer rows than features, in the
// space of the rows, outside which weights are 0.
func Logistic(d Data, l Labels, penalties []float64) Fit {
	r := &logistic{products: productsOf(d, l), d: d, scale: float64(d.Rows())}
	if l.Classes == 2 {
		r.scale *= 2 // of the symmetric form, w and -w, half of |w|² is left
	}
	k := d.Folds()
	errors := make([][]float64, k)
	for f := range errors {
		errors[f] = make([]float64, len(penalties))
	}
	order := make([]int, len(penalties)) // large ones first: each starts the next
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if penalties[a] > penalties[b] {
			return -1
		}
		return 1
	})
	for f := range k {
		for g := range f {
			t := r.training(l, f, g)
			for _, p := range order {
				w := t.fit(penalties[p] * r.scale)
				errors[f][p] += logLoss(d, l, g, w)
				errors[g][p] += logLoss(d, l, f, w)
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
		r.weights = append(r.weights, r.training(l, f).fit(penalties[best]*r.scale))
	}
	return r
}

type logistic struct {
	products
	d       Data
	scale   float64 // of penalties
	chosen  []float64
	weights []Weights
}

func (r *logistic) Without(f int) Weights { return r.weights[f] }

func (r *logistic) Penalty(f int) float64 { return r.chosen[f] }

func (r *logistic) null(draws []Labels) func(int) Narrow {
	return func(f int) (n Narrow) {
		t := r.training(draws[0], f)
		for _, l := range draws {
			t.label(l)
			w := t.fit(r.chosen[f] * r.scale)
			for _, v := range w.W {
				n.W = append(n.W, float32(v))
			}
			for _, v := range w.B {
				n.B = append(n.B, float32(v))
			}
		}
		return n
	}
}

// logLoss is the mean of -log p(class) over a fold.
func logLoss(d Data, l Labels, f int, w Weights) float64 {
	_, images := d.fold(f)
	if len(images) == 0 {
		return 0
	}
	p, sum := d.Predict(f, w), 0.0
	for i, image := range images {
		sum += softmax(p[i*l.Classes:][:l.Classes], l.Class[image])
	}
	return sum / float64(len(images))
}

// softmax turns scores into probabilities, and returns -log p of a class.
func softmax(x []float64, class int) float64 {
	most, sum, own := slices.Max(x), 0.0, x[class]
	for i, v := range x {
		x[i] = math.Exp(v - most)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
	return math.Log(sum) + most - own
}

// training is the rows outside some folds, standardised.
type training struct {
	*standard
	classes   int
	size      int       // of coordinates: features, or rows where there are fewer
	back      []float64 // [coordinate, feature]: weights of features from those of coordinates; nil: the same
	products  []float64 // [coordinate, coordinate], sums over rows
	z, turned []float64 // [row, coordinate], [coordinate, row]
	images    []int
	class     []int
	shift     []float64 // of scores of classes that no row has: minus infinity, nearly
	at        []float64 // where the last fit ended: [class, coordinate] and [class]
}

func (r *logistic) training(l Labels, without ...int) *training {
	t := &training{standard: r.standard(without...), classes: l.Classes, size: r.dim}
	for f := range r.d.Folds() {
		if slices.Contains(without, f) {
			continue
		}
		x, images := r.d.fold(f)
		t.images = append(t.images, images...)
		for i, v := range x {
			t.z = append(t.z, (float64(v)-t.mean[i%r.dim])*t.inverseSD[i%r.dim])
		}
	}
	n := len(t.images)
	if t.products = t.gram; n < t.size {
		t.inRows()
	}
	t.turned = make([]float64, len(t.z))
	for i := range n {
		for j, v := range t.z[i*t.size:][:t.size] {
			t.turned[j*n+i] = v
		}
	}
	t.label(l)
	return t
}

// inRows takes features z to coordinates with the same products of rows: those of the
// Cholesky factor L of zzᵀ = LLᵀ. Weights v of coordinates are zᵀL⁻ᵀv of features.
func (t *training) inRows() {
	n, d := len(t.images), t.size
	k := make([]float64, n*n)
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, general(n, d, t.z), general(n, d, t.z), 0, general(n, n, k))
	trace := 0.0
	for i := range n {
		trace += k[i*n+i]
	}
	for i := range n { // rows without their mean are of one dimension less
		k[i*n+i] += 1e-11*trace/float64(n) + math.SmallestNonzeroFloat32
	}
	l, ok := lapack64.Potrf(blas64.Symmetric{N: n, Stride: n, Data: k, Uplo: blas.Lower})
	if !ok {
		panic("linear: products of rows are not positive definite")
	}
	t.back = t.z // L⁻¹z
	blas64.Trsm(blas.Left, blas.NoTrans, 1, l, general(n, d, t.back))
	t.z, t.products, t.size = make([]float64, n*n), make([]float64, n*n), n
	for i := range n {
		copy(t.z[i*n:][:i+1], k[i*n:][:i+1])
	}
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, general(n, n, t.z), general(n, n, t.z), 0, general(n, n, t.products))
}

// label gives the rows other labels.
func (t *training) label(l Labels) {
	t.class, t.shift = make([]int, len(t.images)), slices.Repeat([]float64{absent}, t.classes)
	for i, image := range t.images {
		t.class[i] = l.Class[image]
		t.shift[l.Class[image]] = 0
	}
	t.at = make([]float64, t.classes*(t.size+1))
}

// absent is the score of a class that no training row has.
const absent = -50.0

// round returns U with UᵀU = ½ Σzzᵀ/n + penalty/n, its inverse and the inverse turned.
func (t *training) round(penalty float64) (u blas64.Triangular, inverse, turned []float64) {
	n, d := float64(len(t.images)), t.size
	a := make([]float64, d*d)
	for i, v := range t.products {
		a[i] = 0.5 / n * v
	}
	for j := range d {
		a[j*d+j] += penalty / n
	}
	u, ok := lapack64.Potrf(blas64.Symmetric{N: d, Stride: d, Data: a, Uplo: blas.Upper})
	if !ok {
		panic("linear: products are not positive definite; a penalty has to be above 0")
	}
	inverse, turned = slices.Clone(a), make([]float64, d*d)
	lapack64.Trtri(blas64.Triangular{N: d, Stride: d, Data: inverse, Uplo: blas.Upper, Diag: blas.NonUnit})
	for i := range d {
		clear(inverse[i*d : i*d+i])
		for j := i; j < d; j++ {
			turned[j*d+i] = inverse[i*d+j]
		}
	}
	return u, inverse, turned
}

// fit minimises from where the last fit ended.
func (t *training) fit(penalty float64) Weights {
	n, d, c := len(t.images), t.size, t.classes
	// The weights are U⁻¹v, and of b √2 v.
	u, inverse, turned := t.round(penalty)
	w, gradient, g, p := make([]float64, c*(d+1)), make([]float64, c*(d+1)), make([]float64, c*d), make([]float64, n*c)
	toWeights := func(v []float64) {
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, general(c, d, v[:c*d]), general(d, d, inverse), 0, general(c, d, w[:c*d]))
		for k := c * d; k < len(w); k++ {
			w[k] = math.Sqrt2 * v[k]
		}
	}
	residual := make([]float64, len(p)) // [class, row]
	var last []float64
	loss := 0.0
	compute := func(v []float64) {
		if last != nil && slices.Equal(v, last) {
			return
		}
		last = append(last[:0], v...)
		toWeights(v)
		for i := range n {
			for k := range c {
				p[i*c+k] = w[c*d+k] + t.shift[k]
			}
		}
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, general(n, d, t.z), general(c, d, w[:c*d]), 1, general(n, c, p))
		loss = penalty / float64(n) / 2 * dot(w[:c*d], w[:c*d])
		clear(gradient[c*d:])
		for i, class := range t.class {
			loss += softmax(p[i*c:][:c], class) / float64(n)
			p[i*c+class]--
			for k := range c {
				e := p[i*c+k] / float64(n)
				residual[k*n+i] = e
				gradient[c*d+k] += math.Sqrt2 * e
			}
		}
		copy(g, w[:c*d])
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, general(c, n, residual), general(d, n, t.turned), penalty/float64(n), general(c, d, g))
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, general(c, d, g), general(d, d, turned), 0, general(c, d, gradient[:c*d]))
	}
	start := slices.Clone(t.at)
	blas64.Trmm(blas.Right, blas.Trans, 1, u, general(c, d, start[:c*d]))
	for k := c * d; k < len(start); k++ {
		start[k] /= math.Sqrt2
	}
	result, _ := optimize.Minimize(optimize.Problem{
		Func: func(v []float64) float64 { compute(v); return loss },
		Grad: func(to, v []float64) { compute(v); copy(to, gradient) },
	}, start, &optimize.Settings{GradientThreshold: 1e-6, MajorIterations: 500, Converger: optimize.NeverTerminate{}}, &optimize.LBFGS{})
	if result != nil { // where rounding stops it, the last point is as good as any
		start = result.X
	}
	toWeights(start)
	copy(t.at, w)
	b, features := make([]float64, c), slices.Clone(w[:c*d])
	for k := range b {
		b[k] = w[c*d+k] + t.shift[k]
	}
	if t.back != nil {
		features = make([]float64, c*len(t.mean))
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, general(c, d, w[:c*d]), general(d, len(t.mean), t.back), 0, general(c, len(t.mean), features))
	}
	return t.raw(features, b)
}
