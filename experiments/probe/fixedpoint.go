package probe

import (
	"context"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/optimize"
)

// stateOf is the whole state of an image before a step, from states of areas by place;
// nil where one is missing.
func (m *stateMap) stateOf(states map[place][]float32, step, image int) []float64 {
	v := make([]float64, m.dim)
	for k, p := range m.parts {
		p.step += step
		from := states[p]
		if from == nil {
			return nil
		}
		widen(from[image*m.sizes[k]:][:m.sizes[k]], m.slice(v, k))
	}
	return v
}

// search minimises q(s) = ½|F(s)-s|² from a state by L-BFGS (Sussillo and Barak 2013), with
// so many iterations at most, and returns the best state that it saw, and its q. It ends
// where the engine's precision leaves nothing to gain.
func search(ctx context.Context, m *stateMap, begin []float64, iterations int) (best []float64, q float64, err error) {
	gradient, at := make([]float64, m.dim), make([]float64, m.dim)
	var now float64
	valid := false
	best, q = append([]float64(nil), begin...), math.Inf(1)
	eval := func(s []float64) {
		if err != nil || valid && equal(s, at) {
			return
		}
		copy(at, s)
		if err = ctx.Err(); err == nil {
			now, err = m.speed(s, gradient)
		}
		valid = err == nil
		if valid && now < q {
			q = now
			copy(best, s)
		}
	}
	if eval(begin); err != nil || iterations == 0 || q == 0 {
		return best, q, err
	}
	problem := optimize.Problem{
		Func:   func(s []float64) float64 { eval(s); return now },
		Grad:   func(g, s []float64) { eval(s); copy(g, gradient) },
		Status: func() (optimize.Status, error) { return optimize.NotTerminated, err },
	}
	// A search that cannot go on has an error of its own: the best state counts.
	optimize.Minimize(problem, begin, &optimize.Settings{MajorIterations: iterations, FuncEvaluations: 10 * iterations, GradientThreshold: 1e-12}, &optimize.LBFGS{})
	return best, q, err
}

// equal reports whether two vectors are.
func equal(a, b []float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// unit is a random vector of length 1.
func unit(dim int, seed uint64) []float64 {
	v := make([]float64, dim)
	r := rand.New(rand.NewPCG(seed, uint64(dim)))
	for i := range v {
		v[i] = r.NormFloat64()
	}
	scale(v, 1/math.Sqrt(dot(v, v)))
	return v
}
