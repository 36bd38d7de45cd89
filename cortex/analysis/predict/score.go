package predict

import (
	"math"
	"math/rand/v2"
)

// Split is a division of images, by their places.
type Split struct{ Train, Test []int }

// Splits divides n images at random, count times, a tenth for tests, rounded up, as
// scikit-learn's ShuffleSplit(test_size=0.1) does.
func Splits(n, count int, seed uint64) []Split {
	r, list := rand.New(rand.NewPCG(seed, 0x5b11)), make([]Split, count)
	for k := range list {
		order, tests := r.Perm(n), (n+9)/10
		list[k] = Split{Train: order[tests:], Test: order[:tests]}
	}
	return list
}

// Correlations are Pearson's r of predicted and measured responses, [image][response], over
// images that count weight times; nil weights are 1. They are NaN where one does not vary.
func Correlations(predicted, measured [][]float64, weights []float64) []float64 {
	q := len(predicted[0])
	px, py := make([]float64, q), make([]float64, q)
	total := 0.0
	for i := range predicted {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if w == 0 {
			continue
		}
		total += w
		for u := range q {
			px[u] += w * predicted[i][u]
			py[u] += w * measured[i][u]
		}
	}
	xx, yy, xy := make([]float64, q), make([]float64, q), make([]float64, q)
	sx, sy := make([]float64, q), make([]float64, q)
	for i := range predicted {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if w == 0 {
			continue
		}
		for u := range q {
			x, y := predicted[i][u]-px[u]/total, measured[i][u]-py[u]/total
			xx[u] += w * x * x
			yy[u] += w * y * y
			xy[u] += w * x * y
			sx[u] += w * predicted[i][u] * predicted[i][u]
			sy[u] += w * measured[i][u] * measured[i][u]
		}
	}
	for u := range q {
		if xx[u] <= 1e-24*sx[u] || yy[u] <= 1e-24*sy[u] {
			xy[u] = math.NaN()
			continue
		}
		xy[u] /= math.Sqrt(xx[u] * yy[u])
	}
	return xy
}
