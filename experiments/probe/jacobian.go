package probe

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex"
	"ventral/cortex/analysis"
)

var jacobianKind = Kind{
	Name:   "jacobian",
	About:  "the cortex run far beyond training: how far states move, whether they settle, fixed points and the leading eigenvalues of the state map",
	Source: "Sussillo and Barak 2013, Opening the black box; Arnoldi 1951",
	Images: 8,
	New: func() Probe {
		return &Jacobian{Steps: 200, Eigenvalues: 6, Krylov: 80, Search: 300, Bound: 1e-3, Seed: 1}
	},
}

// Jacobian runs the cortex for many steps and measures, image by image,
//
//   - the relative distance |x(t) - x(t-1)| / |x(t-1)| between successive states of each area;
//   - the verdict on each area's path, see verdict;
//   - the state map F of the step after the last, which takes the whole state s, states on
//     their way through delays included, to the next one, with the statistics of norms and the
//     image of that step: they are frozen;
//   - a fixed point near the last state, or near the state at the end of the experiment's own
//     steps where the run explodes: q(s) = ½|F(s)-s|² is minimised by L-BFGS;
//   - where |F(s)-s| is at most Bound times the size of the state that the search began with, the
//     leading eigenvalues of ∂F/∂s there, by Arnoldi's method on vector-Jacobian products;
//   - the finite-time growth of F along the last steps: a random vector is taken back through
//     the Jacobians of the window's later half, so that it turns into the direction that grows
//     most, and the growth is its mean factor a step through those of the earlier half.
//
// It gives the frames "distance between steps" [area, step, image], "verdict" [area, image,
// verdict], 1 where it is that and 0 elsewhere, "period" and "rate" [area, image], "eigenvalues"
// [image, eigenvalue, number] with the numbers real, imaginary, modulus, and residual, and
// "fixed point" [image, quantity] with the quantities of fixedQuantities.
type Jacobian struct {
	Steps       int     `toml:"steps" min:"8" max:"100000" doc:"steps that the cortex is run for"`
	Eigenvalues int     `toml:"eigenvalues" min:"1" max:"100" doc:"leading eigenvalues that are kept"`
	Krylov      int     `toml:"krylov" min:"2" max:"1000" doc:"vectors of Arnoldi's method; more make eigenvalues more exact"`
	Search      int     `toml:"search" min:"0" max:"100000" doc:"iterations of the search for a fixed point; 0 takes the last state as it is"`
	Bound       float64 `toml:"bound" above:"0" max:"1" doc:"of |F(s)-s|, as a share of the size of the state, up to which a state is a fixed point and has eigenvalues"`
	Seed        int     `toml:"seed" min:"0" doc:"of the random vectors that Arnoldi's method and growth begin with"`
}

var _ Probe = (*Jacobian)(nil)

// fixedQuantities are those of the frame "fixed point".
var fixedQuantities = []string{"q at the last state", "q", "share", "distance", "growth per step"}

// Measure implements Probe.
func (p *Jacobian) Measure(ctx context.Context, s *Subject) ([]analysis.Frame, error) {
	own := s.Graph.Steps
	if p.Steps < own {
		return nil, fmt.Errorf("steps: found %d, want at least those of the cortex, %d", p.Steps, own)
	}
	delay := 1
	for i := range s.Graph.Matrix.Connections {
		delay = max(delay, s.Graph.Matrix.Connections[i].Delay)
	}
	long, err := s.Longer(p.Steps + delay + 2)
	if err != nil {
		return nil, err
	}
	if err := reaches(long, p.Steps); err != nil {
		return nil, err
	}
	r := &running{Jacobian: *p, s: long, own: own, delay: delay, n: nodesOf(long)}
	if err := r.measure(ctx); err != nil {
		return nil, err
	}
	return r.frames(), nil
}

// reaches reports states that training has not reached, of steps up to the one after the
// last.
func reaches(s *Subject, steps int) error {
	n := nodesOf(s)
	for t := range steps + 1 {
		for i := range s.Graph.Areas {
			at := cortex.Node{Area: i, Step: t}
			if !s.Graph.Informed(i, t) || n.has[at] {
				continue
			}
			why := "training has not reached it"
			for name, text := range s.Unusable {
				if strings.HasPrefix(name, n.name(at)+"/") {
					why = text
				}
			}
			return fmt.Errorf("steps: found %d, but the cortex cannot run beyond step %d: at %s %s", steps, t-1, n.name(at), why)
		}
	}
	return nil
}

