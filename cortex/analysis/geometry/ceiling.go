package geometry

import "math"

// Ceiling is the noise ceiling of Nili et al. 2014 for the RDMs of subjects, as rsatoolbox
// gives it: the mean similarity of each subject's RDM to the mean of all (high), which no
// model can exceed but by chance, and to the mean of the others (low). Ranks are averaged
// for Spearman's, numbers scaled to one length for others. One subject has no ceiling.
// Kendall's has none.
func Ceiling(m Measure, subjects []*Vector) (low, high float64) {
	n := len(subjects)
	if n < 2 || m == KendallTauA {
		return math.NaN(), math.NaN()
	}
	w, units, raw := allPairs(len(subjects[0].x)), make([][]float64, n), make([][]float64, n)
	for s, v := range subjects {
		units[s] = make([]float64, len(v.x))
		if !v.Unit(m, w, units[s]) {
			return math.NaN(), math.NaN()
		}
		if raw[s] = units[s]; m == Spearman {
			raw[s] = make([]float64, len(v.x))
			v.ranks(w, raw[s])
		}
	}
	sum := make([]float64, len(raw[0]))
	for _, x := range raw {
		for k, v := range x {
			sum[k] += v
		}
	}
	others := make([]float64, len(sum))
	for s, x := range raw {
		for k, v := range sum {
			others[k] = v - x[k]
		}
		low += pooledWith(m, others, units[s], w) / float64(n)
		high += pooledWith(m, sum, units[s], w) / float64(n)
	}
	return low, high
}

// pooledWith compares pooled pairs with those of a subject.
func pooledWith(m Measure, pooled, unit []float64, w *Weights) float64 {
	out := make([]float64, len(pooled))
	if !NewVector(pooled, m).Unit(m, w, out) {
		return math.NaN()
	}
	return dot(out, unit)
}
