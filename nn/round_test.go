package nn_test

import (
	"math"
	"testing"

	"ventral/nn"
)

// TestRound compares with values worked by hand: 8 bits keep steps of 1/128
// between 1 and 2, and a tie goes to the even one.
func TestRound(t *testing.T) {
	third := float64(float32(1) / 3) // 0.0101010101010101010101011b: 1.01010101010101010101011b / 4
	for _, c := range []struct {
		bits    int
		x, want float64
	}{
		{8, 1 + 1.0/256, 1}, {8, 1 + 3.0/256, 1 + 4.0/256}, {8, 1 + 1.1/256, 1 + 2.0/256}, {8, -1 - 3.0/256, -1 - 4.0/256},
		{8, third, 171.0 / 512}, {16, third, 43691.0 / 131072}, {8, 0, 0}, {8, 255.6, 256}, {8, math.Inf(1), math.Inf(1)},
	} {
		in, out := nn.NewArray(nn.Shape{1}), nn.NewArray(nn.Shape{1})
		in.Data[0] = c.x
		nn.Round{Bits: c.bits}.Eval([]nn.Array{in}, []nn.Array{out})
		if out.Data[0] != c.want {
			t.Errorf("%v to %d bits: %v, want %v", c.x, c.bits, out.Data[0], c.want)
		}
	}
}
