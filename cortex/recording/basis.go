package recording

import (
	"fmt"
	"io"
	"math"

	"ventral/cortex/parallel"

	"gonum.org/v1/gonum/mat"
)

// Basis is principal components of an area.
type Basis struct {
	Mean       []float32 // [unit]
	Components []float32 // [component, unit], of length 1 and orthogonal, the first varies most
	Share      []float64 // of the variance of what it was fitted to, of each component
	Vectors    int       // how many were fitted to
}

// FitBasis fits the first k principal components to vectors [vector, unit], all of which
// are numbers. The sign of a component is such that its largest entry is positive. It
// holds the products of all pairs of vectors: n² numbers of 8 bytes.
func FitBasis(vectors []float32, units, k int) (*Basis, error) {
	n := len(vectors) / units
	if n <= k {
		return nil, fmt.Errorf("recording: %d components need more than %d vectors, found %d", k, k, n)
	}
	b := &Basis{Mean: make([]float32, units), Components: make([]float32, k*units), Share: make([]float64, k), Vectors: n}
	sums := make([]float64, units)
	for i := range n {
		for u, v := range vectors[i*units:][:units] {
			sums[u] += float64(v)
		}
	}
	for u, s := range sums {
		b.Mean[u] = float32(s / float64(n))
	}
	centred := make([]float32, len(vectors))
	for i := range vectors {
		centred[i] = vectors[i] - b.Mean[i%units]
	}
	gram := mat.NewSymDense(n, nil)
	parallel.For(n, func(i int) {
		x := centred[i*units:][:units]
		for j := i; j < n; j++ {
			gram.SetSym(i, j, dot(x, centred[j*units:][:units]))
		}
	})
	var eigen mat.EigenSym
	if !eigen.Factorize(gram, true) {
		return nil, fmt.Errorf("recording: the principal components of %d vectors did not converge", n)
	}
	values := eigen.Values(nil)
	var left mat.Dense
	eigen.VectorsTo(&left)
	total := 0.0
	for _, v := range values {
		total += max(v, 0)
	}
	if !(total > 0) {
		return nil, fmt.Errorf("recording: %d vectors are all equal and have no principal components", n)
	}
	parallel.For(k, func(c int) {
		at := n - 1 - c // eigenvalues rise
		b.Share[c] = max(values[at], 0) / total
		row := make([]float64, units)
		for i := range n {
			w := left.At(i, at)
			for u, v := range centred[i*units:][:units] {
				row[u] += w * float64(v)
			}
		}
		length, largest := 0.0, 0.0
		for _, v := range row {
			length += v * v
			if math.Abs(v) > math.Abs(largest) {
				largest = v
			}
		}
		if length = math.Sqrt(length); largest < 0 {
			length = -length
		}
		if values[at] <= 1e-12*values[n-1] {
			return // no variance is left: the component stays 0
		}
		for u, v := range row {
			b.Components[c*units+u] = float32(v / length)
		}
	})
	return b, nil
}

// Reduce gives the components of units.
func (b *Basis) Reduce(units, out []float32) {
	centred := make([]float32, len(units))
	for u, v := range units {
		centred[u] = v - b.Mean[u]
	}
	for c := range out {
		out[c] = float32(dot(centred, b.Components[c*len(units):][:len(units)]))
	}
}

// dot sums in float64, four sums at a time.
func dot(x, y []float32) float64 {
	var a, b, c, d float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		a += float64(x[i]) * float64(y[i])
		b += float64(x[i+1]) * float64(y[i+1])
		c += float64(x[i+2]) * float64(y[i+2])
		d += float64(x[i+3]) * float64(y[i+3])
	}
	for ; i < len(x); i++ {
		a += float64(x[i]) * float64(y[i])
	}
	return a + b + c + d
}

// Write writes the basis as npz: mean [unit], components [component, unit], share
// [component] and vectors.
func (b *Basis) Write(w io.Writer) error {
	z := NewNPZWriter(w)
	if err := z.Number("vectors", b.Vectors); err != nil {
		return err
	}
	for _, x := range []struct {
		name  string
		data  []float32
		shape []int
	}{{"mean", b.Mean, []int{len(b.Mean)}}, {"components", b.Components, []int{len(b.Share), len(b.Mean)}}} {
		a, err := z.Array(x.name, Header{Float32, x.shape})
		if err == nil {
			err = a.Float32s(x.data)
		}
		if err != nil {
			return err
		}
	}
	a, err := z.Array("share", Header{Float64, []int{len(b.Share)}})
	if err == nil {
		err = a.Float64s(b.Share)
	}
	if err != nil {
		return err
	}
	return z.Close()
}

// ReadBasis reads a basis.
func ReadBasis(r io.ReaderAt, size int64) (*Basis, error) {
	z, err := OpenNPZ(r, size)
	if err != nil {
		return nil, err
	}
	h, err := z.Header("components")
	if err != nil {
		return nil, err
	}
	mean, err := z.Header("mean")
	if err != nil {
		return nil, err
	}
	if len(h.Shape) != 2 || len(mean.Shape) != 1 || mean.Shape[0] != h.Shape[1] || h.Type != Float32 || mean.Type != Float32 {
		return nil, fmt.Errorf("recording: components %v %s and mean %v %s are no basis", h.Shape, h.Type, mean.Shape, mean.Type)
	}
	b := &Basis{Mean: make([]float32, h.Shape[1]), Components: make([]float32, h.Shape[0]*h.Shape[1])}
	if err := z.Float32s("mean", 0, b.Mean); err != nil {
		return nil, err
	}
	if err := z.Float32s("components", 0, b.Components); err != nil {
		return nil, err
	}
	if b.Share, err = z.Float64s("share"); err != nil {
		return nil, err
	}
	if len(b.Share) != h.Shape[0] {
		return nil, fmt.Errorf("recording: %d shares of %d components", len(b.Share), h.Shape[0])
	}
	b.Vectors, err = z.Number("vectors")
	return b, err
}
