package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
)

// Differences draws how far variants differ from one over slices. Frames are
// [slice, statistic], one a variant, with "mean", "low", "high" in points and "p",
// the adjusted p value; the title names the pair, the note of the first stands in
// the caption. Below the curves is a bar where p is at most 0.05. The i-th frame is
// that of variant of[i] among n, and has its colour. A slice stands for ms milliseconds,
// 0 where that is unknown.
func Differences(frames []analysis.Frame, of []int, n int, ms float64, s Style) (*Figure, error) {
	if len(frames) == 0 {
		return nil, fmt.Errorf("plots: differences of no variants")
	}
	var all []series
	var p [][]float64
	for i, f := range frames {
		if err := f.Check(); err != nil {
			return nil, err
		}
		axis := f.Axis("slice")
		if axis == nil || f.Column("mean") == nil || f.Column("p") == nil {
			return nil, fmt.Errorf("plots: frame %q is not [slice, statistic] with mean and p", f.Name)
		}
		x := series{variant: f.Title, slice: axis.Values, mean: f.Column("mean"), low: f.Column("low"), high: f.Column("high"), chance: math.NaN()}
		x.colour, x.dash = s.variant(of[i], n)
		all, p = append(all, x), append(p, f.Column("p"))
	}
	all = apart(all)
	first := firstOf(all)
	marks, top := pt(len(all))*4+4, pt(12)
	if ms > 0 {
		top += msRoom
	}
	interval, boxes := "", ""
	if !missing(all) {
		interval = ", and " + all[0].interval + ": Welch's 95 % interval over runs at each slice alone"
	}
	if slices.ContainsFunc(p, func(list []float64) bool {
		return slices.ContainsFunc(list, func(v float64) bool { return v <= 0.05 })
	}) {
		boxes = "Boxes below: slices with p ≤ 0.05, in the colour of their curve"
	}
	f := &Figure{Name: "differences", Title: "Differences over time", Width: TwoColumns, Height: 138 + top + marks, style: s,
		Caption: caption("Accuracy at every time slice, in points: mean"+interval, frames[0].Note, boxes, msOf(ms))}
	f.paint = func(q *pen, w, h pt) error {
		a := &panel{pen: q, rect: rect{40, 32 + marks, w - 10 - labelRoom(q, all), h - top}}
		steps := 0.0
		for _, x := range all {
			for _, t := range x.slice {
				steps = max(steps, t)
			}
		}
		a.xlo, a.xhi = -0.5, steps+0.5
		lo, hi := span(all)
		ticks := scale(min(lo, 0), max(hi, 0), 5, true)
		a.ylo, a.yhi = ticks[0], ticks[len(ticks)-1]
		reach := a.left(ticks)
		a.text(a.l-reach-4, a.cy(), "accuracy difference (points)", write{ax: 0.5, turned: true})
		if first != "" {
			q.text(a.l, h-3, fit(q, "difference from "+first, w-a.l-10), write{ay: 1})
		}
		a.level(0)
		for i, x := range all {
			xs := a.xs(x.slice)
			x.drawInterval(a, 0.18)
			a.broken(stroke{colour: x.colour, width: 1, dash: x.dash}, xs, a.ys(x.mean))
			for k := range xs {
				if !math.IsNaN(x.mean[k]) {
					a.circle(xs[k], a.y(x.mean[k]), 1.3, x.colour, true)
				}
				if p[i][k] <= 0.05 {
					y, half := a.b-3-pt(i)*4, a.w()/pt(2*(steps+1))
					at := a.x(x.slice[k])
					a.fill(rect{at - half + 0.5, y - 2, at + half - 0.5, y}, x.colour)
				}
			}
		}
		under := *a
		under.b -= marks
		under.bottom(slicesAxis(int(steps)+1, a.w(), 12), true, "time slice")
		if ms > 0 {
			milliseconds(a, int(steps)+1, ms)
		}
		endLabels(a, all)
		return nil
	}
	return f, nil
}

// firstOf returns the variant that all series "X − first" are differences from, and
// gives them the name of the other alone; "" where they are not of one.
func firstOf(all []series) string {
	const minus = " − "
	_, first, ok := strings.Cut(all[0].variant, minus)
	for _, x := range all {
		ok = ok && strings.HasSuffix(x.variant, minus+first)
	}
	if !ok {
		return ""
	}
	for i, x := range all {
		all[i].variant = strings.TrimSuffix(x.variant, minus+first)
	}
	return first
}