// running runs a cortex and judges it.
type running struct {
	Jacobian
	s      *Subject // over all steps, and some more
	own    int      // steps of the experiment
	delay  int      // the longest
	window int      // last steps whose states are kept
	n      *nodes

	distance           *analysis.Frame
	kinds              []float64 // [area, image, verdict]
	periods, rates     []float64 // [area, image]
	eigenvalues, fixed []float64
	frozen             []int // steps whose statistics the map has
	changes            bool  // the map of the last step is another
}

// windowNumbers bounds the numbers of states that are kept of the last steps, 128 MiB.
const windowNumbers = 32 << 20

// measure runs all images, some at once.
func (r *running) measure(ctx context.Context) error {
	images, areas := len(r.s.IDs), len(r.s.Graph.Areas)
	each := 0 // numbers of all areas in one image
	for i := range r.s.Graph.Areas {
		each += r.n.parts(i) * r.n.units(i)
	}
	batch := r.s.Batch
	r.window = min(r.Steps/2, 100, max(windowNumbers/(each*batch)-r.delay-1, 4))
	r.distance = r.n.frame("distance between steps", "", "|x(t)-x(t-1)| / |x(t-1)|")
	r.kinds, r.periods, r.rates = missing(areas*images*len(Verdicts)), missing(areas*images), missing(areas*images)
	r.eigenvalues, r.fixed = missing(images*r.Eigenvalues*4), missing(images*len(fixedQuantities))
	x, err := newStepper(r.s, batch)
	if err != nil {
		return err
	}
	defer x.close()
	m, err := newStateMap(r.s, r.Steps)
	if err != nil {
		return err
	}
	defer m.close()
	r.frozen = m.back.frozen
	total := int64(x.src.Batches()*r.Steps + images)
	for k := range x.src.Batches() {
		first, count := k*batch, x.src.Valid(k)
		x.begin(k)
		path := newPath(r, count)
		for t := range r.Steps {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := x.step(t); err != nil {
				return err
			}
			path.add(x, t)
			if t == r.own-1 {
				path.keepOwn(x, m)
			}
			x.forget(t - r.window - r.delay)
			r.s.Work(int64(k*r.Steps+t+1)+int64(first), total)
		}
		before, err := x.window(r.Steps - 1)
		if err != nil {
			return err
		}
		after, err := x.window(r.Steps)
		if err != nil {
			return err
		}
		r.changes = before != after
		path.judge(x, first)
		for i := range count {
			if err := ctx.Err(); err != nil {
				return err
			}
			m.show(first + i)
			if err := r.point(ctx, x, m, path, first, i); err != nil {
				return fmt.Errorf("image %d: %w", r.s.IDs[first+i], err)
			}
			r.s.Work(int64((k+1)*r.Steps+first+i+1), total)
		}
	}
	return nil
}

// point finds a fixed point of an image, its eigenvalues, and the growth along the path.
func (r *running) point(ctx context.Context, x *stepper, m *stateMap, path *path, first, i int) error {
	image := first + i
	put := func(name string, v float64) {
		r.fixed[image*len(fixedQuantities)+slices.Index(fixedQuantities, name)] = v
	}
	last := m.stateOf(x.states, r.Steps, i)
	begin := last
	if explodes := slices.ContainsFunc(path.kinds[i], func(k int) bool { return k == Exploding }); explodes {
		begin = path.own[i]
	}
	scratch := make([]float64, m.dim)
	if finite(last) {
		q, err := m.speed(last, scratch)
		if err != nil {
			return err
		}
		put("q at the last state", q)
		growth, err := r.growth(x, m, i)
		if err != nil {
			return err
		}
		put("growth per step", growth)
	}
	if !finite(begin) {
		return nil
	}
	at, q, err := search(ctx, m, begin, r.Search)
	if err != nil {
		return err
	}
	size := math.Sqrt(dot(begin, begin))
	put("q", q)
	put("share", math.Sqrt(2*q)/size)
	put("distance", away(at, begin)/size)
	if !(math.Sqrt(2*q) <= r.Bound*size) {
		return nil
	}
	list, err := arnoldi(m.dim, r.Krylov, uint64(r.Seed), func(v, out []float64) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return m.product(at, v, out)
	})
	if err != nil {
		return err
	}
	for k, e := range list[:min(len(list), r.Eigenvalues)] {
		copy(r.eigenvalues[(image*r.Eigenvalues+k)*4:], []float64{real(e.value), imag(e.value), math.Hypot(real(e.value), imag(e.value)), e.residual})
	}
	return nil
}

