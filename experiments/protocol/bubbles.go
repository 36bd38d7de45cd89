package protocol

import (
	"math"

	"ventral/experiments/stimuli"
)

// leastBubbles is the smallest share that bubbles hide: of less, holes come without end.
const leastBubbles = 0.001

// bubbles opens Gaussian holes at random places until so much is seen that the hidden
// share is at most fraction; the last hole is left out where that is nearer. A hole is
//
//	exp(-d²/2sd²)
//
// which changes no value beyond 8.7 standard deviations: there it is below 2⁻⁵⁴.
func (p picture) bubbles(seen []float32, fraction, sd float64, s *stimuli.Stream) {
	hidden := make([]float64, len(seen)) // product of what every hole leaves hidden
	for i := range hidden {
		hidden[i] = 1
	}
	reach := 8.7 * sd
	next := make([]float64, len(hidden))
	share, rough := 1.0, float64(len(hidden)) // rough is the sum of hidden, but for rounding
	for share > fraction {
		cy, cx := s.Uniform(0, float64(p.height))-0.5, s.Uniform(0, float64(p.width))-0.5
		y0, y1 := max(0, int(cy-reach)), min(p.height, int(cy+reach)+2)
		x0, x1 := max(0, int(cx-reach)), min(p.width, int(cx+reach)+2)
		after := rough
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				i := y*p.width + x
				dy, dx := float64(y)-cy, float64(x)-cx
				next[i] = hidden[i] * (1 - math.Exp(-(float64(dy*dy)+float64(dx*dx))/(2*sd*sd)))
				after -= hidden[i] - next[i]
			}
		}
		was := rough
		rough = after
		if after /= float64(len(hidden)); after < fraction+1e-6 { // near the end the sum is exact
			total := 0.0
			for i, v := range hidden {
				if y, x := i/p.width, i%p.width; y0 <= y && y < y1 && x0 <= x && x < x1 {
					v = next[i]
				}
				total += v
			}
			after = total / float64(len(hidden))
			if share = was / float64(len(hidden)); share < fraction+1e-6 {
				share = sum(hidden) / float64(len(hidden))
			}
			if after < fraction && fraction-after > share-fraction {
				break
			}
		}
		for y := y0; y < y1; y++ {
			copy(hidden[y*p.width+x0:y*p.width+x1], next[y*p.width+x0:])
		}
		share = after
	}
	for i := range seen {
		seen[i] = float32(1 - hidden[i])
	}
}

func sum(list []float64) (total float64) {
	for _, v := range list {
		total += v
	}
	return total
}
