package geometry

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

const n, units, folds, subjects = 8, 10, 3, 4

// recorded are the numbers of testdata/geometry.py.
func recorded(seed, count int) []float64 {
	x := make([]float64, count)
	for k := range x {
		x[k] = float64(((31+seed)*k*k+(7+2*seed)*k)%257) / 256
	}
	return x
}

func rowsOf(x []float64, units int) (rows [][]float64) {
	for row := range slices.Chunk(x, units) {
		rows = append(rows, slices.Clone(row))
	}
	return rows
}

func reference(t *testing.T) map[string]json.RawMessage {
	text, err := os.ReadFile("testdata/geometry.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// want reads numbers of the reference.
func want[T any](t *testing.T, all map[string]json.RawMessage, name string) (v T) {
	t.Helper()
	if err := json.Unmarshal(all[name], &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// near wants equal numbers but for sums of float64 in another order: 1e-9 is far more than
// that takes away of tens of numbers of about 1.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= 1e-9*max(1, math.Abs(want[i]))) {
			t.Errorf("%s: number %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestDistances(t *testing.T) {
	all := reference(t)
	for name, d := range map[string]Distance{"correlation": Correlation, "euclidean": Euclidean, "cosine distance": Cosine} {
		m, _ := d.Matrix(rowsOf(recorded(0, n*units), units), 0)
		near(t, name, Upper(m, n), want[[]float64](t, all, name))
	}
	rows := [][]float64{{0, 0}, {2, 2}, {1, 2}}
	if m, undefined := Cosine.Matrix(rows, 0); undefined != 1 || !math.IsNaN(m[0]) || !math.IsNaN(m[1]) || m[4] != 0 {
		t.Errorf("a silent pattern has a cosine: %v, %d undefined", m, undefined)
	}
	rows = [][]float64{{0, 0}, {2, 2}, {1, 2}}
	if m, undefined := Correlation.Matrix(rows, 0); undefined != 2 || !math.IsNaN(m[4]) || m[8] != 0 {
		t.Errorf("a constant pattern has a correlation: %v, %d undefined", m, undefined)
	}
}

func TestCrossnobis(t *testing.T) {
	all := reference(t)
	x := recorded(2, folds*n*units)
	var each [][][]float64
	for fold := range slices.Chunk(x, n*units) {
		each = append(each, rowsOf(fold, units))
	}
	near(t, "crossnobis", Upper(Crossnobis(each, 0), n), want[[]float64](t, all, "crossnobis"))
	for _, fold := range each {
		for _, row := range fold {
			for u, v := range want[[]float64](t, all, "noise variance") {
				row[u] /= math.Sqrt(v)
			}
		}
	}
	near(t, "crossnobis diagonal", Upper(Crossnobis(each, 0), n), want[[]float64](t, all, "crossnobis diagonal"))
	each[1][3] = nil
	if m := Crossnobis(each, 0); !math.IsNaN(m[3*n]) || !math.IsNaN(m[3*n+3]) || math.IsNaN(m[1]) {
		t.Error("a pattern that a fold lacks has a distance, or others have none")
	}
}

// Of patterns that are equal but for noise, the mean of crossnobis is 0, which is below
// each squared distance.
func TestCrossnobisOfNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var all []float64
	for range 200 {
		each := make([][][]float64, 3)
		for f := range each {
			each[f] = rowsOf(make([]float64, 5*20), 20)
			for _, row := range each[f] {
				for u := range row {
					row[u] = r.NormFloat64()
				}
			}
		}
		all = append(all, Upper(Crossnobis(each, 0), 5)...)
	}
	mean, low := 0.0, 0
	for _, v := range all {
		mean += v / float64(len(all))
		if v < 0 {
			low++
		}
	}
	// A distance has a standard deviation of about 2/√(3·20) = 0.26; there are 2,000 of 200 draws.
	if math.Abs(mean) > 0.03 || low < 700 || low > 1300 {
		t.Errorf("mean %v, %d of %d below 0", mean, low, len(all))
	}
}

func TestMeasures(t *testing.T) {
	all := reference(t)
	pairs := Pairs(n)
	x := recorded(3, subjects*pairs)
	for i := range x {
		x[i] = math.RoundToEven(12 * x[i])
	}
	each := rowsOf(x, pairs)
	drawn := []float64{2, 0, 1, 3, 0, 1, 0, 1}
	weights := NewWeights(drawn)
	for _, m := range []Measure{Spearman, Pearson, CosineOf, KendallTauA} {
		table := want[[][]float64](t, all, string(m))
		for i := range each {
			for j := range each {
				near(t, string(m), []float64{Compare(m, each[i], each[j])}, []float64{table[i][j]})
			}
		}
		got := Similarity(m, NewVector(each[0], m), NewVector(each[1], m), weights)
		near(t, string(m)+" of images drawn again", []float64{got}, []float64{want[map[string]float64](t, all, "drawn")[string(m)]})
		if m == KendallTauA {
			continue
		}
		low, high := Ceiling(m, vectors(each, m))
		near(t, "ceiling "+string(m), []float64{low, high}, want[[]float64](t, all, "ceiling "+string(m)))
	}
	if low, high := Ceiling(Spearman, vectors(each[:1], Spearman)); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Error("one subject has a ceiling")
	}
	if v := Compare(Spearman, each[0], make([]float64, pairs)); !math.IsNaN(v) {
		t.Errorf("pairs that are all equal have the similarity %v", v)
	}
}

func vectors(each [][]float64, m Measure) (list []*Vector) {
	for _, x := range each {
		list = append(list, NewVector(x, m))
	}
	return list
}

func TestCKA(t *testing.T) {
	all := reference(t)
	first, more := rowsOf(recorded(5, n*units), units), rowsOf(recorded(6, n*6), 6)
	other := make([][]float64, n)
	for i := range other {
		for u := range 6 {
			other[i] = append(other[i], first[i][u]+2*more[i][u])
		}
	}
	a, b := NewGram(first), NewGram(other)
	// Products are float32, of a relative error of 6e-8; differences of HSIC lose a digit.
	close := func(what string, got, want float64) {
		if !(math.Abs(got-want) < 2e-6) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	close("cka", CKA(a, b), want[float64](t, all, "cka"))
	for i, w := range want[[]float64](t, all, "cka without") {
		close("jackknife", Jackknife(a, b)[i], w)
	}
	some := []int{5, 0, 3, 7, 2}
	close("some", CKA(a.Of(some), b.Of(some)), want[float64](t, all, "cka of some"))
	close("itself", CKA(a, a), 1)
	if v := CKA(a.Of(some[:3]), b.Of(some[:3])); !math.IsNaN(v) {
		t.Errorf("three images have the CKA %v", v)
	}
	if NewGram([][]float64{{1, math.NaN()}, {1, 2}}) != nil {
		t.Error("patterns without numbers have products")
	}
}

// Independent patterns have an unbiased CKA of about 0, where the biased one would be near
// 1 for more units than images.
func TestCKAOfNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	mean := 0.0
	for range 100 {
		var g [2]*Gram
		for k := range g {
			rows := rowsOf(make([]float64, 20*60), 60)
			for _, row := range rows {
				for u := range row {
					row[u] = r.NormFloat64()
				}
			}
			g[k] = NewGram(rows)
		}
		if v := CKA(g[0], g[1]); !math.IsNaN(v) {
			mean += v / 100
		}
	}
	if math.Abs(mean) > 0.05 {
		t.Errorf("mean CKA %v of independent patterns", mean)
	}
}
