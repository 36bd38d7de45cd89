package geometry

import (
	"math"

	"ventral/cortex/parallel"
)

// Distance is how the dissimilarity of two patterns x, y over n units is measured.
type Distance string

// The distances between single patterns.
const (
	Correlation Distance = "correlation" // 1 - Σ (x-x̄)(y-ȳ) / √(Σ (x-x̄)² · Σ (y-ȳ)²)
	Euclidean   Distance = "euclidean"   // Σ (x-y)² / n, as rsatoolbox calls it, without a root
	Cosine      Distance = "cosine"      // 1 - Σ x·y / √(Σ x² · Σ y²)
)

// Matrix returns the dissimilarities of rows, [row, row]. The length of a row is n unless
// units is larger, where rows are projections of as many units. Rows are overwritten.
// A row of which any number is not finite has NaN, its diagonal, too, and so has one that
// does not vary, of Correlation, or is all 0, of Cosine: Matrix counts the latter.
func (d Distance) Matrix(rows [][]float64, units int) (matrix []float64, undefined int) {
	if d != Euclidean {
		for _, row := range rows {
			if d.scale(row) {
				undefined++
			}
		}
	}
	n := len(rows)
	matrix = make([]float64, n*n)
	parallel.For(n, func(i int) {
		x := rows[i]
		for j, y := range rows[:i+1] {
			sum := 0.0
			if d == Euclidean {
				for u, v := range x {
					sum += (v - y[u]) * (v - y[u])
				}
				sum /= float64(max(units, len(x)))
			} else {
				for u, v := range x {
					sum += v * y[u]
				}
				sum = 1 - sum
				if i == j && !math.IsNaN(sum) {
					sum = 0 // but for rounding
				}
			}
			if math.IsInf(sum, 0) {
				sum = math.NaN()
			}
			matrix[i*n+j], matrix[j*n+i] = sum, sum
		}
	})
	return matrix, undefined
}

// scale scales a pattern to the length 1, of Correlation without its mean. One that has no
// direction becomes NaN.
func (d Distance) scale(row []float64) (undefined bool) {
	mean, equal := 0.0, true
	if d == Correlation {
		for _, v := range row {
			mean += v
			equal = equal && v == row[0]
		}
		mean /= float64(len(row))
	} else {
		for _, v := range row {
			equal = equal && v == 0
		}
	}
	length := 0.0
	for i, v := range row {
		row[i] = v - mean
		length += row[i] * row[i]
	}
	length = math.Sqrt(length)
	if equal {
		length = math.NaN()
	}
	for i := range row {
		row[i] /= length
	}
	return equal
}

// Crossnobis returns the cross-validated dissimilarities of patterns that were measured in
// several folds with independent noise, [fold][pattern][unit]:
//
//	d(i, j) = mean over folds m ≠ k of Σ (x_i^m - x_j^m)(x_i^k - x_j^k) / n
//
// Its expectation is that without noise, 0 for equal patterns, so that it may be below 0
// (Walther et al. 2016). Units are divided beforehand by the deviation of their noise. A
// pattern that a fold lacks (nil) has NaN. Units is n where it is larger than a pattern.
func Crossnobis(folds [][][]float64, units int) []float64 {
	n, f := len(folds[0]), float64(len(folds))
	sums := make([][]float64, n) // over folds
	for i := range n {
		for _, fold := range folds {
			if fold[i] == nil {
				sums[i] = nil
				break
			}
			if sums[i] == nil {
				sums[i] = make([]float64, len(fold[i]))
			}
			for u, v := range fold[i] {
				sums[i][u] += v
			}
		}
	}
	inner := make([]float64, n*n) // Σ over pairs of folds of x_i·x_j, over their number
	parallel.For(n, func(i int) {
		for j := range i + 1 {
			sum := math.NaN()
			if sums[i] != nil && sums[j] != nil {
				sum = dot(sums[i], sums[j])
				for _, fold := range folds {
					sum -= dot(fold[i], fold[j])
				}
				sum /= f * (f - 1) * float64(max(units, len(sums[i])))
			}
			inner[i*n+j], inner[j*n+i] = sum, sum
		}
	})
	matrix := make([]float64, n*n)
	for i := range n {
		for j := range n {
			matrix[i*n+j] = inner[i*n+i] + inner[j*n+j] - 2*inner[i*n+j]
		}
	}
	return matrix
}

func dot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum += v * y[i]
	}
	return sum
}
