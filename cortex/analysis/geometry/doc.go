// Package geometry compares patterns: dissimilarities between them, comparisons of
// dissimilarity matrices (RDMs), noise ceilings, and centred kernel alignment (CKA). It
// knows numbers only. The pairs of n patterns are in the order (0,1), (0,2), … (n-2,n-1),
// as numpy.triu_indices(n, 1), SciPy's squareform and rsatoolbox have them.
package geometry

// Pairs is the number of pairs of n patterns.
func Pairs(n int) int { return n * (n - 1) / 2 }

// Upper returns the pairs of a matrix [n, n].
func Upper(matrix []float64, n int) []float64 {
	pairs := make([]float64, 0, Pairs(n))
	for i := range n {
		pairs = append(pairs, matrix[i*n+i+1:(i+1)*n]...)
	}
	return pairs
}
