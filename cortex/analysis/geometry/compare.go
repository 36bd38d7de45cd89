package geometry

import (
	"math"
	"slices"
	"sort"
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
	v.order = make([]int32, len(x))
	for i := range v.order {
		v.order[i] = int32(i)
	}
	sort.Slice(v.order, func(a, b int) bool {
		i, k := v.order[a], v.order[b]
		return v.x[i] < v.x[k] || v.x[i] == v.x[k] && i < k
	})
	if m == KendallTauA {
		v.places = make([]int32, len(x))
		for k, at := range v.order {
			if k > 0 && v.x[at] > v.x[v.order[k-1]] {
				v.levels++
			}
			v.places[at] = int32(v.levels)
		}
		v.levels++
	}
	return v
}

// Unit writes numbers to out so that the similarity of two RDMs is Σ a·b of theirs: those
// of the pairs, or their ranks, without their mean unless the measure is CosineOf, times
// √weight, to the length 1. A pair of weight w counts as w equal ones. Nil weights are 1.
// It reports false, and writes 0, where pairs do not vary. Kendall's has no such form.
func (v *Vector) Unit(m Measure, weights, out []float64) bool {
	weight := weightOf(weights)
	if m == Spearman {
		v.ranks(weights, out)
	} else {
		copy(out, v.x)
	}
	mean, total := 0.0, 0.0
	if m != CosineOf {
		for i, x := range out {
			w := weight(i)
			mean += w * x
			total += w
		}
		mean /= total
	}
	squares, size := 0.0, 0.0
	for i, x := range out {
		w := weight(i)
		size += w * x * x
		out[i] = math.Sqrt(w) * (x - mean)
		squares += out[i] * out[i]
	}
	if !(squares > 1e-24*size) {
		clear(out)
		return false
	}
	scale := 1 / math.Sqrt(squares)
	for i := range out {
		out[i] *= scale
	}
	return true
}

func weightOf(weights []float64) func(i int) float64 {
	return func(i int) float64 {
		if weights == nil {
			return 1
		}
		return weights[i]
	}
}

// ranks writes the ranks of weighted numbers, equal ones their mean.
func (v *Vector) ranks(weights, out []float64) {
	weight, before := weightOf(weights), 0.0
	for from := 0; from < len(v.order); {
		to, total := from, 0.0
		for x := v.x[v.order[from]]; to < len(v.order) && v.x[v.order[to]] == x; to++ {
			total += weight(int(v.order[to]))
		}
		for _, at := range v.order[from:to] {
			out[at] = before + (total+1)/2
		}
		before += total
		from = to
	}
}

// Similarity compares two RDMs, whose pairs have weights; nil are 1. It is NaN where one
// does not vary.
func Similarity(m Measure, a, b *Vector, weights []float64) float64 {
	if m == KendallTauA {
		return tauA(a, b, weights)
	}
	x, y := make([]float64, len(a.x)), make([]float64, len(b.x))
	if !a.Unit(m, weights, x) || !b.Unit(m, weights, y) {
		return math.NaN()
	}
	return dot(x, y)
}

// Compare compares the pairs of two RDMs.
func Compare(m Measure, a, b []float64) float64 {
	return Similarity(m, NewVector(a, m), NewVector(b, m), nil)
}

// tauA is Kendall's τ-a of weighted pairs, as if each were there weight times. It goes
// through a upwards and adds what lies below and above in b (Fenwick 1994), in n log n.
func tauA(a, b *Vector, weights []float64) float64 {
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
	weight, balance, total := weightOf(weights), 0.0, 0.0
	for from := 0; from < len(a.order); {
		to := from
		for to < len(a.order) && a.places[a.order[to]] == a.places[a.order[from]] {
			to++
		}
		for _, at := range a.order[from:to] {
			w := weight(int(at))
			if w == 0 {
				continue
			}
			below := upTo(int(b.places[at]))
			balance += w * (below - (total - upTo(int(b.places[at])+1)))
		}
		for _, at := range a.order[from:to] {
			w := weight(int(at))
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

// PairWeights are the products of the weights of the images of each pair: 0 of a pair of
// which one image is left out, and more than 1 of images that a bootstrap drew again. A
// pair of an image with itself is no pair.
func PairWeights(images, out []float64) {
	k := 0
	for i, w := range images {
		for _, v := range images[i+1:] {
			out[k] = w * v
			k++
		}
	}
}
