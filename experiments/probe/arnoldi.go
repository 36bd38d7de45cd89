package probe

import (
	"errors"
	"math"
	"math/cmplx"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// ritz is an eigenvalue as a Krylov space has it.
type ritz struct {
	value    complex128
	residual float64 // |A·x - λ·x| of its vector of length 1
}

// arnoldi returns eigenvalues of a linear map of so many dimensions, the largest first:
// those of its projection onto the Krylov space of a random vector (Arnoldi 1951), which
// is spanned by at most size vectors. Vectors are orthogonalised twice. A space that is
// invariant ends sooner, and its eigenvalues are exact.
func arnoldi(dim, size int, seed uint64, apply func(v, out []float64) error) ([]ritz, error) {
	size = min(size, dim)
	v, w := unit(dim, seed), make([]float64, dim)
	h := mat.NewDense(size, size, nil)
	var basis [][]float32
	last, norm := 0.0, 0.0
	n := 0
	for n < size {
		basis = append(basis, narrow(v))
		widen(basis[n], v) // what is kept is what is applied
		if err := apply(v, w); err != nil {
			return nil, err
		}
		norm = math.Max(norm, math.Sqrt(dot(w, w)))
		if math.IsNaN(norm) || math.IsInf(norm, 0) {
			return nil, errors.New("the Jacobian has numbers that are not finite")
		}
		for range 2 {
			for j, q := range basis {
				c := 0.0
				for i, x := range q {
					c += float64(x) * w[i]
				}
				h.Set(j, n, h.At(j, n)+c)
				for i, x := range q {
					w[i] -= c * float64(x)
				}
			}
		}
		n++
		last = math.Sqrt(dot(w, w))
		if last <= 1e-6*norm { // what float32 leaves of nothing
			last = 0
			break
		}
		if n < size {
			h.Set(n, n-1, last)
		}
		scale(w, 1/last)
		v, w = w, v
	}
	var e mat.Eigen
	if !e.Factorize(h.Slice(0, n, 0, n), mat.EigenRight) {
		return nil, errors.New("the eigenvalues of the projected Jacobian do not converge")
	}
	var vectors mat.CDense
	e.VectorsTo(&vectors)
	list := make([]ritz, n)
	for k, value := range e.Values(nil) {
		length := 0.0
		for i := range n {
			length = math.Hypot(length, cmplx.Abs(vectors.At(i, k)))
		}
		list[k] = ritz{value, last * cmplx.Abs(vectors.At(n-1, k)) / length}
	}
	slices.SortStableFunc(list, func(a, b ritz) int {
		switch x, y := cmplx.Abs(a.value), cmplx.Abs(b.value); {
		case x-y > 1e-9*x:
			return -1
		case y-x > 1e-9*y:
			return 1
		}
		switch { // of a pair that with the positive imaginary part comes first
		case imag(a.value) > imag(b.value):
			return -1
		case imag(a.value) < imag(b.value):
			return 1
		}
		return 0
	})
	return list, nil
}

// scale multiplies a vector.
func scale(v []float64, by float64) {
	for i := range v {
		v[i] *= by
	}
}

// narrow rounds a vector to float32, of which many are kept.
func narrow(v []float64) []float32 {
	list := make([]float32, len(v))
	for i, x := range v {
		list[i] = float32(x)
	}
	return list
}

// widen is the other way.
func widen(from []float32, to []float64) {
	for i, x := range from {
		to[i] = float64(x)
	}
}
