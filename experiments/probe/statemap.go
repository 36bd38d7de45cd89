package probe

import (
	"fmt"
	"math"

	"ventral/cortex"
	"ventral/nn"
)

// stateMap is one step of a cortex, frozen, as a map F of its whole state to the next one,
// for one image. The state is what the step and later ones read of the steps before: the
// states of areas, and those that are on their way through delays.
type stateMap struct {
	x      *stepper
	step   int
	parts  []place // of the state, relative to the step
	sizes  []int   // numbers of each part
	dim    int
	speedy *window // outputs F(s)-s and the gradient of ½|F(s)-s|²
	back   *window // outputs vᵀ·∂F/∂s
}

// newStateMap prepares the map of a step for one image at a time.
func newStateMap(s *Subject, step int) (*stateMap, error) {
	x, err := newStepper(s, 1)
	if err != nil {
		return nil, err
	}
	m := &stateMap{x: x, step: step}
	for _, build := range []struct {
		to    **window
		write func(b *nn.Builder, state, next []nn.Value)
	}{{&m.speedy, writeSpeed}, {&m.back, m.writeBack}} {
		b, u, w, err := x.unroll(step, 1)
		if err != nil {
			return nil, err
		}
		state, next, err := m.values(u, w)
		if err != nil {
			return nil, err
		}
		build.write(b, state, next)
		if *build.to, err = x.compiled(step, b, w); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// values returns the parts of the state, and where each is after the step.
func (m *stateMap) values(u *cortex.Unrolled, w *window) (state, next []nn.Value, err error) {
	g, at := m.x.g, map[place]nn.Value{}
	m.parts, m.sizes, m.dim = nil, nil, 0
	for _, c := range u.Carried {
		p := w.carried[g.CarryName(c)]
		at[p] = c.Value
		units := g.Areas[p.area].Image(1).Len()
		m.parts, m.sizes, m.dim = append(m.parts, p), append(m.sizes, units), m.dim+units
	}
	for _, p := range m.parts {
		state = append(state, at[p])
		q := p
		q.step++
		v, ok := at[q]
		if q.step == 0 {
			made := u.States[cortex.Node{Area: p.area, Step: m.step}]
			if ok = p.part < len(made); ok {
				v = made[p.part]
			}
		}
		if !ok {
			return nil, nil, fmt.Errorf("step %d reads another state than the step before, so that it is no map of a state to itself; want more steps, behind the last window of a connection", m.step)
		}
		next = append(next, v)
	}
	if m.dim == 0 {
		return nil, nil, fmt.Errorf("step %d reads no state of a step before: the cortex has no recurrence", m.step)
	}
	return state, next, nil
}

// writeSpeed emits F(s)-s, and the gradient of half its square.
func writeSpeed(b *nn.Builder, state, next []nn.Value) {
	var squares []nn.Value
	for k := range state {
		r := b.Sum(next[k], b.One(nn.Linear{A: -1}, state[k]))
		b.Output(fmt.Sprintf("difference/%d", k), r)
		squares = append(squares, b.One(nn.Inner{}, r, r))
	}
	half := b.One(nn.Linear{A: 0.5}, b.Sum(squares...))
	for k, v := range b.Gradient(half, state) {
		if v != nn.None {
			b.Output(fmt.Sprintf("gradient/%d", k), v)
		}
	}
}

// writeBack emits the product of a vector with the Jacobian.
func (m *stateMap) writeBack(b *nn.Builder, state, next []nn.Value) {
	var parts []nn.Value
	for k, v := range next {
		parts = append(parts, b.One(nn.Inner{}, v, b.Input(fmt.Sprintf("%s%d", seedPort, k), b.Shape(v), true)))
	}
	for k, v := range b.Gradient(b.Sum(parts...), state) {
		if v != nn.None {
			b.Output(fmt.Sprintf("gradient/%d", k), v)
		}
	}
}

// close frees the engine's memory.
func (m *stateMap) close() error { return m.x.close() }

// show chooses the image that is shown.
func (m *stateMap) show(image int) { m.x.begin(image) }

// slice returns a part of a vector.
func (m *stateMap) slice(v []float64, part int) []float64 {
	at := 0
	for _, n := range m.sizes[:part] {
		at += n
	}
	return v[at:][:m.sizes[part]]
}

// run runs a program at a state, with what Others fills.
func (m *stateMap) run(w *window, s []float64, others func(string, []float32) error) error {
	state := map[place][]float32{}
	for k, p := range m.parts {
		p.step += m.step
		list := make([]float32, m.sizes[k])
		for i, v := range m.slice(s, k) {
			list[i] = float32(v)
		}
		state[p] = list
	}
	return w.run(m.x.home, m.x.feed(w, m.step, func(p place) []float32 { return state[p] }, others))
}

// gather brings outputs of a program into a vector; parts that it does not give are 0.
func (m *stateMap) gather(w *window, name string, out []float64) {
	for k := range m.parts {
		to := m.slice(out, k)
		clear(to)
		for i, v := range w.outputs[fmt.Sprintf("%s/%d", name, k)] {
			to[i] = float64(v)
		}
	}
}

// speed returns ½|F(s)-s|², and writes its gradient.
func (m *stateMap) speed(s, gradient []float64) (float64, error) {
	if err := m.run(m.speedy, s, nil); err != nil {
		return math.NaN(), err
	}
	m.gather(m.speedy, "difference", gradient)
	q := dot(gradient, gradient) / 2
	m.gather(m.speedy, "gradient", gradient)
	return q, nil
}

// product writes vᵀ·∂F/∂s at s.
func (m *stateMap) product(s, v, out []float64) error {
	err := m.run(m.back, s, func(port string, data []float32) error {
		var k int
		if _, err := fmt.Sscanf(port, seedPort+"%d", &k); err != nil {
			return fmt.Errorf("nothing fills the input port %q", port)
		}
		for i, x := range m.slice(v, k) {
			data[i] = float32(x)
		}
		return nil
	})
	if err == nil {
		m.gather(m.back, "gradient", out)
	}
	return err
}
