package plots

import "ventral/cortex/recording"

// protocol draws when the image is on and when the loss reads.
func protocol(p *pen, r rect, an *recording.Anatomy, steps int) {
	a := &panel{pen: p, rect: r, xlo: -0.5, xhi: float64(steps) - 0.5, yhi: 1}
	y := r.t - 7
	name := an.Input
	if name == "" {
		name = "input"
	}
	p.text(r.l-4, y, name, toLeft)
	for i := 0; i < len(an.InputSlices); {
		j := i + 1
		for j < len(an.InputSlices) && an.InputSlices[j] == an.InputSlices[j-1]+1 {
			j++
		}
		from, to := max(an.InputSlices[i], 0), min(an.InputSlices[j-1], an.Steps-1)
		if from <= to {
			p.fill(rect{a.x(float64(from) - 0.5), y - 2, a.x(float64(to) + 0.5), y + 2}, p.s.Ink)
		}
		i = j
	}
	p.line(stroke{width: 0.4}, r.l, y-2, r.r, y-2)
	if len(an.TrainSlices) > 0 {
		y -= 10
		p.text(r.l-4, y, "loss", toLeft)
		for _, t := range an.TrainSlices {
			if t >= 0 && t < an.Steps {
				p.circle(a.x(float64(t)), y, min(1.8, 0.4*r.w()/pt(steps)), p.s.Ink, true)
			}
		}
	}
}
