package run_test

import (
	"testing"

	"ventral/experiments/readable"
)

// A ratio is read as per cent where it is near one, as a factor where it is not.
func TestRatio(t *testing.T) {
	for _, c := range []struct {
		is, was float64
		want    string
	}{{95, 100, "-5.0 %"}, {100, 100, "+0.0 %"}, {250, 100, "+150.0 %"}, {320, 100, "×3.2"}, {3260.9, 100, "×33"}, {1, 100, "-99.0 %"}} {
		if got := readable.Ratio(c.is, c.was); got != c.want {
			t.Errorf("Ratio(%g, %g) = %q, want %q", c.is, c.was, got, c.want)
		}
	}
}
