package analysis

import (
	"fmt"
	"math"
	"slices"
)

// probed is an analysis of what probes measured.
type probed struct {
	on     Subject
	frames []Frame
}

// Add takes no recordings.
func (p *probed) Add(Batch) error { return nil }

// AddProbe implements ProbeReader.
func (p *probed) AddProbe(_ string, frames []Frame) error {
	p.frames = append(p.frames, frames...)
	return nil
}

// frame returns a frame that a probe gave.
func (p *probed) frame(name string) (Frame, error) {
	for _, f := range p.frames {
		if f.Name == name {
			return f, nil
		}
	}
	return Frame{}, fmt.Errorf("the probe gave no frame %q; cortex record RUN --probe measures it again", name)
}

// overImages makes frames [area, step, statistic] of a frame [area, step, image], of the
// areas that are asked for: of its numbers, or where less is not nil of their differences
// from those of each image.
func (p *probed) overImages(f Frame, name, unit, note string, scale float64, less []float64) (list []Frame) {
	steps, images := f.Axes[1].Len(), f.Axes[2].Len()
	for a, area := range f.Axes[0].Labels {
		if !slices.Contains(p.on.Areas, area) {
			continue
		}
		out := Frame{Name: name, Unit: unit, Title: area, Note: note, Axes: []Axis{{Name: "area", Labels: []string{area}}, f.Axes[1], summary}}
		for t := range steps {
			out.Data = append(out.Data, ofImages(f.Data[(a*steps+t)*images:][:images], less, scale)...)
		}
		list = append(list, out)
	}
	return list
}

// eachImage has the numbers of a frame [area, step, image] by area, of those that are
// asked for.
func (p *probed) eachImage(f Frame) []Frame {
	f.Name += byImage
	return p.eachArea(f)
}

// eachArea cuts a frame [area, …] into areas, those that are asked for.
func (p *probed) eachArea(f Frame) (list []Frame) {
	each := len(f.Data) / max(len(f.Axes[0].Labels), 1)
	for a, area := range f.Axes[0].Labels {
		if slices.Contains(p.on.Areas, area) {
			g := f
			g.Title, g.Axes = area, slices.Clone(f.Axes)
			g.Axes[0], g.Data = Axis{Name: "area", Labels: []string{area}}, f.Data[a*each:][:each]
			list = append(list, g)
		}
	}
	return list
}

// ofImages is the mean of some numbers, its interval, their count, and how many are
// undefined; of their differences from others where there are some.
func ofImages(x, less []float64, scale float64) []float64 {
	var m moments
	for i, v := range x {
		if less != nil {
			v -= less[i]
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			m.undefined++
			continue
		}
		m.add(scale * v)
	}
	mean, low, high := m.interval()
	return []float64{mean, low, high, float64(m.n), float64(m.undefined)}
}
