package geometry

import "math"

// Weights are how often each pair of images counts. Pairs of weight 0 have no part.
type Weights struct {
	pairs   []int32   // that have a weight, rising
	weights []float64 // of these
	roots   []float64
	places  []int32 // of each pair among them, -1 of one without
	total   float64
}

// NewWeights are the products of the weights of the images of each pair: 0 of a pair of
// which one image is left out, and more than 1 of images that a bootstrap drew again. A
// pair of an image with itself is no pair.
func NewWeights(images []float64) *Weights {
	w := &Weights{places: make([]int32, 0, Pairs(len(images)))}
	for i, x := range images {
		for _, y := range images[i+1:] {
			w.add(x * y)
		}
	}
	return w
}

// allPairs has the weight 1 for every pair.
func allPairs(pairs int) *Weights {
	w := &Weights{places: make([]int32, 0, pairs)}
	for range pairs {
		w.add(1)
	}
	return w
}

func (w *Weights) add(weight float64) {
	if weight == 0 {
		w.places = append(w.places, -1)
		return
	}
	w.pairs, w.places = append(w.pairs, int32(len(w.places))), append(w.places, int32(len(w.pairs)))
	w.weights, w.roots = append(w.weights, weight), append(w.roots, math.Sqrt(weight))
	w.total += weight
}

// of is the weight of a pair.
func (w *Weights) of(pair int32) float64 {
	if k := w.places[pair]; k >= 0 {
		return w.weights[k]
	}
	return 0
}

// Len is how many pairs have a weight.
func (w *Weights) Len() int { return len(w.pairs) }

// Spread writes numbers of the pairs that have a weight to their places among all pairs.
func (w *Weights) Spread(x, all []float64) {
	for k, p := range w.pairs {
		all[p] = x[k]
	}
}

// Square is the matrix [image][image] of numbers of the pairs that have a weight; others
// are 0.
func (w *Weights) Square(x []float64, n int) [][]float64 {
	rows, pair := make([][]float64, n), 0
	for i := range rows {
		rows[i] = make([]float64, n)
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			if k := w.places[pair]; k >= 0 {
				rows[i][j], rows[j][i] = x[k], x[k]
			}
			pair++
		}
	}
	return rows
}

// Moved writes the numbers of a matrix whose images are permuted, as those of the pairs that
// have a weight: those of image i are at to[i].
func (w *Weights) Moved(square [][]float64, to []int, out []float64) {
	pair := 0
	for i := range to {
		row := square[to[i]]
		for _, j := range to[i+1:] {
			if k := w.places[pair]; k >= 0 {
				out[k] = row[j]
			}
			pair++
		}
	}
}
