package statistics

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Difference is that of two means with its interval and test.
type Difference struct {
	Mean      float64 // of the first minus that of the second
	Low, High float64 // of the interval at the level asked for
	T, DF     float64
	P         float64 // two-sided, of equal means
}

// alike is the share of the largest number within which sums of as many numbers in
// another order may differ, and the spread of equal numbers from 0.
const alike = 1e-12

// Welch compares the means of two groups of independent numbers whose
// variances may differ (Welch 1947):
//
//	t = (ā - b̄)/s,  s² = s²_a/n_a + s²_b/n_b
//	ν = s⁴ / ((s²_a/n_a)²/(n_a-1) + (s²_b/n_b)²/(n_b-1))
//
// The interval is ā - b̄ ± s·t(1-(1-level)/2, ν). Interval and test are NaN where
// a group has fewer than two numbers, or where no number differs from others of
// its group, since then nothing estimates the spread.
func Welch(a, b []float64, level float64) Difference {
	nan := math.NaN()
	d := Difference{stat.Mean(a, nil) - stat.Mean(b, nil), nan, nan, nan, nan, nan}
	if len(a) < 2 || len(b) < 2 {
		return d
	}
	va, vb := stat.Variance(a, nil)/float64(len(a)), stat.Variance(b, nil)/float64(len(b))
	s := math.Sqrt(va + vb)
	size := 0.0
	for _, v := range slices.Concat(a, b) {
		size = max(size, math.Abs(v))
	}
	if !(s > alike*size) {
		return d
	}
	d.T = d.Mean / s
	d.DF = (va + vb) * (va + vb) / (va*va/float64(len(a)-1) + vb*vb/float64(len(b)-1))
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: d.DF}
	d.P = 2 * t.CDF(-math.Abs(d.T))
	half := s * t.Quantile(1-(1-level)/2)
	d.Low, d.High = d.Mean-half, d.Mean+half
	return d
}
