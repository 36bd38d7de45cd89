package probe

import "math"

// Verdicts on the path of a state, by their places in Verdicts.
const (
	Converged = iota
	Cycling
	Drifting
	Exploding
)

// Verdicts are the words of verdicts.
var Verdicts = []string{"converged", "cycling", "drifting", "exploding"}

// settled is the distance between successive states, as a share of their size, below which
// a state has converged.
const settled = 1e-4

// returned is the share of the farthest distance that a state was from the last one within
// which it has returned.
const returned = 0.1

// verdict judges the path of a state to step T: sizes |x(t)| and distances |x(t) - x(t-1)|
// by step, NaN where there is none, and how far the last state is from those before,
// back[k] = |x(T) - x(T-k)|, with back[0] = 0. The largest size and distance of steps
// T/4..T/2 are compared with those of the same number of steps up to T.
//
//   - exploding: a number is not finite, or both are more than twice as large at the end;
//   - converged: |x(T) - x(T-1)| is at most 10⁻⁴ of |x(T)|, or both are 0;
//   - cycling: going back in time the state leaves, and comes within a tenth of the farthest
//     distance until then; period is how many steps that takes first;
//   - drifting: anything else, such as a path that moves on, or converges too slowly.
//
// Rate is the factor from one distance to the next, on average between two such spans up to
// the last step whose distance is above 10⁻⁵ of the size, where float32 still tells them;
// NaN where there is none.
func verdict(sizes, distances, back []float64) (kind, period int, rate float64) {
	last := len(sizes) - 1
	before, after := spans(last)
	rate = rateOf(sizes, distances)
	finite := func(x float64) bool { return x-x == 0 }
	switch {
	case !finite(sizes[last]) || !finite(distances[last]):
		return Exploding, 0, math.NaN()
	case after.largest(sizes) > 2*before.largest(sizes) && after.largest(distances) > 2*before.largest(distances):
		return Exploding, 0, rate
	case distances[last] <= settled*sizes[last]:
		return Converged, 0, rate
	}
	farthest := 0.0
	for k := 1; k < len(back); k++ {
		if back[k] < returned*farthest {
			return Cycling, k, rate
		}
		farthest = math.Max(farthest, back[k])
	}
	return Drifting, 0, rate
}

// told is the share of a state's size above which distances are told from rounding.
const told = 1e-5

// rateOf is the rate of verdict.
func rateOf(sizes, distances []float64) float64 {
	last := len(sizes) - 1
	for last > 0 && !(distances[last] > told*sizes[last]) {
		last--
	}
	before, after := spans(last)
	from, to := before.largest(distances), after.largest(distances)
	if from == 0 || to == 0 || math.IsInf(to, 0) || math.IsInf(from, 0) || after.to == before.to {
		return math.NaN()
	}
	return math.Pow(to/from, 1/float64(after.to-before.to))
}

// spans are the steps last/4..last/2, and as many up to the last.
func spans(last int) (before, after span) {
	return span{last / 4, last / 2}, span{last - (last/2 - last/4), last}
}

// span is a range of steps, both included.
type span struct{ from, to int }

// largest is the largest number of a list within the span, NaN left out.
func (s span) largest(list []float64) (m float64) {
	for _, x := range list[s.from : s.to+1] {
		if x > m {
			m = x
		}
	}
	return m
}
