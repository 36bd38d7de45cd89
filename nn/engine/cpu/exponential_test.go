package cpu

import (
	"math"
	"testing"
)

// The functions of units against float64, over their whole range and at what
// is not finite. Errors are in units of the last place of the result.
func TestExponential(t *testing.T) {
	for _, f := range []struct {
		name     string
		got      func(float32) float32
		want     func(float64) float64
		from, to float64
		ulps     float64
	}{
		{"exponential", exponential, math.Exp, -87, 88.7, 3},
		{"exponentialM1", exponentialM1, math.Expm1, -87, 80, 3},
		{"exponentialM1 near 0", exponentialM1, math.Expm1, -0.5, 0.5, 3},
		{"logarithmP1", logarithmP1, math.Log1p, 0, 1, 3},
		{"sigmoid", sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, -87, 87, 5},
		{"softplus", softplus, func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }, -80, 200, 6},
		{"softplusGrad", softplusGrad, func(y float64) float64 { return -math.Expm1(-y) }, 0, 100, 3},
		{"hyperbolicTangent", hyperbolicTangent, math.Tanh, -20, 20, 6},
		{"hyperbolicTangent near 0", hyperbolicTangent, math.Tanh, -0.01, 0.01, 6},
		{"elu", elu, func(x float64) float64 { return max(x, 0) + math.Expm1(min(x, 0)) }, -200, 200, 3},
	} {
		const n = 100003
		worst, at := 0.0, float32(0)
		for i := range n {
			x := float32(f.from + (f.to-f.from)*float64(i)/n)
			want := f.want(float64(x))
			size := float32(math.Abs(want))
			ulp := float64(math.Nextafter32(size, float32(math.Inf(1))) - size)
			if e := math.Abs(float64(f.got(x))-want) / ulp; !(e <= worst) {
				worst, at = e, x
			}
		}
		if !(worst <= f.ulps) {
			t.Errorf("%s(%g): got %g, want %g: wrong by %.2g units of the last place, want %g", f.name, at, f.got(at), f.want(float64(at)), worst, f.ulps)
		}
	}
	for _, f := range []struct {
		name  string
		got   func(float32) float32
		below float32 // at minus infinity
		above float32
	}{
		{"exponential", exponential, 0, float32(math.Inf(1))},
		{"sigmoid", sigmoid, 0, 1},
		{"softplus", softplus, 0, float32(math.Inf(1))},
		{"hyperbolicTangent", hyperbolicTangent, -1, 1},
		{"elu", elu, -1, float32(math.Inf(1))},
	} {
		if got := f.got(float32(math.NaN())); got == got {
			t.Errorf("%s of NaN: got %g", f.name, got)
		}
		if got := f.got(float32(math.Inf(-1))); got != f.below {
			t.Errorf("%s of -Inf: got %g, want %g", f.name, got, f.below)
		}
		if got := f.got(float32(math.Inf(1))); got != f.above {
			t.Errorf("%s of +Inf: got %g, want %g", f.name, got, f.above)
		}
	}
}
