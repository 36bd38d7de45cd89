package statistics

import (
	"math"
	"slices"
)

// Holm adjusts the p values of a family so that the chance of any false
// rejection is at most the level at which they are read (Holm 1979): of the
// ordered ones p₁ ≤ … ≤ p_m, the adjusted i-th is the largest of (m-j+1)·p_j over
// j ≤ i, at most 1. A NaN stays one, and counts as a member of the family.
func Holm(p []float64) []float64 {
	order := make([]int, 0, len(p))
	for i, v := range p {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case p[i] < p[j]:
			return -1
		case p[i] > p[j]:
			return 1
		}
		return 0
	})
	adjusted := slices.Clone(p)
	most := 0.0
	for k, i := range order {
		most = max(most, min(1, float64(len(p)-k)*p[i]))
		adjusted[i] = most
	}
	return adjusted
}

// FewestRuns returns how many runs each of two groups needs at least for a test
// that assumes no distribution to be able to reach a level as first of m pairs:
// the least n with 2/C(2n, n) ≤ level/m. It is 4 for one pair at 0.05, 5 for three
// to six, 6 for up to 23.
func FewestRuns(m int, level float64) int {
	for n, ways := 1, 2.0; ; n++ { // C(2n, n)
		if 2/ways <= level/float64(max(m, 1)) {
			return n
		}
		ways *= float64((2*n+2)*(2*n+1)) / float64((n+1)*(n+1))
	}
}
