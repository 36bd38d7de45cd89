package statistics

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The p values are those of all 2ⁿ flips, which are tried here by themselves, within four
// standard errors of the draws.
func TestMaxSignFlip(t *testing.T) {
	const n, points, draws = 9, 3, 20000
	r := rand.New(rand.NewPCG(3, 1))
	d := make([][]float64, n)
	for i := range d {
		for k := range points {
			d[i] = append(d[i], r.NormFloat64()+0.45*float64(k))
		}
	}
	score := func(sign func(i int) float64) (t [points]float64, most float64) {
		for k := range points {
			mean, square := 0.0, 0.0
			for i := range d {
				mean += sign(i) * d[i][k] / n
			}
			for i := range d {
				square += (sign(i)*d[i][k] - mean) * (sign(i)*d[i][k] - mean)
			}
			t[k] = mean / math.Sqrt(square/(n-1)/n)
			most = max(most, math.Abs(t[k]))
		}
		return t, most
	}
	own, _ := score(func(int) float64 { return 1 })
	var count [points]int
	for flips := range 1 << n {
		_, most := score(func(i int) float64 { return float64(flips>>i&1)*2 - 1 })
		for k := range own {
			if most >= math.Abs(own[k])*(1-1e-9) {
				count[k]++
			}
		}
	}
	f := MaxSignFlip(d, draws, 5)
	for k := range own {
		if math.Abs(f.T[k]-own[k]) > 1e-9 {
			t.Errorf("t of point %d: got %v want %v", k, f.T[k], own[k])
		}
		p := float64(count[k]) / (1 << n)
		if math.Abs(f.P[k]-p) > 4*math.Sqrt(p*(1-p)/draws)+1.0/draws {
			t.Errorf("p of point %d: got %v, of all flips %v", k, f.P[k], p)
		}
	}
}

// Of differences that mean nothing some point is found at most as often as the level says.
func TestMaxSignFlipLevel(t *testing.T) {
	const trials = 400
	r, found := rand.New(rand.NewPCG(7, 7)), 0
	for trial := range trials {
		d := make([][]float64, 20)
		for i := range d {
			common := r.NormFloat64()
			for range 6 {
				d[i] = append(d[i], common+r.NormFloat64())
			}
		}
		for _, p := range MaxSignFlip(d, 199, uint64(trial)).P {
			if p <= 0.05 {
				found++
				break
			}
		}
	}
	// Binomial: mean 20, standard deviation 4.4; four of them either way.
	if found > 38 || found < 3 {
		t.Errorf("%d of %d null tests found something at 0.05", found, trials)
	}
}

func TestMaxSignFlipEdges(t *testing.T) {
	nan := math.NaN()
	f := MaxSignFlip([][]float64{{0, 1, nan, 2}, {0, 1, nan, nan}, {0, 1, 3, nan}}, 99, 1)
	if f.P[0] != 1 || !math.IsNaN(f.P[2]) || !math.IsNaN(f.P[3]) || f.N[2] != 1 {
		t.Errorf("got %+v", f)
	}
	if f.P[1] < 0.1 { // of three equal differences a quarter of the flips have one sign
		t.Errorf("three equal differences have p %v", f.P[1])
	}
}
