package plots

import (
	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// protocol draws when the image is on and when the loss reads.
func protocol(p *canvas.Pen, r canvas.Rect, an *recording.Anatomy, steps int) {
	a := &canvas.Panel{Pen: p, Rect: r, XLo: -0.5, XHi: float64(steps) - 0.5, YHi: 1}
	y := r.T - 7
	name := an.Input
	if name == "" {
		name = "input"
	}
	p.Text(r.L-4, y, name, canvas.ToLeft)
	for i := 0; i < len(an.InputSteps); {
		j := i + 1
		for j < len(an.InputSteps) && an.InputSteps[j] == an.InputSteps[j-1]+1 {
			j++
		}
		from, to := max(an.InputSteps[i], 0), min(an.InputSteps[j-1], an.Steps-1)
		if from <= to {
			p.Fill(canvas.Edges(a.X(float64(from)-0.5), y-2, a.X(float64(to)+0.5), y+2), p.Style.Ink)
		}
		i = j
	}
	p.Line(canvas.Stroke{Width: 0.4}, r.L, y-2, r.R, y-2)
	if len(an.TrainSteps) > 0 {
		y -= 10
		p.Text(r.L-4, y, "loss", canvas.ToLeft)
		for _, t := range an.TrainSteps {
			if t >= 0 && t < an.Steps {
				p.Circle(a.X(float64(t)), y, min(1.8, 0.4*r.W()/canvas.Pt(steps)), p.Style.Ink, true)
			}
		}
	}
}
