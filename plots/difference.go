package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
	"ventral/plots/wiring"
)

// Differences draws how far variants differ from one over steps. Frames are
// [step, statistic], one a variant, with "mean", "low", "high" in points and "p",
// the adjusted p value; the title names the pair, the note of the first stands in
// the caption. Below the curves is a bar where p is at most 0.05. The i-th frame is
// that of variant of[i] among n, and has its colour. A step stands for ms milliseconds,
// 0 where that is unknown.
func Differences(frames []analysis.Frame, of []int, n int, ms float64, s canvas.Style) (*canvas.Figure, error) {
	if len(frames) == 0 {
		return nil, fmt.Errorf("plots: differences of no variants")
	}
	var all []series
	var p [][]float64
	for i, f := range frames {
		if err := f.Check(); err != nil {
			return nil, err
		}
		axis := f.Axis("step")
		if axis == nil || f.Column("mean") == nil || f.Column("p") == nil {
			return nil, fmt.Errorf("plots: frame %q is not [step, statistic] with mean and p", f.Name)
		}
		x := series{variant: f.Title, step: axis.Values, mean: f.Column("mean"), low: f.Column("low"), high: f.Column("high"), chance: math.NaN()}
		x.colour, x.dash = s.Variant(of[i], n)
		all, p = append(all, x), append(p, f.Column("p"))
	}
	all = apart(all)
	first := firstOf(all)
	marks, top := canvas.Pt(len(all))*4+4, canvas.Pt(12)
	if ms > 0 {
		top += msRoom
	}
	interval, boxes := "", ""
	if !missing(all) {
		interval = ", and " + all[0].interval + ": Welch's 95 % interval over runs at each step alone"
	}
	if slices.ContainsFunc(p, func(list []float64) bool {
		return slices.ContainsFunc(list, func(v float64) bool { return v <= 0.05 })
	}) {
		boxes = "Boxes below: steps with p ≤ 0.05, in the colour of their curve"
	}
	f := &canvas.Figure{Name: "differences", Title: "Differences over time", Width: canvas.TwoColumns, Height: 138 + top + marks, Style: s,
		Caption: canvas.Sentences("Accuracy at every time step, in points: mean"+interval, frames[0].Note, boxes, wiring.StepLasts(ms))}
	f.Paint = func(q *canvas.Pen, w, h canvas.Pt) error {
		a := &canvas.Panel{Pen: q, Rect: canvas.Edges(40, 32+marks, w-10-labelRoom(q, all), h-top)}
		steps := 0.0
		for _, x := range all {
			for _, t := range x.step {
				steps = max(steps, t)
			}
		}
		a.XLo, a.XHi = -0.5, steps+0.5
		lo, hi := span(all)
		ticks := canvas.Ticks(min(lo, 0), max(hi, 0), 5, true)
		a.YLo, a.YHi = ticks[0], ticks[len(ticks)-1]
		reach := a.Left(ticks)
		a.Text(a.L-reach-4, a.CY(), "accuracy difference (points)", canvas.TextStyle{AX: 0.5, Turned: true})
		if first != "" {
			q.Text(a.L, h-3, canvas.Fit(q, "difference from "+first, w-a.L-10), canvas.TextStyle{AY: 1})
		}
		a.Level(0)
		for i, x := range all {
			xs := a.XS(x.step)
			x.drawInterval(a, 0.18)
			a.Broken(canvas.Stroke{Colour: x.colour, Width: 1, Dash: x.dash}, xs, a.YS(x.mean))
			for k := range xs {
				if !math.IsNaN(x.mean[k]) {
					a.Circle(xs[k], a.Y(x.mean[k]), 1.3, x.colour, true)
				}
				if p[i][k] <= 0.05 {
					y, half := a.B-3-canvas.Pt(i)*4, a.W()/canvas.Pt(2*(steps+1))
					at := a.X(x.step[k])
					a.Fill(canvas.Edges(at-half+0.5, y-2, at+half-0.5, y), x.colour)
				}
			}
		}
		under := *a
		under.B -= marks
		under.Bottom(canvas.StepTicks(int(steps)+1, a.W(), 12), true, "time step")
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
