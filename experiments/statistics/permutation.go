package statistics

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/combin"
)

// Curves is a test of two groups of curves at every point.
type Curves struct {
	T     []float64 // Welch's t of every point; NaN where it has none
	P     []float64 // two-sided, adjusted for the number of points
	Ways  int       // divisions of the runs into two groups that were tried
	Exact bool      // all there are
}

// allWays is the most divisions that are all tried: 6 and 6 runs have 924, 8 and 8
// have 12,870.
const allWays = 20_000

// MaxStatistic compares two groups of curves, [run][point], by permutation of
// whole runs between the groups. Of each division it takes the largest |t|
// (Welch's) over the points; a point's p value is the share of divisions, the one
// observed included, whose largest reaches its own |t|. So the chance of any false
// point is at most the level (Nichols and Holmes 2002), whatever depends on what
// over time. Up to 20,000 divisions are all tried, of more 10,000 are drawn from
// the seed. A point at which a run is not finite has p NaN and takes no part.
func MaxStatistic(a, b [][]float64, seed uint64) Curves {
	all := append(append([][]float64{}, a...), b...)
	points := len(all[0])
	in := make([]bool, len(all))
	for i := range a {
		in[i] = true
	}
	c := Curves{T: make([]float64, points), P: make([]float64, points)}
	x, y := make([]float64, len(a)), make([]float64, len(b))
	for p := range points {
		for i := range a {
			x[i] = a[i][p]
		}
		for i := range b {
			y[i] = b[i][p]
		}
		c.T[p] = Welch(x, y, 0.95).T
		c.P[p] = math.NaN()
	}
	if len(a) < 2 || len(b) < 2 {
		return c
	}
	part := finitePoints(all)
	observed := absoluteT(all, in, part)
	reached := make([]int, points)
	try := func() {
		most := math.Inf(-1)
		for p, t := range absoluteT(all, in, part) {
			if part[p] {
				most = max(most, t)
			}
		}
		for p, t := range observed {
			if most >= t*(1-alike) {
				reached[p]++
			}
		}
		c.Ways++
	}
	if n := binomial(len(all), len(a)); n <= allWays {
		c.Exact = true
		g := combin.NewCombinationGenerator(len(all), len(a))
		var which []int
		for g.Next() {
			which = g.Combination(which)
			clear(in)
			for _, i := range which {
				in[i] = true
			}
			try()
		}
	} else {
		try() // the division observed
		random := rand.New(rand.NewPCG(seed, 3))
		for range 10_000 - 1 {
			random.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
			try()
		}
	}
	for p := range c.P {
		if part[p] {
			c.P[p] = float64(reached[p]) / float64(c.Ways)
		}
	}
	return c
}

// finitePoints says of every point whether all runs are finite there.
func finitePoints(all [][]float64) []bool {
	finite := make([]bool, len(all[0]))
	for p := range finite {
		finite[p] = true
		for _, run := range all {
			finite[p] = finite[p] && run[p]-run[p] == 0
		}
	}
	return finite
}

// binomial is C(n, k), or more than allWays.
func binomial(n, k int) float64 {
	x := 1.0
	for i := range k {
		x *= float64(n-i) / float64(i+1)
	}
	return x
}

// absoluteT returns |t| of every point that takes part between the runs that are
// in and those that are out. A point at which no run differs from others of its
// group has 0 where the groups agree, else infinity; numbers agree where they
// differ by less than sums of them may, since the means of 5 and of 6 equal
// numbers can differ in the last bit.
func absoluteT(all [][]float64, in, part []bool) []float64 {
	t := make([]float64, len(all[0]))
	var x, y []float64
	for p := range t {
		if !part[p] {
			continue
		}
		x, y = x[:0], y[:0]
		size := 0.0
		for i, run := range all {
			size = max(size, math.Abs(run[p]))
			if in[i] {
				x = append(x, run[p])
			} else {
				y = append(y, run[p])
			}
		}
		d := math.Abs(stat.Mean(x, nil) - stat.Mean(y, nil))
		s := math.Sqrt(stat.Variance(x, nil)/float64(len(x)) + stat.Variance(y, nil)/float64(len(y)))
		switch least := alike * size; {
		case d <= least:
			t[p] = 0
		case s <= least:
			t[p] = math.Inf(1)
		default:
			t[p] = d / s
		}
	}
	return t
}