// growth is the mean factor a step by which the frozen map's Jacobians along the last
// steps stretch a vector that they have turned into the direction that grows most.
func (r *running) growth(x *stepper, m *stateMap, image int) (float64, error) {
	n := r.window / 2
	v, w := unit(m.dim, uint64(r.Seed)), make([]float64, m.dim)
	sum, counted := 0.0, 0
	for k := range 2 * n {
		s := m.stateOf(x.states, r.Steps-k, image)
		if !finite(s) {
			return math.NaN(), nil
		}
		if err := m.product(s, v, w); err != nil {
			return math.NaN(), err
		}
		length := math.Sqrt(dot(w, w))
		if length == 0 {
			return 0, nil
		}
		if k >= n {
			sum, counted = sum+math.Log(length), counted+1
		}
		scale(w, 1/length)
		v, w = w, v
	}
	return math.Exp(sum / float64(counted)), nil
}

// finite reports whether all numbers of a vector are.
func finite(v []float64) bool {
	return v != nil && !slices.ContainsFunc(v, func(x float64) bool { return x-x != 0 })
}

// away is the distance between two vectors.
func away(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return math.Sqrt(sum)
}

// frames are what was measured.
func (r *running) frames() []analysis.Frame {
	areas, images := r.distance.Axes[0], r.distance.Axes[2]
	note := r.conditions()
	r.distance.Note += "; " + note
	// Steps beyond the run are those that the state map needed.
	keep := r.distance.Axes[1].Values[:r.Steps]
	data := r.distance.Data
	r.distance.Data = nil
	for a := range areas.Len() {
		r.distance.Data = append(r.distance.Data, data[a*r.s.Graph.Steps*images.Len():][:r.Steps*images.Len()]...)
	}
	r.distance.Axes = []analysis.Axis{areas, {Name: "step", Values: keep}, images}
	byArea := []analysis.Axis{areas, images}
	rank := analysis.Axis{Name: "eigenvalue"}
	for k := range r.Eigenvalues {
		rank.Values = append(rank.Values, float64(k+1))
	}
	return []analysis.Frame{
		*r.distance,
		{Name: "verdict", Note: fmt.Sprintf("returns are looked for in the last %d steps; %s", r.window, note), Axes: append(byArea[:2:2], analysis.Axis{Name: "verdict", Labels: Verdicts}), Data: r.kinds},
		{Name: "period", Unit: "steps", Note: "of areas that cycle; " + note, Axes: byArea, Data: r.periods},
		{Name: "rate", Note: "factor from one distance to the next; " + note, Axes: byArea, Data: r.rates},
		{Name: "eigenvalues", Note: fmt.Sprintf("of the state map where |F(s)-s| is at most %g of the state's size; %s", r.Bound, note),
			Axes: []analysis.Axis{images, rank, {Name: "number", Labels: []string{"real part", "imaginary part", "modulus", "residual"}}}, Data: r.eigenvalues},
		{Name: "fixed point", Note: fmt.Sprintf("q = ½|F(s)-s|²; share is |F(s)-s| of the size of the state that the search began with, distance how far it went, likewise; growth along the last %d steps; %s", r.window/2*2, note),
			Axes: []analysis.Axis{images, {Name: "quantity", Labels: fixedQuantities}}, Data: r.fixed},
	}
}

// conditions say what was run, and what is frozen.
func (r *running) conditions() string {
	text := fmt.Sprintf("run for %d steps, the experiment's own are %d", r.Steps, r.own)
	if len(r.frozen) > 0 {
		text += "; the state map has the statistics of norms of step " + cortex.At(r.frozen...).String() + ", frozen"
	}
	at := r.Steps - r.s.Graph.Input.Delay
	if at < 0 || at >= len(r.s.Graph.Screen.Steps) || len(r.s.Graph.Screen.Steps[at]) == 0 {
		text += fmt.Sprintf("; at step %d nothing is shown", r.Steps)
	} else {
		text += fmt.Sprintf("; at step %d the screen shows what it does at step %d", r.Steps, firstShown(r.s.Graph.Screen.Steps, at)+r.s.Graph.Input.Delay)
	}
	if r.changes {
		text += "; the map of the step before is another, so that the map is that of one step and not of all"
	}
	return text
}

// firstShown is the first step since which the screen has not changed.
func firstShown(shown []cortex.Shown, at int) int {
	for at > 0 && slices.Equal(shown[at-1], shown[at]) {
		at--
	}
	return at
}
