package statistics

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// Clusters, masses and p values are those of MNE (testdata/clusters.py), over a matrix and
// over time. Of its sign flips MNE leaves out one half for symmetry and one more, so that
// it counts 2ⁿ⁻¹ - 1 ways; the one that is missing reaches a cluster's mass or does not.
func TestClustersAgainstMNE(t *testing.T) {
	type of struct {
		Rows, Columns, Steps int
		Ring                 [][]int
		Threshold            float64
		X                    [][]float64
		T                    []float64
		Clusters             []struct {
			Points  []int
			Mass, P float64
		}
	}
	var ref struct {
		Matrix   []of
		OverTime []of `json:"over time"`
	}
	text, err := os.ReadFile("testdata/clusters.json")
	if err == nil {
		err = json.Unmarshal(text, &ref)
	}
	if err != nil {
		t.Fatal(err)
	}
	if len(ref.Matrix) != 3 || len(ref.OverTime) != 1 {
		t.Fatalf("the file lacks cases: %d, %d", len(ref.Matrix), len(ref.OverTime))
	}
	for _, x := range slices.Concat(ref.Matrix, ref.OverTime) {
		neighbours := Lattice(x.Rows, x.Columns)
		if x.Steps > 0 {
			neighbours = OverTime(x.Steps, x.Ring)
		}
		n := len(x.X)
		c := ClusterSignFlip(x.X, neighbours, x.Threshold, 1<<n, 1)
		if !c.Exact || c.Ways != 1<<n {
			t.Errorf("%d of %d sign flips were tried", c.Ways, 1<<n)
		}
		for k, want := range x.T {
			near(t, "t", c.Statistic[k], want)
		}
		if len(c.List) != len(x.Clusters) {
			t.Fatalf("got %d clusters, want %d", len(c.List), len(x.Clusters))
		}
		for _, want := range x.Clusters {
			i := slices.IndexFunc(c.List, func(y Cluster) bool { return slices.Contains(y.Points, want.Points[0]) })
			if i < 0 {
				t.Fatalf("no cluster at %v", want.Points)
			}
			got := c.List[i]
			slices.Sort(got.Points)
			if !slices.Equal(got.Points, want.Points) {
				t.Errorf("got the points %v, want %v", got.Points, want.Points)
			}
			near(t, "mass", got.Mass, want.Mass)
			half := float64(int(1) << (n - 1))
			if more := got.P*half - want.P*(half-1); math.Abs(more) > 1e-9 && math.Abs(more-1) > 1e-9 {
				t.Errorf("p is %v, of MNE %v", got.P, want.P)
			}
			if c.P[want.Points[0]] != got.P {
				t.Errorf("a point has p %v, its cluster %v", c.P[want.Points[0]], got.P)
			}
		}
		// Draws agree with all flips, within four standard errors.
		drawn := ClusterSignFlip(x.X, neighbours, x.Threshold, 200, 3)
		for i, y := range c.List {
			if d := math.Abs(drawn.List[i].P - y.P); d > 4*math.Sqrt(y.P*(1-y.P)/200)+1.0/200 {
				t.Errorf("of draws p is %v, of all %v", drawn.List[i].P, y.P)
			}
		}
	}
}

// Where nothing is, a cluster is found at most as often as the level says, by either test,
// though neighbours are alike.
func TestClustersLevel(t *testing.T) {
	const trials, n, rows, columns, draws = 400, 16, 5, 5, 99
	r, flips, nulls := rand.New(rand.NewPCG(11, 4)), 0, 0
	near := Lattice(rows, columns)
	smooth := func() []float64 {
		x := make([]float64, rows*columns)
		for i := range x {
			v := r.NormFloat64()
			x[i] += v
			for _, k := range near[i] {
				x[k] += v / 2
			}
		}
		return x
	}
	found := func(c Clusters) int {
		for _, x := range c.List {
			if x.P <= 0.05 {
				return 1
			}
		}
		return 0
	}
	for trial := range trials {
		var d, null [][]float64
		for range n {
			d = append(d, smooth())
		}
		flips += found(ClusterSignFlip(d, near, 2, draws, uint64(trial)))
		for range draws {
			null = append(null, smooth())
		}
		nulls += found(ClusterNull(smooth(), null, near, 2))
	}
	// Binomial: mean 20, standard deviation 4.4; four of them either way.
	for name, count := range map[string]int{"sign flips": flips, "draws": nulls} {
		if count > 38 || count < 3 {
			t.Errorf("%s: %d of %d null tests found a cluster at 0.05", name, count, trials)
		}
	}
}

// A planted square is one cluster; a corner does not join; NaN takes no part.
func TestClusterNull(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	var null [][]float64
	for range 99 {
		x := make([]float64, 16)
		for i := range x {
			x[i] = 0.5 + 0.01*r.NormFloat64()
		}
		null = append(null, x)
	}
	own := slices.Repeat([]float64{0.5}, 16)
	for _, i := range []int{0, 1, 4, 5, 10} { // a square, and a point at its corner
		own[i] = 0.6
	}
	own[15] = math.NaN()
	c := ClusterNull(own, null, Lattice(4, 4), 2)
	if len(c.List) != 2 || !slices.Equal(c.List[0].Points, []int{0, 1, 4, 5}) || !slices.Equal(c.List[1].Points, []int{10}) {
		t.Fatalf("got %+v", c.List)
	}
	if c.P[0] != 0.01 || c.P[2] != 1 || !math.IsNaN(c.P[15]) {
		t.Errorf("got p %v", c.P)
	}
}
