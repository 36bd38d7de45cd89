package statistics

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

// Concordances are those of lifelines (testdata/concordance.py), whichever way they are
// counted.
func TestConcordance(t *testing.T) {
	text, err := os.ReadFile("testdata/concordance.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Times, Numbers []float64
		Observed       []bool
		C              float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 4 {
		t.Fatalf("%d cases", len(cases))
	}
	for i, x := range cases {
		c, low, high := Concordance(x.Times, x.Observed, x.Numbers)
		if math.Abs(c-x.C) > 1e-12 || !(low <= c && c <= high) {
			t.Errorf("case %d: %v in %v to %v, lifelines %v", i, c, low, high, x.C)
		}
		if c := newRanks(x.Times, x.Observed, x.Numbers).concordance(); math.Abs(c-x.C) > 1e-12 {
			t.Errorf("case %d, by ranks: %v, lifelines %v", i, c, x.C)
		}
	}
}

// Of times that have nothing to do with the numbers, p is at most 0.05 in a twentieth of
// the trials, and the interval has 0.5 in most: 95 % is reached with many observations
// only, so that 90 % are asked for.
func TestConcordanceLevel(t *testing.T) {
	const trials, n = 400, 40
	r := rand.New(rand.NewPCG(2, 9))
	found, covered := 0, 0
	for trial := range trials {
		times, numbers, observed := make([]float64, n), make([]float64, n), make([]bool, n)
		for i := range n {
			times[i], numbers[i] = float64(r.IntN(6)), r.NormFloat64()
			observed[i] = times[i] < 5
		}
		if ConcordanceP(times, observed, numbers, 199, uint64(trial)) <= 0.05 {
			found++
		}
		if _, low, high := Concordance(times, observed, numbers); low <= 0.5 && 0.5 <= high {
			covered++
		}
	}
	if found > 38 || found < 5 { // binomial: 20 ± 4·4.4
		t.Errorf("%d of %d null tests found something at 0.05", found, trials)
	}
	if covered < 360 {
		t.Errorf("%d of %d intervals have 0.5", covered, trials)
	}
}
