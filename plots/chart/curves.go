package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
	"ventral/plots/screen"
)

// curves draws frames [… x, statistic]: curves over the values of x, points beside its
// labels, bars for counts.
func curves(frames []analysis.Frame, o Options) (*canvas.Figure, error) {
	_, first := parts(frames[0])
	panels, over := panelsOf(frames, o)
	pen := &canvas.Pen{Style: o.Style}
	g := layout(len(panels), o)
	key := keyOf(pen, panels[0], over, g.width-g.left)
	labels := canvas.Pt(0)
	for _, p := range panels {
		if len(p.x.Values) == 0 {
			for _, l := range p.x.Labels {
				labels = max(labels, min(pen.Width(l), 70))
			}
		}
	}
	turned := labels > (g.room-g.left)/canvas.Pt(max(panels[0].x.Len(), 1))-3
	if turned {
		g.foot += labels
	}
	g.top = key.height
	var strips []screen.Strip
	if panels[0].overSteps() {
		strips = screen.Columns(o.Screens, panels[0].x.Values)
	}
	g.head += screen.High(strips)
	f := &canvas.Figure{Name: first.Name, Title: titleOf(first), Width: g.width, Height: g.height(), Style: o.Style}
	f.Caption = curvesCaption(first, panels, over, o)
	lo, hi := span(panels)
	if strings.HasPrefix(first.Unit, "%") {
		lo, hi = max(lo, min(0, lowest(panels))), min(hi, max(100, highest(panels)))
	}
	log := logarithmic(panels[0].x.Values)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		key.draw(p, g.left, h-4)
		for i, x := range panels {
			a := &canvas.Panel{Pen: p, Rect: g.at(i, h)}
			x.draw(a, o, lo, hi, log, turned, i%g.columns == 0, i+g.columns >= len(panels), quantity(first))
			if len(strips) > 0 {
				room := canvas.Pt(0)
				if i%g.columns == 0 {
					room = g.left - 6
				}
				top := a.T + g.head - 2
				if len(panels) > 1 {
					top -= 12
				}
				screen.Draw(p, canvas.Edges(a.L, a.B, a.R, top), strips, x.x.Len(), room)
			}
			if len(panels) > 1 {
				above := canvas.Pt(0)
				if len(strips) > 0 {
					above = screen.High(strips)
				}
				a.T += above
				title := a.L
				if at, ok := areaColour(x.title, o); x.area && ok {
					p.Fill(canvas.Edges(a.L, a.T+4, a.L+5, a.T+9), o.Style.Area(at, len(o.Areas)))
					title += 8
				}
				p.Text(title, a.T+4.2, canvas.FitBold(p, x.title, a.R-title), canvas.TextStyle{Bold: true})
			}
		}
		return nil
	}
	return f, nil
}

