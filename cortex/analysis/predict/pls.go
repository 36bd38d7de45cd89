package predict

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Features are those of training images, centred, with what every fit needs.
type Features struct {
	n, d     int
	x        blas64.General // [image, feature]
	mean     []float64
	products blas64.General // XᵀX
}

// NewFeatures makes features of rows ready, which it copies.
func NewFeatures(rows [][]float64) *Features {
	f := &Features{n: len(rows), d: len(rows[0]), mean: make([]float64, len(rows[0]))}
	for _, row := range rows {
		for u, v := range row {
			f.mean[u] += v / float64(f.n)
		}
	}
	f.x = general(f.n, f.d)
	for i, row := range rows {
		for u, v := range row {
			f.x.Data[i*f.d+u] = v - f.mean[u]
		}
	}
	f.products = general(f.d, f.d)
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, f.x, f.x, 0, f.products)
	return f
}

func general(rows, columns int) blas64.General {
	return blas64.General{Rows: rows, Cols: columns, Stride: max(1, columns), Data: make([]float64, rows*columns)}
}

// centred copies rows without their mean.
func centred(rows [][]float64) (blas64.General, []float64) {
	y, mean := general(len(rows), len(rows[0])), make([]float64, len(rows[0]))
	for _, row := range rows {
		for u, v := range row {
			mean[u] += v / float64(len(rows))
		}
	}
	for i, row := range rows {
		for u, v := range row {
			y.Data[i*y.Cols+u] = v - mean[u]
		}
	}
	return y, mean
}

// Map predicts responses: mean + (x - features' mean) · Weights.
type Map struct {
	features, mean []float64
	weights        blas64.General // [feature, response]
}

// Predict returns responses [image][response].
func (m Map) Predict(rows [][]float64) [][]float64 {
	x := general(len(rows), m.weights.Rows)
	for i, row := range rows {
		for u, v := range row {
			x.Data[i*x.Cols+u] = v - m.features[u]
		}
	}
	y := general(len(rows), m.weights.Cols)
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, x, m.weights, 0, y)
	out := make([][]float64, len(rows))
	for i := range out {
		out[i] = y.Data[i*y.Cols : (i+1)*y.Cols]
		for u, v := range m.mean {
			out[i][u] += v
		}
	}
	return out
}

// PLS fits partial least squares of several responses (PLS2), as scikit-learn's
// PLSRegression(scale=False) does, by the second kernel algorithm of Dayal and MacGregor
// 1997: only XᵀY is deflated. There are at most as many components as the rank allows.
func (f *Features) PLS(responses [][]float64, components int) Map {
	y, mean := centred(responses)
	d, q := f.d, y.Cols
	c := general(d, q) // XᵀY, deflated
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, f.x, y, 0, c)
	g := general(q, q) // its products over features
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, c, c, 0, g)
	start := trace(g)
	weights := general(d, q)
	var rotations, loadings [][]float64
	vector := func(n int, data []float64) blas64.Vector { return blas64.Vector{N: n, Inc: 1, Data: data} }
	for range min(components, f.n-1, d) {
		if !(trace(g) > 1e-12*start) {
			break
		}
		// The weights are the leading left singular vector of XᵀY.
		v := leading(g)
		w := make([]float64, d)
		blas64.Gemv(blas.NoTrans, 1, c, vector(q, v), 0, vector(d, w))
		length := blas64.Nrm2(vector(d, w))
		if !(length > 0) {
			break
		}
		blas64.Scal(1/length, vector(d, w))
		r := append([]float64(nil), w...)
		for k, p := range loadings {
			blas64.Axpy(-blas64.Dot(vector(d, p), vector(d, w)), vector(d, rotations[k]), vector(d, r))
		}
		p := make([]float64, d)
		blas64.Gemv(blas.NoTrans, 1, f.products, vector(d, r), 0, vector(d, p))
		tt := blas64.Dot(vector(d, r), vector(d, p))
		if !(tt > 0) {
			break
		}
		blas64.Scal(1/tt, vector(d, p))
		b := make([]float64, q)
		blas64.Gemv(blas.Trans, 1/tt, c, vector(d, r), 0, vector(q, b))
		along := make([]float64, q) // Cᵀp, for the products after deflation
		blas64.Gemv(blas.Trans, 1, c, vector(d, p), 0, vector(q, along))
		pp := blas64.Dot(vector(d, p), vector(d, p))
		blas64.Ger(-tt, vector(d, p), vector(q, b), c)
		blas64.Ger(-tt, vector(q, along), vector(q, b), g)
		blas64.Ger(-tt, vector(q, b), vector(q, along), g)
		blas64.Ger(tt*tt*pp, vector(q, b), vector(q, b), g)
		blas64.Ger(1, vector(d, r), vector(q, b), weights)
		rotations, loadings = append(rotations, r), append(loadings, p)
	}
	return Map{f.mean, mean, weights}
}

func trace(g blas64.General) (sum float64) {
	for i := range g.Rows {
		sum += g.Data[i*g.Stride+i]
	}
	return sum
}

// leading is the leading eigenvector of a symmetric matrix, by the power method from its
// largest column.
func leading(g blas64.General) []float64 {
	n := g.Rows
	from := 0
	for i := range n {
		if g.Data[i*g.Stride+i] > g.Data[from*g.Stride+from] {
			from = i
		}
	}
	v, next := make([]float64, n), make([]float64, n)
	copy(v, g.Data[from*g.Stride:][:n])
	normalise(v)
	if n == 1 {
		return v
	}
	for range 2000 {
		blas64.Gemv(blas.NoTrans, 1, g, blas64.Vector{N: n, Inc: 1, Data: v}, 0, blas64.Vector{N: n, Inc: 1, Data: next})
		normalise(next)
		change := 0.0
		for i, x := range next {
			change += (x - v[i]) * (x - v[i])
		}
		v, next = next, v
		if change < 1e-20 {
			break
		}
	}
	return v
}

func normalise(v []float64) {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	scale := 1 / math.Sqrt(sum)
	for i := range v {
		v[i] *= scale
	}
}
