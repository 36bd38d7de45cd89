package chart

import (
	"image/color"
	"math"
	"slices"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// line is numbers over an axis.
type line struct {
	name                string
	mean, low, high     []float64
	p                   []float64 // corrected; nil where there is none
	chance              float64
	ceilingLow, ceiling []float64 // ends of a band
	counts              bool
	runs                [][]float64
	most, fewest        float64 // observations behind a number
	colour              color.Color
	dash                []canvas.Pt
	shape               int
}

// panel is lines over one axis.
type panel struct {
	title string
	area  bool // the title is that of an area
	x     analysis.Axis
	lines []line
}

// lineOf reads a frame [x, statistic].
func lineOf(f analysis.Frame) line {
	l := line{mean: f.Column("mean"), low: f.Column("low"), high: f.Column("high"), p: f.Column("p"), chance: math.NaN(), fewest: math.Inf(1)}
	if l.mean == nil {
		l.mean, l.counts = f.Column("count"), true
	}
	if c := f.Column("chance"); len(c) > 0 {
		l.chance = c[0]
	}
	l.ceilingLow, l.ceiling = f.Column("ceiling low"), f.Column("ceiling high")
	if c := f.Column("ceiling"); l.ceiling == nil && c != nil {
		l.ceilingLow, l.ceiling = c, c
	}
	if l.low == nil || l.high == nil {
		l.low = slices.Repeat([]float64{math.NaN()}, len(l.mean))
		l.high = l.low
	}
	for _, n := range f.Column("n") {
		if n > 0 {
			l.most, l.fewest = max(l.most, n), min(l.fewest, n)
		}
	}
	return l
}

// panelsOf arranges frames [… x, statistic]: a panel for each area where lines are of
// something else, else one panel in which areas are lines. Frames of several runs are
// averaged.
func panelsOf(frames []analysis.Frame, o Options) (panels []panel, over string) {
	for _, whole := range frames {
		who, f := parts(whole)
		x := f.Axes[len(f.Axes)-2]
		add := func(title string, area bool, name string, f analysis.Frame) {
			i := slices.IndexFunc(panels, func(p panel) bool { return p.title == title && p.x.Len() == x.Len() })
			if i < 0 {
				i = len(panels)
				panels = append(panels, panel{title: title, area: area, x: x})
			}
			l := lineOf(f)
			if l.name = name; name == "" {
				l.name = named(who)
			} else if other := named(who); other != "" {
				l.name = other + ", " + name
			}
			if k := slices.IndexFunc(panels[i].lines, func(m line) bool { return m.name == l.name }); k >= 0 {
				of := &panels[i].lines[k]
				if of.runs == nil {
					of.runs = [][]float64{of.mean}
				}
				of.runs = append(of.runs, l.mean)
				return
			}
			panels[i].lines = append(panels[i].lines, l)
		}
		switch outer := f.Axes[:len(f.Axes)-2]; {
		case len(outer) == 0:
			add("", false, "", f)
		case len(outer) == 1 && outer[0].Name == "area" && len(frames) == 1:
			over = "area"
			for i, g := range indexed(f, 0) {
				add("", false, outer[0].At(i), g)
			}
		case len(outer) == 1 && outer[0].Name == "area":
			for i, g := range indexed(f, 0) {
				add(outer[0].At(i), true, "", g)
			}
		case len(outer) == 1:
			over = outer[0].Name
			for i, g := range indexed(f, 0) {
				add("", false, outer[0].At(i), g)
			}
		default:
			over = outer[1].Name
			for i, g := range indexed(f, 0) {
				for k, h := range indexed(g, 0) {
					add(outer[0].At(i), outer[0].Name == "area", outer[1].At(k), h)
				}
			}
		}
	}
	for i := range panels {
		lines := panels[i].lines
		for k := range lines {
			average(&lines[k])
			colour(&lines[k], k, len(lines), over, o)
		}
	}
	return panels, over
}

// average makes a line of runs their mean with its 95 % t interval.
func average(l *line) {
	if l.runs == nil {
		return
	}
	n := len(l.mean)
	l.mean, l.low, l.high, l.p = make([]float64, n), make([]float64, n), make([]float64, n), nil
	for i := range n {
		var values []float64
		for _, r := range l.runs {
			if i < len(r) {
				values = append(values, r[i])
			}
		}
		l.mean[i], l.low[i], l.high[i], _ = analysis.MeanInterval(values)
	}
}

// colour gives a line its colour: that of its area, of its step from early to late, or
// of its place among others.
func colour(l *line, k, n int, over string, o Options) {
	l.shape = k
	at, ok := areaColour(l.name, o)
	switch {
	case over == "area" && ok:
		l.colour = o.Style.Area(at, len(o.Areas))
	case over == "step" && n > 1:
		l.colour = canvas.Viridis.Colour(0.85 * float64(k) / float64(n-1))
	case n == 1:
		l.colour = o.Style.Ink
	default:
		l.colour, l.dash = o.Style.Variant(k, n)
	}
}

// missing reports whether a line has no interval anywhere.
func (l *line) missing() bool {
	return !slices.ContainsFunc(l.low, func(v float64) bool { return !math.IsNaN(v) })
}
