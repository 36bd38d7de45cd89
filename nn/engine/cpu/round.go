package cpu

import (
	"math"

	"ventral/nn"
)

var roundBits = impl{inPlace: all, elements: true, run: runRound}

// runRound adds half of the last bit that stays, less one unless that bit is
// set, and cuts off what is below: to nearest, ties to even. NaN and infinities
// pass.
func runRound(c *call) {
	drop := uint(24 - c.in.op.(nn.Round).Bits)
	half, mask := uint32(1)<<(drop-1)-1, ^(uint32(1)<<drop - 1)
	x, y := c.args[0].Data, c.results[0].Data
	x = x[:len(y)]
	for i, v := range x {
		u := math.Float32bits(v)
		if u&0x7f800000 == 0x7f800000 {
			y[i] = v
			continue
		}
		y[i] = math.Float32frombits((u + half + u>>drop&1) & mask)
	}
}
