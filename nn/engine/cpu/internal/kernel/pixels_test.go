package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// pixelLoops are the loops over pixels and elements of a set.
var pixelLoops = []struct {
	name    string
	results string // p an image, c a vector of channels
	args    string
	run     func(set *Set, r, a [][]float32)
}{
	{"Sum", "c", "p", func(s *Set, r, a [][]float32) { s.Sum(r[0], a[0]) }},
	{"Deviate", "cc", "pc", func(s *Set, r, a [][]float32) { s.Deviate(r[0], r[1], a[0], a[1]) }},
	{"Product", "cc", "ppc", func(s *Set, r, a [][]float32) { s.Product(r[0], r[1], a[0], a[1], a[2]) }},
	{"Normalise", "p", "pcc", func(s *Set, r, a [][]float32) { s.Normalise(r[0], a[0], a[1], a[2]) }},
	{"Scale", "p", "pcc", func(s *Set, r, a [][]float32) { s.Scale(r[0], a[0], a[1], a[2]) }},
	{"Apply", "p", "ppcccc", func(s *Set, r, a [][]float32) { s.Apply(r[0], a[0], a[1], a[2], a[3], a[4], a[5]) }},
	{"Rectify", "p", "p", func(s *Set, r, a [][]float32) { s.Rectify(r[0], a[0]) }},
	{"RectifyGrad", "p", "pp", func(s *Set, r, a [][]float32) { s.RectifyGrad(r[0], a[0], a[1]) }},
	{"Add", "p", "pp", func(s *Set, r, a [][]float32) { s.Add(r[0], a[0], a[1]) }},
}

// Every loop of every set against the portable one, which differs by rounding
// alone; nothing outside is written or read.
func TestPixels(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for _, set := range Sets() {
		for _, loop := range pixelLoops {
			t.Run(set.Name+"/"+loop.name, func(t *testing.T) {
				for channels := 1; channels <= 70; channels++ {
					for _, pixels := range []int{1, 2, 7, 33} {
						size := map[rune]int{'p': pixels * channels, 'c': channels}
						var args, got, want, all [][]float32
						for _, kind := range loop.args {
							a := draw(r, size[kind])
							a[r.IntN(len(a))] = 0
							args = append(args, a)
						}
						for _, kind := range loop.results {
							w := make([]float32, size[kind])
							fenced, g := guarded(size[kind], fence)
							for i := range g {
								g[i] = float32(i % 3)
								w[i] = g[i]
							}
							all, got, want = append(all, fenced), append(got, g), append(want, w)
						}
						loop.run(&set, got, args)
						loop.run(&Go, want, args)
						for k := range got {
							if err := outside(all[k], len(got[k])); err != nil {
								t.Fatalf("%d pixels of %d channels, result %d: %v", pixels, channels, k, err)
							}
							for i := range got[k] {
								// At most 34 roundings of sums of squares, and of 1 where sums cancel.
								if d := math.Abs(float64(got[k][i] - want[k][i])); !(d <= 34*(10+math.Abs(float64(want[k][i])))/(1<<24)) {
									t.Fatalf("%d pixels of %d channels, result %d, element %d: got %g, want %g", pixels, channels, k, i, got[k][i], want[k][i])
								}
							}
						}
					}
				}
			})
		}
	}
}

// The portable loops against their formulas, one element at a time.
func TestPortablePixels(t *testing.T) {
	s, q := []float32{1, 2}, []float32{3, 4}
	x, d, c, r := []float32{1, 2, 3, 5}, []float32{1, -1, 2, -2}, []float32{1, 2}, []float32{2, 3}
	y := make([]float32, 4)
	for _, step := range []struct {
		name      string
		run       func()
		got, want []float32
	}{
		{"Sum", func() { Go.Sum(s, x) }, s, []float32{5, 9}},
		{"Deviate", func() { Go.Deviate(s, q, x, c) }, s, []float32{7, 12}},
		{"Deviate, squares", func() {}, q, []float32{7, 13}},
		{"Product", func() { Go.Product(s, q, d, x, c) }, s, []float32{10, 9}},
		{"Product, products", func() {}, q, []float32{11, 7}},
		{"Normalise", func() { Go.Normalise(y, x, c, r) }, y, []float32{0, 0, 4, 9}},
		{"Scale", func() { Go.Scale(y, x, c, r) }, y, []float32{3, 7, 5, 13}},
		{"Apply", func() { Go.Apply(y, d, x, c, r, []float32{1, 2}, []float32{5, 6}) }, y, []float32{-3, -9, -3, -18}},
		{"Rectify", func() { Go.Rectify(y, d) }, y, []float32{1, 0, 2, 0}},
		{"RectifyGrad", func() { Go.RectifyGrad(y, x, d) }, y, []float32{1, 0, 3, 0}},
		{"Add", func() { Go.Add(y, x, d) }, y, []float32{2, 1, 5, 3}},
	} {
		step.run()
		if fmt.Sprint(step.got) != fmt.Sprint(step.want) {
			t.Errorf("%s: got %v, want %v", step.name, step.got, step.want)
		}
	}
}

// Rectification keeps NaN, and its gradient does not hide one.
func TestRectifyNaN(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, set := range Sets() {
		x, y := make([]float32, 99), make([]float32, 99)
		for i := range x {
			x[i] = []float32{nan, -inf, inf, -1, 1}[i%5]
		}
		set.Rectify(y, x)
		for i, got := range y {
			if want := []float32{nan, 0, inf, 0, 1}[i%5]; got != want && !(got != got && want != want) {
				t.Errorf("%s: Rectify of %g is %g", set.Name, x[i], got)
			}
		}
		g, of := make([]float32, 99), make([]float32, 99)
		for i := range of {
			of[i] = []float32{0, 3, nan}[i%3]
		}
		set.RectifyGrad(g, x, of)
		for i, got := range g {
			want := float64(0)
			if of[i] > 0 {
				want = 1
			}
			if want *= float64(x[i]); float64(got) != want && !(got != got && want != want) {
				t.Errorf("%s: RectifyGrad of %g at %g is %g", set.Name, x[i], of[i], got)
			}
		}
	}
}
