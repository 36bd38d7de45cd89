package linear

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkRidge is one step of an area: 10,000 images of 512 features in 10 classes, 5
// folds, 6 penalties; and 100 draws of labels.
func BenchmarkRidge(b *testing.B) { benchmark(b, 10000, 512, Ridge) }

// BenchmarkLogistic is 1,000 images.
func BenchmarkLogistic(b *testing.B) { benchmark(b, 1000, 512, Logistic) }

func benchmark(b *testing.B, n, d int, decoder func(Data, Labels, []float64) Fit) {
	r := rand.New(rand.NewPCG(1, 1))
	l, data := Labels{Classes: 10}, Data{Dim: d, X: make([]float32, n*d)}
	for i := range n {
		l.Class = append(l.Class, i*7%10)
		data.Image = append(data.Image, i)
	}
	for f := range 6 {
		data.Start = append(data.Start, f*n/5)
	}
	for i := range data.X {
		data.X[i] = float32(r.NormFloat64())
		if (i%d+l.Class[i/d])%10 == 0 {
			data.X[i] += 0.3
		}
	}
	s := Split{Fold: make([]int, n), unit: data.Image, first: data.Image, block: make([]int, n)}
	draws := s.Draws(l, 100, 1)
	var fit Fit
	b.Run("fit", func(b *testing.B) {
		for b.Loop() {
			fit = decoder(data, l, []float64{1e-4, 1e-3, 1e-2, 1e-1, 1, 10})
		}
	})
	b.Run("test", func(b *testing.B) {
		for b.Loop() {
			Test(fit, data, l)
		}
	})
	if n > 1000 {
		b.Run("null", func(b *testing.B) {
			for b.Loop() {
				Null(fit, []Judged{{Data: data}}, draws)
			}
		})
	}
}
