package geometry

import (
	"math"

	"ventral/cortex/parallel"
)

// Gram is the products of all pairs of patterns, as their linear kernel K has them, without
// the diagonal.
type Gram struct {
	n     int
	pairs []float32
	rows  []float64 // Σ_j K_ij
}

// NewGram makes products of all pairs of rows, of the same length. The mean of the rows is
// taken away first, which changes no CKA and keeps digits. It is nil where a number is not
// finite.
func NewGram(rows [][]float64) *Gram {
	n := len(rows)
	mean := make([]float64, len(rows[0]))
	for _, x := range rows {
		for u, v := range x {
			mean[u] += v / float64(n)
		}
	}
	for _, v := range mean {
		if v-v != 0 {
			return nil
		}
	}
	for _, x := range rows {
		for u := range x {
			x[u] -= mean[u]
		}
	}
	g := &Gram{n: n, pairs: make([]float32, Pairs(n)), rows: make([]float64, n)}
	parallel.For(n, func(i int) {
		at := i*n - i*(i+1)/2 - i - 1 // of (i, j), less j
		for j := i + 1; j < n; j++ {
			g.pairs[at+j] = float32(dot(rows[i], rows[j]))
		}
	})
	k := 0
	for i := range n {
		for j := i + 1; j < n; j++ {
			v := float64(g.pairs[k])
			g.rows[i], g.rows[j] = g.rows[i]+v, g.rows[j]+v
			k++
		}
	}
	return g
}

// Images is the number of patterns.
func (g *Gram) Images() int { return g.n }

// Of returns the products of some of the patterns.
func (g *Gram) Of(places []int) *Gram {
	n := len(places)
	out := &Gram{n: n, pairs: make([]float32, 0, Pairs(n)), rows: make([]float64, n)}
	for a, i := range places {
		for b := a + 1; b < n; b++ {
			lo, hi := min(i, places[b]), max(i, places[b])
			v := g.pairs[lo*g.n-lo*(lo+1)/2-lo-1+hi]
			out.pairs = append(out.pairs, v)
			out.rows[a], out.rows[b] = out.rows[a]+float64(v), out.rows[b]+float64(v)
		}
	}
	return out
}

// sums are those that the unbiased HSIC of two Grams is made of.
type sums struct{ trace, first, second, rows float64 }

// hsic is the unbiased estimate (Song et al. 2012), n ≥ 4, but for the factor 1/(n(n-3)),
// which CKA does not need:
//
//	tr(KL) + (1'K1)(1'L1)/((n-1)(n-2)) - 2·1'KL1/(n-2), diagonals 0
func (s sums) hsic(n float64) float64 {
	return s.trace + s.first*s.second/((n-1)*(n-2)) - 2*s.rows/(n-2)
}

func sumsOf(a, b *Gram) (s sums) {
	for i, v := range a.rows {
		s.first, s.second, s.rows = s.first+v, s.second+b.rows[i], s.rows+v*b.rows[i]
	}
	for k, v := range a.pairs {
		s.trace += 2 * float64(v) * float64(b.pairs[k])
	}
	return s
}

// CKA is the linear CKA of two sets of patterns of the same images, from unbiased HSIC
// (Kornblith et al. 2019; Murphy et al. 2024): HSIC(K,L) / √(HSIC(K,K)·HSIC(L,L)). Its
// expectation for independent patterns is about 0, and it may be below. It is NaN for fewer
// than 4 images, or where the HSIC of one set with itself is not above 0.
func CKA(a, b *Gram) float64 {
	if a == nil || b == nil || a.n < 4 {
		return math.NaN()
	}
	n := float64(a.n)
	return ratio(sumsOf(a, b).hsic(n), sumsOf(a, a).hsic(n), sumsOf(b, b).hsic(n))
}

func ratio(ab, aa, bb float64) float64 {
	if !(aa > 0) || !(bb > 0) {
		return math.NaN()
	}
	return ab / math.Sqrt(aa*bb)
}

// Jackknife is CKA of all images but one, for each; nil for fewer than 5 images.
func Jackknife(a, b *Gram) []float64 {
	if a == nil || b == nil || a.n < 5 {
		return nil
	}
	ab, aa, bb := without(a, b), without(a, a), without(b, b)
	list := make([]float64, a.n)
	for i := range list {
		list[i] = ratio(ab[i], aa[i], bb[i])
	}
	return list
}

// without is the HSIC of all images but each, from the sums of all.
func without(a, b *Gram) []float64 {
	n := a.n
	whole := sumsOf(a, b)
	kl, lk, both := make([]float64, n), make([]float64, n), make([]float64, n) // Σ_i K_mi l_i, Σ_i L_mi k_i, Σ_i K_mi L_mi
	at := 0
	for i := range n {
		for j := i + 1; j < n; j++ {
			k, l := float64(a.pairs[at]), float64(b.pairs[at])
			at++
			kl[i], kl[j] = kl[i]+k*b.rows[j], kl[j]+k*b.rows[i]
			lk[i], lk[j] = lk[i]+l*a.rows[j], lk[j]+l*a.rows[i]
			both[i], both[j] = both[i]+k*l, both[j]+k*l
		}
	}
	list := make([]float64, n)
	for m := range list {
		s := sums{
			trace:  whole.trace - 2*both[m],
			first:  whole.first - 2*a.rows[m],
			second: whole.second - 2*b.rows[m],
			// rows of the rest are k_i - K_im and l_i - L_im
			rows: whole.rows - a.rows[m]*b.rows[m] - kl[m] - lk[m] + both[m],
		}
		list[m] = s.hsic(float64(n - 1))
	}
	return list
}
