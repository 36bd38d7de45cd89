package statistics

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Ranks are those of numbers from 1, the mean of the ranks of equal ones.
func Ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return a - b
	})
	ranks := make([]float64, len(x))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && x[order[to]] == x[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			ranks[i] = float64(from+to+1) / 2
		}
		from = to
	}
	return ranks
}

// Pearson is the correlation of two lists; NaN where one does not vary.
func Pearson(x, y []float64) float64 {
	n := float64(len(x))
	var mx, my, xx, yy, xy float64
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	for i := range x {
		a, b := x[i]-mx, y[i]-my
		xx, yy, xy = xx+a*a, yy+b*b, xy+a*b
	}
	if xx == 0 || yy == 0 {
		return math.NaN()
	}
	return xy / math.Sqrt(xx*yy)
}

// Spearman is the rank correlation of paired numbers, its 95 % percentile interval over
// pairs that are drawn again with replacement, and p, two-sided, by permutation:
// (1 + #{|ρ| of a permutation ≥ |ρ|}) / (1 + draws).
func Spearman(x, y []float64, draws int, seed uint64) (rho, low, high, p float64) {
	rx, ry := Ranks(x), Ranks(y)
	rho = Pearson(rx, ry)
	if math.IsNaN(rho) {
		return rho, rho, rho, rho
	}
	r := rand.New(rand.NewPCG(seed, 0x5bea))
	n, reached := len(x), 1
	shuffled, drawn := slices.Clone(ry), make([]float64, 0, draws)
	a, b := make([]float64, n), make([]float64, n)
	for range draws {
		r.Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if math.Abs(Pearson(rx, shuffled)) >= math.Abs(rho)-1e-12 {
			reached++
		}
		for i := range n {
			k := r.IntN(n)
			a[i], b[i] = x[k], y[k]
		}
		if v := Pearson(Ranks(a), Ranks(b)); !math.IsNaN(v) {
			drawn = append(drawn, v)
		}
	}
	slices.Sort(drawn)
	if len(drawn) > 0 {
		low, high = Quantile(drawn, 0.025), Quantile(drawn, 0.975)
	}
	return rho, low, high, float64(reached) / float64(1+draws)
}
