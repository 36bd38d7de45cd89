package probe

import (
	"math"

	"ventral/cortex"
)

// path is how the states of some images move, by area.
type path struct {
	r                *running
	count            int
	sizes, distances [][][]float64 // [area][image][step]
	own              [][]float64   // whole states at the end of the experiment's steps, by image
	kinds            [][]int       // verdicts, [image][area]; -1 without
}

func newPath(r *running, count int) *path {
	p := &path{r: r, count: count, own: make([][]float64, count)}
	for range r.s.Graph.Areas {
		sizes, distances := make([][]float64, count), make([][]float64, count)
		for i := range count {
			sizes[i], distances[i] = missing(r.Steps), missing(r.Steps)
		}
		p.sizes, p.distances = append(p.sizes, sizes), append(p.distances, distances)
	}
	for range count {
		p.kinds = append(p.kinds, make([]int, len(r.s.Graph.Areas)))
	}
	return p
}

// add measures step t.
func (p *path) add(x *stepper, t int) {
	for a := range p.sizes {
		for i := range p.count {
			if size, ok := p.apart(x, a, i, t, -1); ok {
				p.sizes[a][i][t] = size
			}
			if d, ok := p.apart(x, a, i, t, t-1); ok && t > 0 {
				p.distances[a][i][t] = d
			}
		}
	}
}

// apart is how far the state of an area at step t is from that at another, or from 0 where
// that is negative; ok is false where either is not there, or depends on no image.
func (p *path) apart(x *stepper, area, image, t, other int) (d float64, ok bool) {
	r := p.r
	if t < 0 || !r.n.has[cortex.Node{Area: area, Step: t}] || other >= 0 && !r.n.has[cortex.Node{Area: area, Step: other}] {
		return 0, false
	}
	units, sum := r.n.units(area), 0.0
	for part := range r.n.parts(area) {
		is := x.states[place{area, t, part}]
		was := x.states[place{area, other, part}]
		if is == nil || other >= 0 && was == nil {
			return 0, false
		}
		for k := image * units; k < (image+1)*units; k++ {
			v := float64(is[k])
			if other >= 0 {
				v -= float64(was[k])
			}
			sum += v * v
		}
	}
	return math.Sqrt(sum), true
}

// keepOwn keeps the whole states after the experiment's last step.
func (p *path) keepOwn(x *stepper, m *stateMap) {
	for i := range p.count {
		p.own[i] = m.stateOf(x.states, p.r.own, i)
	}
}

// judge gives verdicts and distances of the images from first on.
func (p *path) judge(x *stepper, first int) {
	r := p.r
	last, images := r.Steps-1, len(r.s.IDs)
	for a := range p.sizes {
		for i := range p.count {
			sizes, distances := p.sizes[a][i], p.distances[a][i]
			for t, d := range distances {
				if before := t - 1; before >= 0 && sizes[before] > 0 {
					put(r.distance, cortex.Node{Area: a, Step: t}, first+i, d/sizes[before])
				}
			}
			p.kinds[i][a] = -1
			if !r.n.has[cortex.Node{Area: a, Step: last}] {
				continue
			}
			back := []float64{0}
			for k := 1; k <= r.window; k++ {
				d, ok := p.apart(x, a, i, last, last-k)
				if !ok {
					break
				}
				back = append(back, d)
			}
			kind, period, rate := verdict(sizes, distances, back)
			at := a*images + first + i
			p.kinds[i][a], r.rates[at] = kind, rate
			clear(r.kinds[at*len(Verdicts):][:len(Verdicts)])
			r.kinds[at*len(Verdicts)+kind] = 1
			if kind == Cycling {
				r.periods[at] = float64(period)
			}
		}
	}
}
