package analysis

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/optimize"
)

// psychometric is p(x) = γ + (1 - γ - λ) / (1 + e^(-s(x - m))), fitted to right answers.
type psychometric struct {
	levels, x     []float64 // as given; as fitted, logarithms where log
	log           bool
	n             []int
	guess, lapse  float64
	middle, slope float64
	likelihood    float64 // minus its logarithm
}

// fitPsychometric fits by maximum likelihood. Chance is γ; the slope may have any sign.
func fitPsychometric(levels []float64, right, n []int, chance float64) *psychometric {
	p := &psychometric{levels: levels, x: slices.Clone(levels), n: n, guess: chance, middle: math.NaN(), slope: math.NaN(), lapse: math.NaN(), likelihood: math.Inf(1)}
	if lo, hi := slices.Min(levels), slices.Max(levels); lo > 0 && hi/lo > 10 {
		p.log = true
		for i, v := range levels {
			p.x[i] = math.Log(v)
		}
	}
	lo, hi := slices.Min(p.x), slices.Max(p.x)
	total := 0
	for _, v := range n {
		total += v
	}
	if len(levels) < 3 || hi == lo || total == 0 {
		return p
	}
	span := hi - lo
	// Unknowns are without bounds: middle and slope in spans, λ by a logistic.
	of := func(v []float64) (m, s, lapse float64) {
		return lo + span*v[0], v[1] / span, (1 - chance) / (1 + math.Exp(-v[2]))
	}
	minus := func(v []float64) float64 {
		m, s, lapse := of(v)
		sum := 0.0
		for i, x := range p.x {
			q := chance + (1-chance-lapse)/(1+math.Exp(-s*(x-m)))
			q = min(max(q, 1e-9), 1-1e-9)
			sum -= float64(right[i])*math.Log(q) + float64(n[i]-right[i])*math.Log(1-q)
		}
		// A weak hold keeps flat data from running to infinity (0.01 of an answer at ±30).
		return sum + 1e-5*(v[0]*v[0]+v[1]*v[1]+v[2]*v[2])
	}
	for _, start := range [][]float64{{0.5, 6, -3}, {0.5, -6, -3}, {0.2, 12, -2}, {0.8, 12, -2}, {0.2, -12, -2}, {0.8, -12, -2}} {
		found, err := optimize.Minimize(optimize.Problem{Func: minus}, start, &optimize.Settings{MajorIterations: 2000, Converger: &optimize.FunctionConverge{Absolute: 1e-10, Iterations: 60}}, &optimize.NelderMead{})
		if found == nil || err != nil && found.F >= p.likelihood {
			continue
		}
		if found.F < p.likelihood-1e-9 {
			p.likelihood = found.F
			p.middle, p.slope, p.lapse = of(found.X)
		}
	}
	return p
}

// at is the fitted probability at a place of x.
func (p *psychometric) at(x float64) float64 {
	return p.guess + (1-p.guess-p.lapse)/(1+math.Exp(-p.slope*(x-p.middle)))
}

// threshold is the level at which the curve is a share of the way from chance to its other
// end. It is not defined farther out than a span of the levels, nor of a curve that rises
// by less than the hundredth part of the way.
func (p *psychometric) threshold(share float64) (float64, bool) {
	x := p.middle + math.Log(share/(1-share))/p.slope
	lo, hi := slices.Min(p.x), slices.Max(p.x)
	if math.IsNaN(x) || x < lo-(hi-lo) || x > hi+(hi-lo) || math.Abs(p.at(hi)-p.at(lo)) < 0.01*(1-p.guess) {
		return math.NaN(), false
	}
	if p.log {
		return math.Exp(x), true
	}
	return x, true
}

// bootstrap is the 95 % percentile interval of the threshold over fits to answers that are
// drawn with the fitted probabilities. Draws without a threshold count as the farthest.
func (p *psychometric) bootstrap(share float64, draws int, seed uint64) (low, high float64) {
	r := rand.New(rand.NewPCG(seed, 0xb007))
	list := make([]float64, 0, draws)
	for range draws {
		right := make([]int, len(p.x))
		for i, x := range p.x {
			q := p.at(x)
			for range p.n[i] {
				if r.Float64() < q {
					right[i]++
				}
			}
		}
		v, ok := fitPsychometric(p.levels, right, p.n, p.guess).threshold(share)
		if !ok {
			v = math.Inf(1)
		}
		list = append(list, v)
	}
	slices.Sort(list)
	at := func(q float64) float64 {
		v := list[min(len(list)-1, int(q*float64(len(list))))]
		if math.IsInf(v, 1) {
			return math.NaN()
		}
		return v
	}
	return at(0.025), at(0.975)
}
