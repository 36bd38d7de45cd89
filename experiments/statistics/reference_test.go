package statistics

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"
)

// near fails unless got is within a relative 1e-9 of want: both sides compute
// in float64, SciPy's t distribution by another algorithm.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Max(math.Abs(want), 1e-6) {
		t.Errorf("%s: got %.15g, want %.15g", what, got, want)
	}
}

// TestSciPy holds every test to the numbers of testdata/reference.py, which
// SciPy and NumPy gave.
func TestSciPy(t *testing.T) {
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Welch map[string]struct {
			A, B []float64
			At   []struct{ Level, T, DF, P, Low, High float64 }
		}
		Holm    []struct{ P, Adjusted []float64 }
		McNemar map[string][2]float64
		Curves  struct {
			A, B [][]float64
			P    []float64
			Ways int
		}
		One struct {
			P     float64
			Point int
		} `json:"one point"`
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	if len(ref.Welch) < 4 || len(ref.McNemar) < 6 || len(ref.Holm) < 4 || len(ref.Curves.P) < 5 {
		t.Fatalf("the file lacks cases: %d, %d, %d, %d", len(ref.Welch), len(ref.McNemar), len(ref.Holm), len(ref.Curves.P))
	}
	for name, x := range ref.Welch {
		for _, w := range x.At {
			d := Welch(x.A, x.B, w.Level)
			what := fmt.Sprintf("%s at %g: ", name, w.Level)
			near(t, what+"t", d.T, w.T)
			near(t, what+"degrees of freedom", d.DF, w.DF)
			near(t, what+"p", d.P, w.P)
			near(t, what+"low", d.Low, w.Low)
			near(t, what+"high", d.High, w.High)
		}
	}
	for _, x := range ref.Holm {
		for i, got := range Holm(x.P) {
			near(t, fmt.Sprintf("Holm of %v: %d", x.P, i), got, x.Adjusted[i])
		}
	}
	for name, want := range ref.McNemar {
		var b, c int
		fmt.Sscanf(name, "%d,%d", &b, &c)
		exact, mid := McNemar(b, c)
		near(t, "McNemar exact "+name, exact, want[0])
		near(t, "McNemar mid-p "+name, mid, want[1])
	}
	got := MaxStatistic(ref.Curves.A, ref.Curves.B, 1)
	if got.Ways != ref.Curves.Ways || got.Ways != 924 || !got.Exact {
		t.Errorf("tried %d divisions (all: %v), want all %d", got.Ways, got.Exact, ref.Curves.Ways)
	}
	for i, p := range ref.Curves.P {
		near(t, fmt.Sprintf("max-statistic at point %d", i), got.P[i], p)
	}
	k := ref.One.Point
	point := func(all [][]float64) (out [][]float64) {
		for _, r := range all {
			out = append(out, r[k:k+1])
		}
		return out
	}
	near(t, "permutation of one point", MaxStatistic(point(ref.Curves.A), point(ref.Curves.B), 1).P[0], ref.One.P)
}