// span holds all means, and intervals as far as they do not dwarf these. Curves of one
// unit share it.
func span(panels []panel) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	take := func(list ...float64) {
		for _, v := range list {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	for _, p := range panels {
		for _, l := range p.lines {
			take(l.mean...)
			if l.counts {
				take(0)
			}
		}
	}
	wide := hi - lo
	if wide == 0 {
		wide = math.Inf(1)
	}
	for _, p := range panels {
		for _, l := range p.lines {
			for i := range l.low {
				take(max(l.low[i], lo-wide), min(l.high[i], hi+wide))
			}
			take(l.ceiling...)
			if c := l.chance; c > lo-wide && c < hi+wide {
				take(c)
			}
		}
	}
	if lo > hi {
		return 0, 1
	}
	if lo == hi {
		return lo - 0.5, hi + 0.5
	}
	return lo, hi
}

// lowest and highest are the ends of means.
func lowest(panels []panel) float64  { return end(panels, math.Min, math.Inf(1)) }
func highest(panels []panel) float64 { return end(panels, math.Max, math.Inf(-1)) }

func end(panels []panel, of func(a, b float64) float64, from float64) float64 {
	for _, p := range panels {
		for _, l := range p.lines {
			for _, v := range l.mean {
				if !math.IsNaN(v) {
					from = of(from, v)
				}
			}
		}
	}
	return from
}

// logarithmic reports whether positions are spread over a logarithmic scale.
func logarithmic(x []float64) bool {
	if len(x) < 4 {
		return false
	}
	least, most := math.Inf(1), 0.0
	for i, v := range x {
		if v <= 0 || i > 0 && v <= x[i-1] {
			return false
		}
		if i > 0 {
			least, most = min(least, v-x[i-1]), max(most, v-x[i-1])
		}
	}
	return x[len(x)-1]/x[0] >= 15 && most > 6*least
}

// overSteps reports whether the axis is steps, one after the other.
func (x panel) overSteps() bool {
	for i, v := range x.x.Values {
		if v != x.x.Values[0]+float64(i) {
			return false
		}
	}
	return x.x.Name == "step" && len(x.x.Values) > 0
}

// draw draws a panel.
func (x panel) draw(a *canvas.Panel, o Options, lo, hi float64, log, turned, outer, lowest bool, what string) {
	at := slices.Clone(x.x.Values)
	if len(at) == 0 {
		for i := range x.x.Labels {
			at = append(at, float64(i))
		}
	}
	ticks := canvas.Ticks(lo, hi, 5, true)
	a.YLo, a.YHi = ticks[0], ticks[len(ticks)-1]
	if log {
		for i := range at {
			at[i] = math.Log10(at[i])
		}
	}
	half := 0.5
	if len(x.x.Values) > 1 {
		half = math.Inf(1)
		for i := 1; i < len(at); i++ {
			half = min(half, math.Abs(at[i]-at[i-1])/2)
		}
	}
	a.XLo, a.XHi = slices.Min(at)-half, slices.Max(at)+half
	a.Steps, a.LogX = x.x.Name == "step", log
	x.bottom(a, at, turned, lowest, axisTitle(x.x, o))
	reach := a.Left(ticks)
	if outer {
		a.Text(a.L-reach-5, a.CY(), canvas.Fit(a.Pen, what, a.H()+24), canvas.TextStyle{AX: 0.5, Turned: true})
	}
	if a.YLo < 0 && a.YHi > 0 {
		a.Line(canvas.Stroke{Colour: a.Style.Muted, Width: 0.4}, a.L, a.Y(0), a.R, a.Y(0))
	}
	for _, l := range x.lines {
		if l.ceiling != nil {
			a.Band(canvas.Fade(a.Style.Muted, 0.25), a.XS(at), a.YS(l.ceilingLow), a.YS(l.ceiling))
		}
	}
	if c := x.lines[0].chance; c >= a.YLo && c <= a.YHi {
		a.Level(c)
	}
	places := len(x.x.Values) == 0
	for k, l := range x.lines {
		a.Name = strings.Trim(x.title+", "+l.name, ", ")
		l.draw(a, at, k, len(x.lines), places, half)
	}
}

// draw draws a line.
func (l *line) draw(a *canvas.Panel, at []float64, k, n int, places bool, half float64) {
	shift := 0.0
	if places && n > 1 {
		shift = half * 1.2 * (float64(k)/float64(n-1) - 0.5)
	}
	moved := make([]float64, len(at))
	for i, v := range at {
		moved[i] = v + shift
	}
	xs, ys := a.XS(moved), a.YS(l.mean)
	if l.counts {
		for i, v := range l.mean {
			if v > 0 {
				wide := half * 1.8 / float64(n)
				left := at[i] - half*0.9 + wide*float64(k)
				a.Fill(canvas.Edges(a.X(left), a.Y(0), a.X(left+wide), a.Y(v)), l.colour)
			}
		}
		return
	}
	if !places && n <= 4 {
		a.Band(canvas.Fade(l.colour, 0.18), xs, a.YS(l.low), a.YS(l.high))
	}
	if !places {
		a.Broken(canvas.Stroke{Colour: l.colour, Width: 1, Dash: l.dash}, xs, ys)
	}
	for i, v := range l.mean {
		if math.IsNaN(v) {
			continue
		}
		if places || n > 4 {
			canvas.Upright(a, canvas.Stroke{Colour: l.colour, Width: 0.5}, xs[i], l.low[i], l.high[i])
		}
		for _, r := range l.runs {
			a.Circle(xs[i], a.YS(r[i : i+1])[0], 0.9, canvas.Fade(l.colour, 0.5), true)
		}
		if places {
			a.Marker(l.shape, xs[i], ys[i], 1.9, l.colour)
		} else if len(at) <= 24 {
			a.Circle(xs[i], ys[i], 1.3, l.colour, true)
		}
		if i < len(l.p) && l.p[i] <= 0.05 {
			a.Fill(canvas.Edges(xs[i]-1.2, a.B+1.5+2.4*canvas.Pt(k), xs[i]+1.2, a.B+3.1+2.4*canvas.Pt(k)), l.colour)
		}
	}
}

// bottom draws the x axis of a panel.
func (x panel) bottom(a *canvas.Panel, at []float64, turned, lowest bool, title string) {
	if len(x.x.Values) > 0 && !slices.Equal(at, x.x.Values) || len(x.x.Values) == 0 {
		a.Line(canvas.Stroke{}, a.L, a.B, a.R, a.B)
		last := canvas.Pt(math.Inf(-1))
		deep := canvas.Pt(0)
		for i, v := range at {
			px, text := a.X(v), x.x.At(i)
			a.Line(canvas.Stroke{}, px, a.B, px, a.B-canvas.TickLength)
			if turned {
				text = canvas.Fit(a.Pen, text, 70)
				deep = max(deep, a.Width(text))
				a.Text(px, a.B-canvas.TickLength-canvas.TickGap, text, canvas.TextStyle{AX: 1, AY: 0.5, Turned: true})
				continue
			}
			if wide := a.Width(text) / 2; px-wide > last+3 {
				a.Text(px, a.B-canvas.TickLength-canvas.TickGap, text, canvas.TextStyle{AX: 0.5, AY: 1})
				last = px + wide
			}
		}
		if len(x.x.Values) > 0 {
			title += ", log scale"
		}
		if lowest && !turned {
			a.Text(a.CX(), a.B-canvas.TickLength-2*canvas.TickGap-1.9*a.Style.Text*canvas.Capital, canvas.Fit(a.Pen, title, a.W()+20), canvas.TextStyle{AX: 0.5, AY: 1})
		}
		return
	}
	ticks := canvas.Ticks(a.XLo, a.XHi, max(2, int(a.W()/28)), false)
	if x.x.Name == "step" {
		ticks = canvas.WholeTicks(ticks)
	}
	a.Bottom(ticks, true, canvas.Fit(a.Pen, map[bool]string{true: title}[lowest], a.W()+20))
}

// curvesCaption says what is drawn.
func curvesCaption(f analysis.Frame, panels []panel, over string, o Options) string {
	what := f.Note
	if what == "" {
		what = titleOf(f)
	}
	lines := ""
	if over != "" && len(panels[0].lines) > 1 {
		lines = fmt.Sprintf("A line for each %s", over)
	}
	var all []line
	for _, p := range panels {
		all = append(all, p.lines...)
	}
	has := func(is func(line) bool) bool { return slices.ContainsFunc(all, is) }
	runs := ""
	if has(func(l line) bool { return l.runs != nil }) {
		runs = "Mean and 95 % t interval over runs; dots: runs"
	}
	band, p, chance, ceiling, said := "", "", "", "", ""
	if panels[0].overSteps() {
		said = screen.Said(o.Screens)
	}
	if runs == "" && has(func(l line) bool { return !l.missing() }) {
		band = "Band or bar: interval as said"
	}
	if has(func(l line) bool { return slices.ContainsFunc(l.p, func(v float64) bool { return v <= 0.05 }) }) {
		p = "Squares at the bottom: p ≤ 0.05, corrected"
	}
	if has(func(l line) bool { return !math.IsNaN(l.chance) }) {
		chance = "Dashed: chance"
	}
	if has(func(l line) bool { return l.ceiling != nil }) {
		ceiling = "Grey: noise ceiling"
	}
	return canvas.Sentences(append([]string{canvas.Upper(what), lines, band, runs, chance, ceiling, p, said}, o.End...)...)
}
