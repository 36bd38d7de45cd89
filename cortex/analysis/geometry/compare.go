package geometry

import (
	"math"
	"slices"
)

// Measure is how two RDMs are compared, over their pairs.
type Measure string

// The measures.
const (
	Spearman    Measure = "spearman" // Pearson's correlation of ranks, equal ones have their mean
	Pearson     Measure = "pearson"
	CosineOf    Measure = "cosine"  // Σ a·b / √(Σ a² · Σ b²)
	KendallTauA Measure = "kendall" // (concordant - discordant pairs) / all pairs, which equal values make smaller
)

// Vector is the pairs of an RDM, made ready to be compared again and again with other
// weights of pairs.
type Vector struct {
	x      []float64
	order  []int32 // by x
	places []int32 // of each value among those that differ, for Kendall
	levels int
	tied   []bool // of each place in the order: whether it has the value of the one before
}

// NewVector makes pairs ready for a measure. Numbers that are not finite become 0: give
// them the weight 0.
func NewVector(x []float64, m Measure) *Vector {
	v := &Vector{x: slices.Clone(x)}
	for i, y := range v.x {
		if y-y != 0 {
			v.x[i] = 0
		}
	}
	if m != Spearman && m != KendallTauA {
		return v
	}
	type placed struct {
		x float64
		i int32
	}
	sorted := make([]placed, len(x))
	for i, y := range v.x {
		sorted[i] = placed{y, int32(i)}
	}
	slices.SortFunc(sorted, func(a, b placed) int {
		switch {
		case a.x < b.x:
			return -1
		case a.x > b.x:
			return 1
		}
		return int(a.i) - int(b.i)
	})
	v.order, v.tied = make([]int32, len(x)), make([]bool, len(x)+1)
	for k, p := range sorted {
		v.order[k] = p.i
		v.tied[k] = k > 0 && p.x == sorted[k-1].x
	}
	if m == KendallTauA {
		v.places = make([]int32, len(x))
		for k, at := range v.order {
			if k > 0 && !v.tied[k] {
				v.levels++
			}
			v.places[at] = int32(v.levels)
		}
		v.levels++
	}
	return v
}

// Unit writes numbers to out, one for each pair that has a weight, so that the similarity of
// two RDMs is Σ a·b of theirs: those of the pairs, or their ranks, without their mean unless
// the measure is CosineOf, times √weight, to the length 1. It reports false, and writes 0,
// where pairs do not vary. Kendall's has no such form.
func (v *Vector) Unit(m Measure, w *Weights, out []float64) bool {
	if m == Spearman {
		v.ranks(w, out)
	} else {
		for k, p := range w.pairs {
			out[k] = v.x[p]
		}
	}
	mean := 0.0
	if m != CosineOf {
		for k, x := range out {
			mean += w.weights[k] * x
		}
		mean /= w.total
	}
	squares, size := 0.0, 0.0
	for k, x := range out {
		d := x - mean
		size += w.weights[k] * x * x
		squares += w.weights[k] * d * d
		out[k] = w.roots[k] * d
	}
	if !(squares > 1e-24*size) {
		clear(out)
		return false
	}
	scale := 1 / math.Sqrt(squares)
	for k := range out {
		out[k] *= scale
	}
	return true
}

// ranks writes the ranks of weighted numbers, equal ones their mean.
func (v *Vector) ranks(w *Weights, out []float64) {
	before := 0.0
	for from := 0; from < len(v.order); {
		to := from + 1
		if !v.tied[to] {
			if k := w.places[v.order[from]]; k >= 0 {
				out[k] = before + (w.weights[k]+1)/2
				before += w.weights[k]
			}
			from = to
			continue
		}
		total := w.of(v.order[from])
		for ; v.tied[to]; to++ {
			total += w.of(v.order[to])
		}
		for _, p := range v.order[from:to] {
			if k := w.places[p]; k >= 0 {
				out[k] = before + (total+1)/2
			}
		}
		before += total
		from = to
	}
}

// Similarity compares two RDMs, whose pairs have weights. It is NaN where one does not vary.
func Similarity(m Measure, a, b *Vector, w *Weights) float64 {
	if m == KendallTauA {
		return tauA(a, b, w)
	}
	x, y := make([]float64, w.Len()), make([]float64, w.Len())
	if !a.Unit(m, w, x) || !b.Unit(m, w, y) {
		return math.NaN()
	}
	return dot(x, y)
}

// Compare compares the pairs of two RDMs.
func Compare(m Measure, a, b []float64) float64 {
	return Similarity(m, NewVector(a, m), NewVector(b, m), allPairs(len(a)))
}

// tauA is Kendall's τ-a of weighted pairs, as if each were there weight times. It goes
// through a upwards and adds what lies below and above in b (Fenwick 1994), in n log n.
func tauA(a, b *Vector, weights *Weights) float64 {
	tree := make([]float64, b.levels+1) // sums of weights by the place in b
	add := func(at int, w float64) {
		for at++; at < len(tree); at += at & -at {
			tree[at] += w
		}
	}
	upTo := func(at int) (sum float64) { // of places below
		for ; at > 0; at -= at & -at {
			sum += tree[at]
		}
		return sum
	}
	balance, total := 0.0, 0.0
	for from := 0; from < len(a.order); {
		to := from
		for to < len(a.order) && a.places[a.order[to]] == a.places[a.order[from]] {
			to++
		}
		for _, at := range a.order[from:to] {
			w := weights.of(at)
			if w == 0 {
				continue
			}
			below := upTo(int(b.places[at]))
			balance += w * (below - (total - upTo(int(b.places[at])+1)))
		}
		for _, at := range a.order[from:to] {
			w := weights.of(at)
			if w != 0 {
				add(int(b.places[at]), w)
				total += w
			}
		}
		from = to
	}
	all := total * (total - 1) / 2
	if !(all > 0) {
		return math.NaN()
	}
	return balance / all
}
