package statistics

import (
	"math"
	"math/rand/v2"
)

// Flips is a test of paired differences at every point.
type Flips struct {
	T []float64 // mean over its standard error; NaN where it has none
	P []float64 // two-sided, adjusted for the number of points
	N []int     // differences at a point
}

// MaxSignFlip tests paired differences [image][point] at every point, by turning the sign
// of whole images at random, the same at all points. Of each draw it takes the largest
// |t| over the points; a point's p value is (1 + #{largest ≥ |t|}) / (1 + draws). So the
// chance of any false point is at most the level (Nichols and Holmes 2002), whatever
// depends on what over points. A difference that is not finite has no part at its point.
// A point at which fewer than two images differ, or none from another, has p NaN; where
// all differences are 0 it is 1.
func MaxSignFlip(d [][]float64, draws int, seed uint64) Flips {
	if len(d) == 0 {
		return Flips{}
	}
	points := len(d[0])
	f := Flips{T: make([]float64, points), P: make([]float64, points), N: make([]int, points)}
	columns := make([][]float64, points) // 0 where there is no difference
	squares, sums := make([]float64, points), make([]float64, points)
	for k := range points {
		columns[k] = make([]float64, len(d))
		for i := range d {
			if v := d[i][k]; !math.IsNaN(v) && !math.IsInf(v, 0) {
				columns[k][i] = v
				squares[k] += v * v
				sums[k] += v
				f.N[k]++
			}
		}
	}
	t := func(k int, sum float64) float64 {
		n := float64(f.N[k])
		if n < 2 {
			return math.NaN()
		}
		left := squares[k] - sum*sum/n
		if left <= 1e-12*squares[k] { // every difference has one size and, here, one sign
			if sum == 0 {
				return math.NaN()
			}
			return math.Copysign(math.MaxFloat64, sum)
		}
		return sum / math.Sqrt(left*n/(n-1))
	}
	for k := range points {
		f.T[k] = t(k, sums[k])
	}
	reached := make([]int, points)
	r := rand.New(rand.NewPCG(seed, 0x51f7))
	signs := make([]float64, len(d))
	for range draws {
		bits := uint64(0)
		for i := range signs {
			if i%64 == 0 {
				bits = r.Uint64()
			}
			signs[i] = float64(int(bits&1)*2 - 1)
			bits >>= 1
		}
		most := 0.0
		for k, c := range columns {
			sum := 0.0
			for i, v := range c {
				sum += signs[i] * v
			}
			if x := math.Abs(t(k, sum)); x > most {
				most = x
			}
		}
		for k := range reached {
			if most >= math.Abs(f.T[k])*(1-1e-9) {
				reached[k]++
			}
		}
	}
	for k := range points {
		switch {
		case f.N[k] >= 2 && squares[k] == 0:
			f.P[k] = 1
		case math.IsNaN(f.T[k]):
			f.P[k] = math.NaN()
		default:
			f.P[k] = float64(1+reached[k]) / float64(1+draws)
		}
	}
	return f
}
