package probe

import (
	"math"
	"testing"
)

// walk is what verdict is told of a path of vectors.
func walk(states [][]float64, window int) (sizes, distances, back []float64) {
	last := len(states) - 1
	for t, x := range states {
		sizes = append(sizes, math.Sqrt(dot(x, x)))
		distances = append(distances, math.NaN())
		if t > 0 {
			distances[t] = away(x, states[t-1])
		}
	}
	for k := range window {
		back = append(back, away(states[last], states[last-k]))
	}
	return sizes, distances, back
}

// Paths whose kind is known by construction get their verdicts, whatever direction and
// size they have.
func TestVerdicts(t *testing.T) {
	turn := func(angle, radius float64) func(int) []float64 {
		return func(t int) []float64 {
			r := 3 * math.Pow(radius, float64(t))
			return []float64{r*math.Cos(angle*float64(t)) + 0.5, r*math.Sin(angle*float64(t)) - 2}
		}
	}
	chaos := []float64{0.2}
	for range 200 {
		x := chaos[len(chaos)-1]
		chaos = append(chaos, 3.5*x*(1-x)) // the logistic map's cycle of 4
	}
	for name, c := range map[string]struct {
		at     func(t int) []float64
		kind   int
		period int
		rate   float64
	}{
		"radius 0.9":       {turn(0, 0.9), Converged, 0, 0.9},
		"spiral inwards":   {turn(1, 0.9), Converged, 0, 0.9},
		"rest":             {func(int) []float64 { return []float64{1, 2} }, Converged, 0, math.NaN()},
		"silence":          {func(int) []float64 { return []float64{0, 0} }, Converged, 0, math.NaN()},
		"rotation of 1/7":  {turn(2*math.Pi/7, 1), Cycling, 7, 1},
		"rotation of 1":    {turn(1, 1), Cycling, 6, 1}, // 6 of 2π; |e^{6i} - 1| is 0.28
		"two states":       {turn(math.Pi, 1), Cycling, 2, 1},
		"cycle of 4":       {func(t int) []float64 { return []float64{chaos[t]} }, Cycling, 4, math.NaN()},
		"radius 1.1":       {turn(0, 1.1), Exploding, 0, 1.1},
		"spiral outwards":  {turn(1, 1.1), Exploding, 0, 1.1},
		"alternating":      {turn(math.Pi, 1.1), Exploding, 0, 1.1},
		"not a number":     {func(t int) []float64 { return []float64{math.Sqrt(float64(150 - t))} }, Exploding, 0, math.NaN()},
		"a straight line":  {func(t int) []float64 { return []float64{float64(t), 1} }, Drifting, 0, 1},
		"radius 0.999":     {turn(0, 0.999), Drifting, 0, 0.999},
		"slow, unfinished": {turn(0.01, 1), Drifting, 0, 1},
	} {
		var states [][]float64
		for t := range 201 {
			states = append(states, c.at(t))
		}
		kind, period, rate := verdict(walk(states, 60))
		if kind != c.kind || period != c.period && name != "rotation of 1" {
			t.Errorf("%s: %s of period %d, want %s of %d", name, Verdicts[kind], period, Verdicts[c.kind], c.period)
		}
		if math.IsNaN(c.rate) {
			continue
		}
		if math.Abs(rate-c.rate) > 1e-6 {
			t.Errorf("%s: rate %v, want %v", name, rate, c.rate)
		}
	}
}
