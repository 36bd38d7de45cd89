package statistics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// share fails unless k of n is a share p, within four standard errors of a
// binomial: a right test fails here once in 16,000 seeds, and the seed is fixed.
func share(t *testing.T, what string, k, n int, p float64) {
	t.Helper()
	got, margin := float64(k)/float64(n), 4*math.Sqrt(p*(1-p)/float64(n))
	t.Logf("%s: %.4f, nominal %.4f ± %.4f", what, got, p, margin)
	if math.Abs(got-p) > margin {
		t.Errorf("%s: got %.4f of %d, want %.3f ± %.4f", what, got, n, p, margin)
	}
}

func normals(r *rand.Rand, n int, mean, deviation float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = mean + deviation*r.NormFloat64()
	}
	return x
}

// TestWelchCovers draws groups whose true difference is known and counts how
// often the interval holds it. With unequal variances ν is an approximation, good
// in these cases. With equal ones the coverage is known exactly, and a little
// above its level because ν is estimated (covered).
func TestWelchCovers(t *testing.T) {
	const draws = 20_000
	for _, c := range []struct {
		na, nb int
		sa, sb float64
		want   float64
	}{{6, 6, 1, 1, covered(6, 0.95)}, {6, 6, 1, 3, 0.95}, {10, 10, 1, 4, 0.95}, {8, 8, 2, 1, 0.95}, {6, 12, 1, 1, 0.95}, {20, 20, 1, 1, covered(20, 0.95)}} {
		r := rand.New(rand.NewPCG(11, uint64(c.na)))
		held := 0
		for range draws {
			d := Welch(normals(r, c.na, 3, c.sa), normals(r, c.nb, 1, c.sb), 0.95)
			if d.Low <= 2 && 2 <= d.High {
				held++
			}
		}
		share(t, fmt.Sprintf("%d and %d runs, deviations %g and %g", c.na, c.nb, c.sa, c.sb), held, draws, c.want)
	}
	if w := covered(6, 0.95); w < 0.95 || w > 0.96 {
		t.Errorf("six and six runs of equal variance: covered %g, want a little more than 0.95", w)
	}
}

// covered is the coverage of Welch's interval for two normal groups of n with
// equal variances: then t has 2n-2 degrees of freedom and is independent of the
// share r of one group's variance, r ~ Beta((n-1)/2, (n-1)/2), on which alone the
// interval's ν = (n-1)/(r² + (1-r)²) depends.
func covered(n int, level float64) float64 {
	h := float64(n-1) / 2
	actual := distuv.StudentsT{Sigma: 1, Nu: 4 * h}
	share := distuv.Beta{Alpha: h, Beta: h}
	sum := 0.0
	const parts = 2000 // of equal probability; the middle of each
	for i := range parts {
		r := share.Quantile((float64(i) + 0.5) / parts)
		q := distuv.StudentsT{Sigma: 1, Nu: 2 * h / (r*r + (1-r)*(1-r))}.Quantile(1 - (1-level)/2)
		sum += 1 - 2*actual.CDF(-q)
	}
	return sum / parts
}

// TestMaxStatisticFalsePositives draws curves without any difference, each run
// correlated over its points, and counts how often any point is called one. With
// all 924 divisions the attainable level below 0.05 is 46/924.
func TestMaxStatisticFalsePositives(t *testing.T) {
	draws := 1500
	if testing.Short() {
		draws = 300
	}
	r := rand.New(rand.NewPCG(12, 0))
	curves := func() (all [][]float64) {
		for range 6 {
			x, level := make([]float64, 4), r.NormFloat64()
			for i := range x {
				x[i] = level + 0.5*r.NormFloat64()
			}
			all = append(all, x)
		}
		return all
	}
	found := 0
	for range draws {
		for _, p := range MaxStatistic(curves(), curves(), 1).P {
			if p <= 0.05 {
				found++
				break
			}
		}
	}
	share(t, "curves without a difference", found, draws, 46.0/924)
}

// TestSignFlipFalsePositives does the same for paired differences.
func TestSignFlipFalsePositives(t *testing.T) {
	const draws = 2000
	r := rand.New(rand.NewPCG(13, 0))
	found := 0
	for i := range draws {
		if SignFlip(normals(r, 50, 0, 1), 199, uint64(i)) <= 0.05 {
			found++
		}
	}
	share(t, "differences without a mean", found, draws, 0.05)
	if p := SignFlip(normals(r, 50, 1, 1), 999, 1); p > 0.002 {
		t.Errorf("a mean of one deviation over 50: p = %g", p)
	}
}

