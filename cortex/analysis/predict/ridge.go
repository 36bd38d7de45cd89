package predict

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Penalties are those that Ridge tries, times the mean eigenvalue of XᵀX.
var Penalties = []float64{1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4}

// Principal are features on the axes of XᵀX, which all penalties and responses share.
type Principal struct {
	f       *Features
	values  []float64      // eigenvalues of XᵀX
	vectors blas64.General // [feature, axis]
}

// NewPrincipal finds the axes.
func NewPrincipal(f *Features) *Principal {
	symmetric := mat.NewSymDense(f.d, f.products.Data)
	var eigen mat.EigenSym
	p := &Principal{f: f, vectors: general(f.d, f.d)}
	if !eigen.Factorize(symmetric, true) {
		panic("predict: eigenvalues did not converge")
	}
	p.values = eigen.Values(nil)
	for i, v := range p.values {
		p.values[i] = max(v, 0)
	}
	all := mat.NewDense(f.d, f.d, p.vectors.Data)
	eigen.VectorsTo(all)
	return p
}

// Ridge minimises Σ (y - x·w - b)² + penalty·|w|² for each response. The penalty is that of
// Penalties with the least generalised cross-validation error, summed over responses
// (Golub, Heath and Wahba 1979):
//
//	Σ (y - ŷ)² / (n - 1 - Σ λ/(λ+penalty))²
func (p *Principal) Ridge(responses [][]float64) (Map, float64) {
	y, mean := centred(responses)
	n, d, q := float64(p.f.n), p.f.d, y.Cols
	c := general(d, q)
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, p.f.x, y, 0, c)
	z := general(d, q) // Vᵀ XᵀY
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, p.vectors, c, 0, z)
	squares, total := 0.0, 0.0
	for _, v := range y.Data {
		squares += v * v
	}
	along := make([]float64, d) // Σ of squares of z over responses
	for k := range d {
		total += p.values[k]
		for _, v := range z.Data[k*q:][:q] {
			along[k] += v * v
		}
	}
	if !(total > 0) {
		return Map{p.f.mean, mean, general(d, q)}, 0
	}
	scale := total / math.Min(n-1, float64(d))
	best, least := Penalties[0]*scale, math.Inf(1)
	for _, relative := range Penalties {
		penalty := relative * scale
		left, degrees := squares, 0.0
		for k, v := range p.values {
			// ŷ along axis k is z·√λ/(λ+a), of y z/√λ: what is left of z²/λ is (a/(λ+a))².
			if v > 1e-12*p.values[d-1] {
				kept := v / (v + penalty)
				left -= along[k] / v * kept * (2 - kept)
				degrees += kept
			}
		}
		if e := left / ((n - 1 - degrees) * (n - 1 - degrees)); e < least {
			best, least = penalty, e
		}
	}
	for k, v := range p.values {
		blas64.Scal(1/(v+best), blas64.Vector{N: q, Inc: 1, Data: z.Data[k*q:]})
	}
	weights := general(d, q)
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, p.vectors, z, 0, weights)
	return Map{p.f.mean, mean, weights}, best
}
