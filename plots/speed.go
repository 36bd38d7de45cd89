package plots

import (
	"fmt"
	"math"
	"strings"

	"ventral/cortex/analysis"
)

// Speed draws accuracy against what it took to answer: (a) the slice at which
// the answer is read, (b) multiply-adds up to it. A network with recurrence is a
// curve over the slices tested, one without a point. Frames are [variant, slice,
// statistic], one a variant, with "mean", "low", "high" over runs and
// "multiply-adds", and "chance", a dashed line where it is on the scale; the title
// names the variant, the note stands in the caption. A slice stands for ms
// milliseconds, 0 where that is unknown.
func Speed(frames []analysis.Frame, ms float64, s Style) (*Figure, error) {
	if len(frames) == 0 {
		return nil, fmt.Errorf("plots: speed of no variants")
	}
	var overSlices, overCost []series
	for i, f := range frames {
		if err := f.Check(); err != nil {
			return nil, err
		}
		axis := f.Axis("slice")
		if axis == nil || f.Column("mean") == nil || f.Column("multiply-adds") == nil {
			return nil, fmt.Errorf("plots: frame %q is not [slice, statistic] with mean and multiply-adds", f.Name)
		}
		x := series{variant: f.Title, slice: axis.Values, mean: f.Column("mean"), low: f.Column("low"), high: f.Column("high"), chance: math.NaN()}
		if c := f.Column("chance"); len(c) > 0 {
			x.chance = c[0]
		}
		x.colour, x.dash = s.variant(i, len(frames))
		overSlices = append(overSlices, x)
		x.slice = nil
		for _, v := range f.Column("multiply-adds") {
			x.slice = append(x.slice, math.Log10(v))
		}
		overCost = append(overCost, x)
	}
	overSlices = apart(overSlices)
	ticks, ends := speedTicks(overSlices)
	top := pt(16)
	if ms > 0 {
		top += msRoom - 8
	}
	f := &Figure{Name: "speed", Title: "Speed and accuracy", Width: TwoColumns, Height: 149 + top, style: s,
		Caption: caption("Accuracy against the time to answer: (a) the slice at which the answer is read, (b) multiply-adds of an image up to it, on a logarithmic scale",
			speedMarks(overSlices), onScale(overSlices[0].chance, ticks), beyond(ends, ticks), frames[0].Note, msOf(ms))}
	f.paint = func(p *pen, w, h pt) error {
		room := labelRoom(p, overCost)
		half := (w - room) / 2
		a := &panel{pen: p, rect: rect{38, 32, half - 4, h - top}}
		last := 0.0
		for _, x := range overSlices {
			for _, t := range x.slice {
				last = max(last, t)
			}
		}
		a.xlo, a.xhi = -0.5, last+0.5
		a.bottom(slicesAxis(int(last)+1, a.w(), 12), true, "time slice of the answer")
		if ms > 0 {
			milliseconds(a, int(last)+1, ms)
		}
		speedPanel(a, overSlices, ticks)
		b := &panel{pen: p, rect: rect{half + 38, 32, w - room - 6, h - top}}
		var costs []float64
		for _, x := range overCost {
			for _, v := range x.slice {
				costs = append(costs, math.Pow(10, v))
			}
		}
		logarithmic(b, costs, "multiply-adds an image")
		speedPanel(b, overCost, ticks)
		endLabels(b, overCost)
		p.letter(4, h-3, 0)
		p.letter(half+4, h-3, 1)
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
		parts = append(parts, "curves: networks with recurrence, read at every slice tested")
	}
	if points {
		parts = append(parts, "single points: networks that are read at one slice")
	}
	interval := "bars: 95 % t interval over runs"
	if missing(all) {
		interval = "no interval over runs is known"
	}
	return caption(upper(strings.Join(parts, "; ")), "Mean over runs, "+interval)
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
func speedPanel(a *panel, all []series, ticks []float64) {
	a.ylo, a.yhi = ticks[0], ticks[len(ticks)-1]
	reach := a.left(ticks)
	a.text(a.l-reach-4, a.cy(), "accuracy (%)", write{ax: 0.5, turned: true})
	if !math.IsNaN(all[0].chance) {
		a.level(all[0].chance)
	}
	for k, x := range all {
		xs := a.xs(x.slice)
		a.broken(stroke{colour: x.colour, width: 1, dash: x.dash}, xs, a.ys(x.mean))
		for i, v := range x.mean {
			if math.IsNaN(v) {
				continue
			}
			if x.low != nil {
				upright(a, stroke{colour: x.colour, width: 0.5, dash: x.dash}, a.x(x.slice[i]+x.shift), x.low[i], x.high[i])
			}
			radius := pt(1.7)
			if len(x.mean) == 1 {
				radius = 2.4
			}
			a.marker(k, xs[i], a.y(v), radius, x.colour)
		}
	}
}
