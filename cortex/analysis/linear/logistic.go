package linear

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
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
// bound ½ Σzzᵀ of the curvature (Böhning 1992) is round.
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
	z, turned []float64 // [row, feature], [feature, row]
	images    []int
	class     []int
	shift     []float64 // of scores of classes that no row has: minus infinity, nearly
	at        []float64 // where the last fit ended: [class, feature] and [class]
}

func (r *logistic) training(l Labels, without ...int) *training {
	t := &training{standard: r.standard(without...), classes: l.Classes}
	d := r.dim
	for f := range r.d.Folds() {
		if slices.Contains(without, f) {
			continue
		}
		x, images := r.d.fold(f)
		t.images = append(t.images, images...)
		for i, v := range x {
			t.z = append(t.z, (float64(v)-t.mean[i%d])*t.inverseSD[i%d])
		}
	}
	n := len(t.images)
	t.turned = make([]float64, len(t.z))
	for i := range n {
		for j, v := range t.z[i*d:][:d] {
			t.turned[j*n+i] = v
		}
	}
	t.label(l)
	return t
}

// label gives the rows other labels.
func (t *training) label(l Labels) {
	t.class, t.shift = make([]int, len(t.images)), slices.Repeat([]float64{absent}, t.classes)
	for i, image := range t.images {
		t.class[i] = l.Class[image]
		t.shift[l.Class[image]] = 0
	}
	t.at = make([]float64, t.classes*(len(t.mean)+1))
}

// absent is the score of a class that no training row has.
const absent = -50.0

// fit minimises from where the last fit ended.
func (t *training) fit(penalty float64) Weights {
	n, d, c := float64(len(t.images)), len(t.mean), t.classes
	// Coordinates v of weights w = U⁻¹v with UᵀU = ½ Σzzᵀ/n + penalty/n; of b half of v.
	u := t.factorise(0.5/n, penalty/n)
	toWeights := func(v, w []float64) {
		copy(w, v)
		blas64.Trsm(blas.Right, blas.Trans, 1, u, general(c, d, w[:c*d]))
		for k := c * d; k < len(w); k++ {
			w[k] *= math.Sqrt2
		}
	}
	w, gradient, p := make([]float64, c*(d+1)), make([]float64, c*(d+1)), make([]float64, len(t.images)*c)
	residual := make([]float64, len(p)) // [class, row]
	var last []float64
	loss := 0.0
	compute := func(v []float64) {
		if last != nil && slices.Equal(v, last) {
			return
		}
		last = append(last[:0], v...)
		toWeights(v, w)
		for i := range t.images {
			for k := range c {
				p[i*c+k] = w[c*d+k] + t.shift[k]
			}
		}
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, general(len(t.images), d, t.z), general(c, d, w[:c*d]), 1, general(len(t.images), c, p))
		loss = 0
		clear(gradient)
		for i, class := range t.class {
			loss += softmax(p[i*c:][:c], class) / n
			p[i*c+class]--
			for k := range c {
				e := p[i*c+k] / n
				residual[k*len(t.images)+i] = e
				gradient[c*d+k] += e
			}
		}
		copy(gradient, w[:c*d])
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, general(c, len(t.images), residual), general(d, len(t.images), t.turned), penalty/n, general(c, d, gradient[:c*d]))
		loss += penalty / n / 2 * dot(w[:c*d], w[:c*d])
		blas64.Trsm(blas.Right, blas.NoTrans, 1, u, general(c, d, gradient[:c*d]))
		for k := c * d; k < len(gradient); k++ {
			gradient[k] *= math.Sqrt2
		}
	}
	start := slices.Clone(t.at)
	blas64.Trmm(blas.Right, blas.Trans, 1, u, general(c, d, start[:c*d]))
	for k := c * d; k < len(start); k++ {
		start[k] /= math.Sqrt2
	}
	result, _ := optimize.Minimize(optimize.Problem{
		Func: func(v []float64) float64 { compute(v); return loss },
		Grad: func(g, v []float64) { compute(v); copy(g, gradient) },
	}, start, &optimize.Settings{GradientThreshold: 1e-6, MajorIterations: 500, Converger: optimize.NeverTerminate{}}, &optimize.LBFGS{})
	if result != nil { // where rounding stops it, the last point is as good as any
		start = result.X
	}
	toWeights(start, t.at)
	b := make([]float64, c)
	for k := range b {
		b[k] = t.at[c*d+k] + t.shift[k]
	}
	return t.raw(slices.Clone(t.at[:c*d]), b)
}
