package plots

import (
	"fmt"
	"math"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
	"ventral/plots/wiring"
)

// Speed draws accuracy against what it took to answer: (a) the step at which
// the answer is read, (b) multiply-adds up to it. A network with recurrence is a
// curve over the steps tested, one without a point. Frames are [variant, step,
// statistic], one a variant, with "mean", "low", "high" over runs and
// "multiply-adds", and "chance", a dashed line where it is on the scale; the title
// names the variant, the note stands in the caption. A step stands for ms
// milliseconds, 0 where that is unknown.
func Speed(frames []analysis.Frame, ms float64, s canvas.Style) (*canvas.Figure, error) {
	if len(frames) == 0 {
		return nil, fmt.Errorf("plots: speed of no variants")
	}
	var overSteps, overCost []series
	for i, f := range frames {
		if err := f.Check(); err != nil {
			return nil, err
		}
		axis := f.Axis("step")
		if axis == nil || f.Column("mean") == nil || f.Column("multiply-adds") == nil {
			return nil, fmt.Errorf("plots: frame %q is not [step, statistic] with mean and multiply-adds", f.Name)
		}
		x := series{variant: f.Title, step: axis.Values, mean: f.Column("mean"), low: f.Column("low"), high: f.Column("high"), chance: math.NaN()}
		if c := f.Column("chance"); len(c) > 0 {
			x.chance = c[0]
		}
		x.colour, x.dash = s.Variant(i, len(frames))
		overSteps = append(overSteps, x)
		x.step = nil
		for _, v := range f.Column("multiply-adds") {
			x.step = append(x.step, math.Log10(v))
		}
		overCost = append(overCost, x)
	}
	overSteps = apart(overSteps)
	ticks, ends := speedTicks(overSteps)
	top := canvas.Pt(16)
	if ms > 0 {
		top += msRoom - 8
	}
	f := &canvas.Figure{Name: "speed", Title: "Speed and accuracy", Width: canvas.TwoColumns, Height: 149 + top, Style: s,
		Caption: canvas.Sentences("Accuracy against the time to answer: (a) the step at which the answer is read, (b) multiply-adds of an image up to it, on a logarithmic scale",
			speedMarks(overSteps), onScale(overSteps[0].chance, ticks), beyond(ends, ticks), frames[0].Note, wiring.StepLasts(ms))}
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		room := labelRoom(p, overCost)
		half := (w - room) / 2
		a := &canvas.Panel{Pen: p, Rect: canvas.Edges(38, 32, half-4, h-top)}
		last := 0.0
		for _, x := range overSteps {
			for _, t := range x.step {
				last = max(last, t)
			}
		}
		a.XLo, a.XHi = -0.5, last+0.5
		a.Bottom(canvas.StepTicks(int(last)+1, a.W(), 12), true, "time step of the answer")
		if ms > 0 {
			milliseconds(a, int(last)+1, ms)
		}
		speedPanel(a, overSteps, ticks)
		b := &canvas.Panel{Pen: p, Rect: canvas.Edges(half+38, 32, w-room-6, h-top)}
		var costs []float64
		for _, x := range overCost {
			for _, v := range x.step {
				costs = append(costs, math.Pow(10, v))
			}
		}
		canvas.Logarithmic(b, costs, "multiply-adds an image")
		speedPanel(b, overCost, ticks)
		endLabels(b, overCost)
		p.Letter(4, h-3, 0)
		p.Letter(half+4, h-3, 1)
		return nil
	}
	return f, nil
}

// speedMarks says what curves, points and bars are, of those that are drawn.
func speedMarks(all []series) string {
	curves, points := false, false
	for _, x := range all {
		curves, points = curves || len(x.mean) > 1, points || len(x.mean) == 1
	}
	var parts []string
	if curves {
		parts = append(parts, "curves: networks with recurrence, read at every step tested")
	}
	if points {
		parts = append(parts, "single points: networks that are read at one step")
	}
	interval := "bars: 95 % t interval over runs"
	if missing(all) {
		interval = "no interval over runs is known"
	}
	return canvas.Sentences(canvas.Upper(strings.Join(parts, "; ")), "Mean over runs, "+interval)
}

// onScale says what the dashed line is, where chance is within the ticks.
func onScale(chance float64, ticks []float64) string {
	if chance >= ticks[0] && chance <= ticks[len(ticks)-1] {
		return "Dashed: chance"
	}
	return ""
}

// speedTicks are ticks that hold means and intervals within 0 to 100 %, and the
// ends of the intervals.
func speedTicks(all []series) (ticks, ends []float64) {
	var means []float64
	for _, x := range all {
		means, ends = append(means, x.mean...), append(append(ends, x.low...), x.high...)
	}
	return bounded(means, ends, 100, "%", 5), ends
}

// speedPanel draws accuracy over whatever x is; the x axis is drawn. A variant has
// the mark that Comparison gives it.
func speedPanel(a *canvas.Panel, all []series, ticks []float64) {
	a.YLo, a.YHi = ticks[0], ticks[len(ticks)-1]
	reach := a.Left(ticks)
	a.Text(a.L-reach-4, a.CY(), "accuracy (%)", canvas.TextStyle{AX: 0.5, Turned: true})
	if !math.IsNaN(all[0].chance) {
		a.Level(all[0].chance)
	}
	for k, x := range all {
		xs := a.XS(x.step)
		a.Broken(canvas.Stroke{Colour: x.colour, Width: 1, Dash: x.dash}, xs, a.YS(x.mean))
		for i, v := range x.mean {
			if math.IsNaN(v) {
				continue
			}
			if x.low != nil {
				canvas.Upright(a, canvas.Stroke{Colour: x.colour, Width: 0.5, Dash: x.dash}, a.X(x.step[i]+x.shift), x.low[i], x.high[i])
			}
			radius := canvas.Pt(1.7)
			if len(x.mean) == 1 {
				radius = 2.4
			}
			a.Marker(k, xs[i], a.Y(v), radius, x.colour)
		}
	}
}
