package nntest

import (
	"math"
	"testing"

	"ventral/nn"
)

func TestRoundTrips(t *testing.T) {
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) { RoundTrip(t, c) })
	}
}

// TestFunctions holds every function to what it says of itself.
func TestFunctions(t *testing.T) {
	for _, f := range nn.Functions() {
		t.Run(f.Name, func(t *testing.T) { FunctionCheck(t, f) })
	}
}

// TestFunctionCheckSees makes sure that the check of functions can fail.
func TestFunctionCheckSees(t *testing.T) {
	square := nn.Function{Name: "square", Value: func(x float64) float64 { return x * x }, Slope: func(x, _ float64) float64 { return 2 * x }}
	for name, c := range map[string]struct {
		change func(*nn.Function)
		want   bool
	}{
		"right":            {func(f *nn.Function) { f.Reads = nn.ReadsArgument }, true},
		"reads the other":  {func(f *nn.Function) { f.Reads = nn.ReadsResult }, false},
		"reads one of two": {func(f *nn.Function) { f.Reads = nn.ReadsArgument | nn.ReadsResult }, false},
		"flat":             {func(f *nn.Function) { f.Reads, f.Flat = nn.ReadsArgument, true }, false},
		"not defined":      {func(f *nn.Function) { f.Reads, f.Value = nn.ReadsArgument, math.Log }, false},
		"slope not defined": {func(f *nn.Function) {
			f.Reads, f.Slope = nn.ReadsArgument, func(x, _ float64) float64 { return math.Log(x) }
		}, false},
	} {
		f := square
		c.change(&f)
		if err := functionFault(f); (err == nil) != c.want {
			t.Errorf("%s: got %v, want no error: %v", name, err, c.want)
		}
	}
}
