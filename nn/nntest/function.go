package nntest

import (
	"fmt"
	"math"
	"testing"

	"ventral/nn"
)

// FunctionCheck fails where f is not a number at a finite argument, its slope
// reads something else than it says, or is not flat though it says so.
func FunctionCheck(t *testing.T, f nn.Function) {
	t.Helper()
	if err := functionFault(f); err != nil {
		t.Error(err)
	}
}

func functionFault(f nn.Function) error {
	none := math.NaN()
	differs := map[nn.Reads]bool{} // leaving it out makes a difference
	slopes := map[float64]bool{}
	for _, x := range []float64{-1e30, -1000, -30, -3, -1, -0.3, -1e-9, 0, 1e-9, 0.3, 1, 3, 30, 1000, 1e30} {
		y := f.Value(x)
		if math.IsNaN(y) {
			return fmt.Errorf("value at %g: got NaN, want a number", x)
		}
		slope := f.Slope(x, y)
		if math.IsNaN(slope) {
			return fmt.Errorf("slope at %g: got NaN, want a number", x)
		}
		slopes[slope] = true
		differs[nn.ReadsArgument] = differs[nn.ReadsArgument] || f.Slope(none, y) != slope
		differs[nn.ReadsResult] = differs[nn.ReadsResult] || f.Slope(x, none) != slope
	}
	for _, r := range []nn.Reads{nn.ReadsArgument, nn.ReadsResult} {
		if reads := f.Reads&r != 0; reads != differs[r] {
			return fmt.Errorf("slope reads %v: found %v, the function says %v", r, differs[r], reads)
		}
	}
	if f.Flat && len(slopes) > 3 { // as of |x|: -1, 0 and 1
		return fmt.Errorf("slope: found %d values, want three or fewer where it is flat but for jumps", len(slopes))
	}
	return nil
}