// TestMaxStatisticFinds holds that a difference at one point is found there and
// nowhere else.
func TestMaxStatisticFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(14, 0))
	var a, b [][]float64
	for range 6 {
		x, y := normals(r, 4, 0, 1), normals(r, 4, 0, 1)
		x[2] += 8
		a, b = append(a, x), append(b, y)
	}
	c := MaxStatistic(a, b, 1)
	if c.P[2] != 2.0/924 || c.P[0] < 0.05 || c.P[1] < 0.05 || c.P[3] < 0.05 {
		t.Errorf("got %v, want point 2 alone, at 2/924", c.P)
	}
	for len(a) < 9 { // 18 over 9 are 48,620
		a, b = append(a, normals(r, 4, 0, 1)), append(b, normals(r, 4, 0, 1))
	}
	if c := MaxStatistic(a, b, 1); c.Exact || c.Ways != 10_000 {
		t.Errorf("tried %d divisions, all: %v", c.Ways, c.Exact)
	}
}

// TestBootstrapCovers holds the percentile interval of 400 images to its level.
func TestBootstrapCovers(t *testing.T) {
	draws := 1000
	if testing.Short() {
		draws = 200
	}
	r := rand.New(rand.NewPCG(15, 0))
	held := 0
	for i := range draws {
		d := make([]float64, 400)
		for k := range d { // the first alone right on 8 %, the other alone on 5 %
			switch u := r.Float64(); {
			case u < 0.08:
				d[k] = 1
			case u < 0.13:
				d[k] = -1
			}
		}
		if low, high := Bootstrap(d, 0.95, 400, uint64(i)); low <= 0.03 && 0.03 <= high {
			held++
		}
	}
	share(t, "bootstrap of 400 images", held, draws, 0.95)
}

func TestFewestRuns(t *testing.T) {
	for m, want := range map[int]int{1: 4, 3: 5, 6: 5, 7: 6, 23: 6, 24: 7} {
		if got := FewestRuns(m, 0.05); got != want {
			t.Errorf("%d pairs: got %d runs, want %d", m, got, want)
		}
	}
}

// TestUndefined holds that nothing is claimed where nothing estimates spread.
func TestUndefined(t *testing.T) {
	for name, d := range map[string]Difference{
		"one run": Welch([]float64{1}, []float64{2, 3}, 0.95), "no spread": Welch([]float64{1, 1}, []float64{2, 2}, 0.95),
	} {
		if !math.IsNaN(d.P) || !math.IsNaN(d.Low) || d.Mean >= 0 {
			t.Errorf("%s: got %+v", name, d)
		}
	}
	if p := Holm([]float64{0.02, math.NaN()}); p[0] != 0.04 || !math.IsNaN(p[1]) {
		t.Errorf("Holm beside a NaN: got %v", p)
	}
	c := MaxStatistic([][]float64{{1, 1}, {1, 1}, {1, 2}, {1, 1}}, [][]float64{{1, 3}, {1, 3}, {1, 4}, {1, 3}}, 1)
	if c.P[0] != 1 || c.P[1] != 2.0/70 {
		t.Errorf("a point at which all agree: got %v", c.P)
	}
	bad := math.NaN()
	c = MaxStatistic([][]float64{{bad, 1}, {1, 1}, {1, 2}, {1, 1}}, [][]float64{{1, 3}, {1, 3}, {math.Inf(1), 4}, {1, 3}}, 1)
	if !math.IsNaN(c.P[0]) || c.P[1] != 2.0/70 {
		t.Errorf("beside a point that is not finite: got %v", c.P)
	}
}

// TestRounding holds that numbers that agree but for the rounding of their means are
// no difference, whatever the sizes of the groups, and hide none at other points.
func TestRounding(t *testing.T) {
	for _, n := range [][2]int{{6, 5}, {7, 6}, {6, 6}, {3, 4}} {
		for i := range 999 {
			v := float64(i+1) / 10
			var a, b, aloneA, aloneB [][]float64
			var x, y []float64
			for k := range n[0] {
				a, aloneA, x = append(a, []float64{v, float64(50 + k)}), append(aloneA, []float64{float64(50 + k)}), append(x, v)
			}
			for k := range n[1] {
				b, aloneB, y = append(b, []float64{v, float64(80 + k)}), append(aloneB, []float64{float64(80 + k)}), append(y, v)
			}
			if got, want := MaxStatistic(a, b, 1).P, MaxStatistic(aloneA, aloneB, 1).P[0]; got[0] != 1 || got[1] != want {
				t.Fatalf("%d and %d runs that are all %g at the first point: got %v, want 1 and %g", n[0], n[1], v, got, want)
			}
			if d := Welch(x, y, 0.95); !math.IsNaN(d.P) {
				t.Fatalf("%d and %d runs that are all %g: got %+v", n[0], n[1], v, d)
			}
		}
	}
}
