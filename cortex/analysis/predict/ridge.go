package predict

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	lapack "gonum.org/v1/gonum/lapack/gonum"
)

// Penalties are those that Ridge tries, times the mean eigenvalue of XᵀX.
var Penalties = []float64{1e-4, 1e-3, 1e-2, 1e-1, 1, 1e1, 1e2, 1e3, 1e4}

// Reduced are the products XᵀX of features as Q·T·Qᵀ with a tridiagonal T, in which every
// penalty is a sweep; those of fewer images than features are XXᵀ.
type Reduced struct {
	f             *Features
	few           bool
	basis         blas64.General // Q
	diagonal, off []float64      // T
	values        []float64      // its eigenvalues
	total         float64        // their sum
}

// NewReduced reduces products (Dsytrd, Dorgtr and Dsterf of LAPACK).
func NewReduced(f *Features) *Reduced {
	p := &Reduced{f: f, few: f.n < f.d}
	if p.few {
		p.basis = general(f.n, f.n)
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, f.x, f.x, 0, p.basis)
	} else {
		p.basis = general(f.d, f.d)
		copy(p.basis.Data, f.products.Data)
	}
	n := p.basis.Rows
	p.total = trace(p.basis)
	p.diagonal, p.off = make([]float64, n), make([]float64, max(0, n-1))
	tau, size := make([]float64, max(0, n-1)), make([]float64, 1)
	var with lapack.Implementation
	with.Dsytrd(blas.Upper, n, p.basis.Data, p.basis.Stride, p.diagonal, p.off, tau, size, -1)
	work := make([]float64, int(size[0]))
	with.Dsytrd(blas.Upper, n, p.basis.Data, p.basis.Stride, p.diagonal, p.off, tau, work, len(work))
	with.Dorgtr(blas.Upper, n, p.basis.Data, p.basis.Stride, tau, size, -1)
	work = make([]float64, max(1, int(size[0])))
	with.Dorgtr(blas.Upper, n, p.basis.Data, p.basis.Stride, tau, work, len(work))
	p.values = slices.Clone(p.diagonal)
	if !with.Dsterf(n, p.values, slices.Clone(p.off)) {
		panic("predict: eigenvalues did not converge")
	}
	return p
}

// solve is (T + penalty)⁻¹·z, [place, response].
func (p *Reduced) solve(penalty float64, z blas64.General) blas64.General {
	n, q := z.Rows, z.Cols
	w := general(n, q)
	copy(w.Data, z.Data)
	row := func(i int) blas64.Vector { return blas64.Vector{N: q, Inc: 1, Data: w.Data[i*q:]} }
	pivots, factors := make([]float64, n), make([]float64, n)
	for i := range n {
		pivots[i] = p.diagonal[i] + penalty
		if i > 0 {
			factors[i] = p.off[i-1] / pivots[i-1]
			pivots[i] -= factors[i] * p.off[i-1]
			blas64.Axpy(-factors[i], row(i-1), row(i))
		}
	}
	for i := n - 1; i >= 0; i-- {
		blas64.Scal(1/pivots[i], row(i))
		if i < n-1 {
			blas64.Axpy(-factors[i+1], row(i+1), row(i))
		}
	}
	return w
}

// times is T·w.
func (p *Reduced) times(w blas64.General) blas64.General {
	n, q := w.Rows, w.Cols
	out := general(n, q)
	for i := range n {
		to := blas64.Vector{N: q, Inc: 1, Data: out.Data[i*q:]}
		blas64.Axpy(p.diagonal[i], blas64.Vector{N: q, Inc: 1, Data: w.Data[i*q:]}, to)
		if i > 0 {
			blas64.Axpy(p.off[i-1], blas64.Vector{N: q, Inc: 1, Data: w.Data[(i-1)*q:]}, to)
		}
		if i < n-1 {
			blas64.Axpy(p.off[i], blas64.Vector{N: q, Inc: 1, Data: w.Data[(i+1)*q:]}, to)
		}
	}
	return out
}

// inner is the sum of the products of all numbers.
func inner(a, b blas64.General) float64 {
	return blas64.Dot(blas64.Vector{N: len(a.Data), Inc: 1, Data: a.Data}, blas64.Vector{N: len(b.Data), Inc: 1, Data: b.Data})
}

// Ridge minimises Σ (y - x·w - b)² + penalty·|w|² for each response. The penalty is that of
// Penalties with the least generalised cross-validation error, summed over responses
// (Golub, Heath and Wahba 1979):
//
//	Σ (y - ŷ)² / (n - 1 - Σ λ/(λ+penalty))²
func (p *Reduced) Ridge(responses [][]float64) (Map, float64) {
	y, mean := centred(responses)
	n, d, q := float64(p.f.n), p.f.d, y.Cols
	weights := general(d, q)
	if !(p.total > 0) {
		return Map{p.f.mean, mean, weights}, 0
	}
	c := y // what the basis is of: Y, or XᵀY
	if !p.few {
		c = general(d, q)
		blas64.Gemm(blas.Trans, blas.NoTrans, 1, p.f.x, y, 0, c)
	}
	z := general(p.basis.Rows, q)
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, p.basis, c, 0, z)
	squares := inner(y, y)
	scale := p.total / math.Min(n-1, float64(d))
	best, least := math.NaN(), math.Inf(1)
	var chosen blas64.General
	for _, relative := range Penalties {
		penalty := relative * scale
		w := p.solve(penalty, z)
		fitted := p.times(w)
		left := squares - 2*inner(w, z) + inner(w, fitted)
		if p.few { // ŷ is T·w itself
			left = squares - 2*inner(fitted, z) + inner(fitted, fitted)
		}
		degrees := 0.0
		for _, v := range p.values {
			degrees += max(v, 0) / (max(v, 0) + penalty)
		}
		if e := left / ((n - 1 - degrees) * (n - 1 - degrees)); e < least || chosen.Data == nil {
			best, least, chosen = penalty, e, w
		}
	}
	whole := general(p.basis.Rows, q)
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, p.basis, chosen, 0, whole)
	if !p.few {
		return Map{p.f.mean, mean, whole}, best
	}
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, p.f.x, whole, 0, weights)
	return Map{p.f.mean, mean, weights}, best
}
