package linear

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
)

// Labels say what is decoded: a class or a number of every image.
type Labels struct {
	Classes int       // 0 where numbers are decoded
	Class   []int     // of each image
	Number  []float64 // of each image
}

// Outputs is the number of scores that a decoder gives: one a class, or one.
func (l Labels) Outputs() int { return max(l.Classes, 1) }

// Data is the features of images, sorted by fold.
type Data struct {
	Dim   int
	X     []float32 // [row, feature]
	Image []int     // of each row, a place in Labels
	Start []int     // first row of each fold, and the number of rows
}

// Folds is the number of folds.
func (d Data) Folds() int { return len(d.Start) - 1 }

// Rows is the number of rows.
func (d Data) Rows() int { return len(d.Image) }

// fold returns the features and the images of a fold.
func (d Data) fold(f int) (x []float32, images []int) {
	return d.X[d.Start[f]*d.Dim : d.Start[f+1]*d.Dim], d.Image[d.Start[f]:d.Start[f+1]]
}

// Weights are those of decoders: the score of an output is Σ w·x + b.
type Weights struct {
	W []float64 // [output, feature]
	B []float64 // [output]
}

// Predict returns the scores [row, output] of a fold.
func (d Data) Predict(f int, w Weights) []float64 {
	x, images := d.fold(f)
	out := make([]float64, len(images)*len(w.B))
	if len(images) == 0 {
		return out
	}
	wide := make([]float64, len(x))
	for i, v := range x {
		wide[i] = float64(v)
	}
	for i := range images {
		copy(out[i*len(w.B):], w.B)
	}
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, general(len(images), d.Dim, wide), general(len(w.B), d.Dim, w.W), 1, general(len(images), len(w.B), out))
	return out
}

// Narrow are weights of many decoders in float32, in which chance is computed.
type Narrow struct {
	W []float32 // [draw, output, feature]
	B []float32 // [draw, output]
}

// predictNarrow returns the scores [row, draw, output] of a fold.
func (d Data) predictNarrow(f int, w Narrow) []float32 {
	x, images := d.fold(f)
	out := make([]float32, len(images)*len(w.B))
	if len(images) == 0 {
		return out
	}
	for i := range images {
		copy(out[i*len(w.B):], w.B)
	}
	blas32.Gemm(blas.NoTrans, blas.Trans, 1,
		blas32.General{Rows: len(images), Cols: d.Dim, Stride: d.Dim, Data: x},
		blas32.General{Rows: len(w.B), Cols: d.Dim, Stride: d.Dim, Data: w.W}, 1,
		blas32.General{Rows: len(images), Cols: len(w.B), Stride: len(w.B), Data: out})
	return out
}

// general is a matrix of numbers.
func general(rows, columns int, data []float64) blas64.General {
	return blas64.General{Rows: rows, Cols: columns, Stride: columns, Data: data}
}

// Measures is how many numbers a score has.
const Measures = 2

// Score is how well a fold is decoded. Of classes the first number is the share of images
// with the right class. Of numbers it is Pearson's r, and the second is
//
//	R² = 1 - Σ(y - p)² / Σ(y - mean of y)²
//
// over the images of the fold, as scikit-learn defines it. NaN is a number that is not
// defined.
type Score [Measures]float64

// scoreOf is the score of predictions [row, stride], of which those from at on count.
func scoreOf[F float32 | float64](l Labels, images []int, p []F, stride, at int) Score {
	if len(images) == 0 {
		return Score{math.NaN(), math.NaN()}
	}
	if l.Classes > 0 {
		right := 0
		for i, image := range images {
			if largest(p[i*stride+at:][:l.Classes]) == l.Class[image] {
				right++
			}
		}
		return Score{float64(right) / float64(len(images)), math.NaN()}
	}
	n := float64(len(images))
	var my, mp float64
	for i, image := range images {
		my += l.Number[image] / n
		mp += float64(p[i*stride+at]) / n
	}
	var yy, pp, yp, ee float64
	for i, image := range images {
		y, q := l.Number[image], float64(p[i*stride+at])
		yy += (y - my) * (y - my)
		pp += (q - mp) * (q - mp)
		yp += (y - my) * (q - mp)
		ee += (y - q) * (y - q)
	}
	s := Score{math.NaN(), math.NaN()}
	if yy > 0 {
		s[1] = 1 - ee/yy
		if pp > 1e-20*yy {
			s[0] = yp / math.Sqrt(yy*pp)
		}
	}
	return s
}

// largest is the place of the largest number, the first of equal ones.
func largest[F float32 | float64](x []F) int {
	at := 0
	for i, v := range x {
		if v > x[at] {
			at = i
		}
	}
	return at
}

// Right says of each row of a fold whether its class is decoded.
func Right(l Labels, d Data, f int, p []float64) []bool {
	_, images := d.fold(f)
	right := make([]bool, len(images))
	for i, image := range images {
		right[i] = largest(p[i*l.Classes:][:l.Classes]) == l.Class[image]
	}
	return right
}

// Mean is that of scores over folds, of each number over the folds that have it.
func Mean(scores []Score) (m Score) {
	for k := range m {
		sum, n := 0.0, 0
		for _, s := range scores {
			if !math.IsNaN(s[k]) {
				sum += s[k]
				n++
			}
		}
		m[k] = sum / float64(n) // NaN of none
	}
	return m
}

// Decodable reports whether each fold has a row, and the rows without any two folds have
// labels that differ.
func (d Data) Decodable(l Labels) bool {
	for f := range d.Folds() {
		if d.Start[f] == d.Start[f+1] {
			return false
		}
		for g := range f {
			if !d.several(l, f, g) {
				return false
			}
		}
	}
	return true
}

// several reports whether rows outside some folds have two labels that differ.
func (d Data) several(l Labels, without ...int) bool {
	first := math.NaN()
	for f := range d.Folds() {
		if slices.Contains(without, f) {
			continue
		}
		_, images := d.fold(f)
		for _, image := range images {
			y := 0.0
			if l.Classes > 0 {
				y = float64(l.Class[image])
			} else {
				y = l.Number[image]
			}
			if math.IsNaN(first) {
				first = y
			} else if y != first {
				return true
			}
		}
	}
	return false
}
