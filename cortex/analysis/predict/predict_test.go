package predict

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"
)

const n, tests, d, q = 30, 5, 12, 5

// recorded are the numbers of testdata/predict.py.
func recorded(seed, rows, columns int) [][]float64 {
	x := make([][]float64, rows)
	for k := range rows * columns {
		x[k/columns] = append(x[k/columns], float64(((31+seed)*k*k+(7+2*seed)*k)%257)/256)
	}
	return x
}

func data() (x, y [][]float64) {
	x, y = recorded(0, n, d), recorded(1, n, q)
	for i := range y {
		for u := range q {
			y[i][u] += 2*x[i][u] + x[i][3+u]
		}
	}
	return x, y
}

var reference struct {
	PLS   map[string][][]float64
	Few   [][]float64
	Ridge map[string]struct {
		Penalty   float64
		Predicted [][]float64
	}
	R     []float64
	Again []float64 `json:"r again"`
}

func read(t *testing.T) {
	text, err := os.ReadFile("testdata/predict.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &reference); err != nil {
		t.Fatal(err)
	}
}

func near(t *testing.T, what string, got, want [][]float64, tolerance float64) {
	t.Helper()
	for i := range want {
		for u, w := range want[i] {
			if !(math.Abs(got[i][u]-w) <= tolerance) {
				t.Errorf("%s: image %d, response %d: got %v, want %v", what, i, u, got[i][u], w)
				return
			}
		}
	}
}

// Predictions of about 1 are those of scikit-learn. Both find singular vectors by the power
// method, whose differences grow from component to component: 1e-7.
func TestPLS(t *testing.T) {
	read(t)
	x, y := data()
	for k, want := range map[int][][]float64{1: reference.PLS["1"], 4: reference.PLS["4"], 12: reference.PLS["12"]} {
		near(t, "PLS", NewFeatures(x).PLS(y, k).Predict(recorded(2, tests, d)), want, 1e-7)
	}
	// As many components as there are give least squares, and more change nothing.
	near(t, "25 components", NewFeatures(x).PLS(y, 25).Predict(recorded(2, tests, d)), reference.PLS["12"], 1e-7)
	near(t, "few images", NewFeatures(recorded(4, 8, d)).PLS(recorded(5, 8, 1), 3).Predict(recorded(2, tests, d)), reference.Few, 1e-7)
}

// Solutions by eigenvalues and by Cholesky agree to 1e-9 for these conditions.
func TestRidge(t *testing.T) {
	read(t)
	x, y := data()
	m, penalty := NewReduced(NewFeatures(x)).Ridge(y)
	if w := reference.Ridge["many"]; math.Abs(penalty-w.Penalty) > 1e-9*w.Penalty {
		t.Errorf("penalty %v, want %v", penalty, w.Penalty)
	}
	near(t, "ridge", m.Predict(recorded(2, tests, d)), reference.Ridge["many"].Predicted, 1e-9)
	m, penalty = NewReduced(NewFeatures(recorded(4, 8, d))).Ridge(recorded(5, 8, 1))
	if w := reference.Ridge["few"]; math.Abs(penalty-w.Penalty) > 1e-9*w.Penalty {
		t.Errorf("few images: penalty %v, want %v", penalty, w.Penalty)
	}
	near(t, "few images", m.Predict(recorded(2, tests, d)), reference.Ridge["few"].Predicted, 1e-9)
	m, _ = NewReduced(NewFeatures([][]float64{{1, 1}, {1, 1}, {1, 1}})).Ridge([][]float64{{1}, {2}, {6}})
	near(t, "features that do not vary", m.Predict([][]float64{{5, 7}}), [][]float64{{3}}, 1e-12)
}

func TestCorrelations(t *testing.T) {
	read(t)
	x, y := data()
	near(t, "r", [][]float64{Correlations(columns(x), y, nil)}, [][]float64{reference.R}, 1e-12)
	weights := make([]float64, n)
	for _, i := range []int{0, 0, 3, 5, 5, 5, 9, 20} {
		weights[i]++
	}
	near(t, "r of images drawn again", [][]float64{Correlations(columns(x), y, weights)}, [][]float64{reference.Again}, 1e-12)
	if r := Correlations([][]float64{{1}, {1}, {1}}, [][]float64{{1}, {2}, {3}}, nil); !math.IsNaN(r[0]) {
		t.Errorf("r of what does not vary: %v", r)
	}
}

func columns(x [][]float64) (list [][]float64) {
	for _, row := range x {
		list = append(list, row[:q])
	}
	return list
}

func TestSplits(t *testing.T) {
	for _, s := range Splits(31, 10, 1) {
		all := append(slices.Clone(s.Train), s.Test...)
		slices.Sort(all)
		if len(s.Test) != 4 || len(slices.Compact(all)) != 31 {
			t.Errorf("%d tests of %d images", len(s.Test), len(all))
		}
	}
}
