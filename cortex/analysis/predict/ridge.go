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
	total   float64        // sum of the eigenvalues of XᵀX
	values  []float64      // eigenvalues that are not 0
	vectors blas64.General // [feature, axis]
}

// NewPrincipal finds the axes: of fewer images than features by the eigenvectors of XXᵀ.
func NewPrincipal(f *Features) *Principal {
	p, products, size := &Principal{f: f}, f.products, f.d
	few := f.n < f.d
	if few {
		products, size = general(f.n, f.n), f.n
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, f.x, f.x, 0, products)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(mat.NewSymDense(size, products.Data), true) {
		panic("predict: eigenvalues did not converge")
	}
	own := general(size, size)
	eigen.VectorsTo(mat.NewDense(size, size, own.Data))
	all := eigen.Values(nil)
	first := 0 // that is not 0
	for i, v := range all {
		p.total += max(v, 0)
		if !(v > 1e-12*all[size-1]) {
			first = i + 1
		}
	}
	p.values = all[first:]
	kept := general(size, len(p.values))
	for i := range size {
		copy(kept.Data[i*kept.Cols:][:kept.Cols], own.Data[i*size+first:(i+1)*size])
	}
	if p.vectors = kept; !few {
		return p
	}
	p.vectors = general(f.d, len(p.values))
	if len(p.values) == 0 {
		return p
	}
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, f.x, kept, 0, p.vectors)
	for i := range p.vectors.Data {
		p.vectors.Data[i] /= math.Sqrt(p.values[i%len(p.values)])
	}
	return p
}

// Ridge minimises Σ (y - x·w - b)² + penalty·|w|² for each response. The penalty is that of
// Penalties with the least generalised cross-validation error, summed over responses
// (Golub, Heath and Wahba 1979):
//
//	Σ (y - ŷ)² / (n - 1 - Σ λ/(λ+penalty))²
func (p *Principal) Ridge(responses [][]float64) (Map, float64) {
	y, mean := centred(responses)
	n, d, q, axes := float64(p.f.n), p.f.d, y.Cols, len(p.values)
	weights := general(d, q)
	if axes == 0 {
		return Map{p.f.mean, mean, weights}, 0
	}
	c := general(d, q)
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, p.f.x, y, 0, c)
	z := general(axes, q) // Vᵀ XᵀY
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, p.vectors, c, 0, z)
	squares := 0.0
	for _, v := range y.Data {
		squares += v * v
	}
	along := make([]float64, axes) // Σ of squares of z over responses
	for k := range axes {
		for _, v := range z.Data[k*q:][:q] {
			along[k] += v * v
		}
	}
	scale := p.total / math.Min(n-1, float64(d))
	best, least := Penalties[0]*scale, math.Inf(1)
	for _, relative := range Penalties {
		penalty := relative * scale
		left, degrees := squares, 0.0
		for k, v := range p.values {
			// ŷ along axis k is z·√λ/(λ+a), of y z/√λ: what is left of z²/λ is (a/(λ+a))².
			kept := v / (v + penalty)
			left -= along[k] / v * kept * (2 - kept)
			degrees += kept
		}
		if e := left / ((n - 1 - degrees) * (n - 1 - degrees)); e < least {
			best, least = penalty, e
		}
	}
	for k, v := range p.values {
		blas64.Scal(1/(v+best), blas64.Vector{N: q, Inc: 1, Data: z.Data[k*q:]})
	}
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, p.vectors, z, 0, weights)
	return Map{p.f.mean, mean, weights}, best
}
