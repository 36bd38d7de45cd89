package statistics

import (
	"math"
	"math/rand/v2"
)

// Cluster is points that are neighbours, at which a statistic is beyond a threshold on one
// side of 0.
type Cluster struct {
	Points []int
	Mass   float64 // sum of the statistic, negative below 0
	P      float64 // of a largest |mass| that reaches this one by chance
}

// Clusters is a test of a statistic over points that have neighbours, such as steps, or
// pairs of steps. It says that there is an effect somewhere near a cluster. It says neither
// where a cluster begins nor which of its points have an effect: p belongs to the cluster
// as a whole (Sassenhagen and Draschkow 2019).
type Clusters struct {
	Statistic []float64
	List      []Cluster
	P         []float64 // of each point: its cluster's, 1 of a point in none, NaN of one that takes no part
	Ways      int       // the observed one included
	Exact     bool      // all there are
}

// Lattice lists the neighbours of each point of a matrix in C order: left, right, above and
// below. One row is a curve.
func Lattice(rows, columns int) [][]int {
	list := make([][]int, rows*columns)
	for r := range rows {
		for c := range columns {
			i := r*columns + c
			if c > 0 {
				list[i] = append(list[i], i-1)
			}
			if c < columns-1 {
				list[i] = append(list[i], i+1)
			}
			if r > 0 {
				list[i] = append(list[i], i-columns)
			}
			if r < rows-1 {
				list[i] = append(list[i], i+columns)
			}
		}
	}
	return list
}

// OverTime lists the neighbours of points [step, place], whose places have neighbours
// themselves: those of the same step, and the same place a step before and after.
func OverTime(steps int, places [][]int) [][]int {
	n := len(places)
	list := make([][]int, steps*n)
	for t := range steps {
		for k, near := range places {
			i := t*n + k
			for _, other := range near {
				list[i] = append(list[i], t*n+other)
			}
			if t > 0 {
				list[i] = append(list[i], i-n)
			}
			if t < steps-1 {
				list[i] = append(list[i], i+n)
			}
		}
	}
	return list
}

// ClusterSignFlip tests paired differences [image][point] by turning the sign of whole
// images (Maris and Oostenveld 2007). The statistic is Student's t of one sample. A
// cluster's p value is the share of sign flips, the observed one included, whose largest
// |mass| reaches its own. Where all flips are at most draws, all are tried. A point at
// which a difference is not finite takes no part.
func ClusterSignFlip(d [][]float64, neighbours [][]int, threshold float64, draws int, seed uint64) Clusters {
	n, points := len(d), len(neighbours)
	squares, plain := make([]float64, points), make([]float64, n)
	for i, row := range d {
		plain[i] = 1
		for k, v := range row {
			squares[k] += v * v // not finite where one is not
		}
	}
	t := make([]float64, points)
	compute := func(sign []float64) []float64 {
		clear(t)
		for i, row := range d {
			for k, v := range row {
				t[k] += sign[i] * v
			}
		}
		for k, sum := range t {
			left := squares[k] - sum*sum/float64(n)
			switch {
			case n < 2 || math.IsNaN(squares[k]) || math.IsInf(squares[k], 0):
				t[k] = math.NaN()
			case squares[k] == 0:
				t[k] = 0
			case left <= 1e-12*squares[k]: // every difference has one size and, here, one sign
				t[k] = math.Copysign(math.Sqrt(1e12*float64(n-1)), sum)
			default:
				t[k] = sum / math.Sqrt(left*float64(n)/float64(n-1))
			}
		}
		return t
	}
	own := append([]float64(nil), compute(plain)...)
	ways, exact := draws+1, false
	if n < 31 && 1<<n <= draws {
		ways, exact = 1<<n, true
	}
	r := rand.New(rand.NewPCG(seed, 0xc105))
	sign := make([]float64, n)
	c := clusterTest(own, neighbours, threshold, ways-1, func(k int) []float64 {
		var bits uint64
		for i := range sign {
			switch {
			case exact && i == 0:
				bits = uint64(k + 1)
			case !exact && i%64 == 0:
				bits = r.Uint64()
			}
			sign[i] = 1 - 2*float64(bits&1)
			bits >>= 1
		}
		return compute(sign)
	})
	c.Exact = exact
	return c
}

// ClusterNull tests a statistic against draws of it under the null hypothesis, [draw][point],
// such as accuracies with exchanged labels. At each point it is taken as its distance from
// the mean in standard deviations, both over the draws and the observed one, so that all are
// treated alike. A point at which one is not finite, or all are equal, takes no part.
func ClusterNull(observed []float64, null [][]float64, neighbours [][]int, threshold float64) Clusters {
	points, n := len(observed), float64(len(null)+1)
	mean, sd := make([]float64, points), make([]float64, points)
	for k, v := range observed {
		mean[k] = v / n
		for _, x := range null {
			mean[k] += x[k] / n
		}
		sd[k] = (v - mean[k]) * (v - mean[k])
		for _, x := range null {
			sd[k] += (x[k] - mean[k]) * (x[k] - mean[k])
		}
		sd[k] = math.Sqrt(sd[k] / n)
	}
	z := func(x []float64) []float64 {
		list := make([]float64, points)
		for k, v := range x {
			list[k] = math.NaN()
			if sd[k] > 1e-12*math.Abs(mean[k]) {
				list[k] = (v - mean[k]) / sd[k]
			}
		}
		return list
	}
	return clusterTest(z(observed), neighbours, threshold, len(null), func(k int) []float64 { return z(null[k]) })
}

// clusterTest compares the clusters of a statistic with the largest of each draw.
func clusterTest(own []float64, neighbours [][]int, threshold float64, draws int, draw func(int) []float64) Clusters {
	c := Clusters{Statistic: own, List: clustersOf(own, neighbours, threshold), P: make([]float64, len(own)), Ways: draws + 1}
	reached := make([]int, len(c.List))
	count := func(list []Cluster) {
		most := 0.0
		for _, x := range list {
			most = max(most, math.Abs(x.Mass))
		}
		for i, x := range c.List {
			if most >= math.Abs(x.Mass)*(1-alike) {
				reached[i]++
			}
		}
	}
	count(c.List)
	for k := range draws {
		count(clustersOf(draw(k), neighbours, threshold))
	}
	for k, v := range own {
		c.P[k] = 1
		if math.IsNaN(v) {
			c.P[k] = math.NaN()
		}
	}
	for i := range c.List {
		c.List[i].P = float64(reached[i]) / float64(c.Ways)
		for _, k := range c.List[i].Points {
			c.P[k] = c.List[i].P
		}
	}
	return c
}

// clustersOf finds points beyond a threshold that hang together, in the order of their first.
func clustersOf(x []float64, neighbours [][]int, threshold float64) (list []Cluster) {
	side := func(k int) int {
		switch {
		case x[k] > threshold:
			return 1
		case x[k] < -threshold:
			return -1
		}
		return 0
	}
	seen := make([]bool, len(x))
	for k := range x {
		if seen[k] || side(k) == 0 {
			continue
		}
		c := Cluster{Points: []int{k}}
		seen[k] = true
		for i := 0; i < len(c.Points); i++ {
			at := c.Points[i]
			c.Mass += x[at]
			for _, other := range neighbours[at] {
				if !seen[other] && side(other) == side(k) {
					seen[other] = true
					c.Points = append(c.Points, other)
				}
			}
		}
		list = append(list, c)
	}
	return list
}
