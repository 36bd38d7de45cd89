package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// series is one variant's numbers over steps: of one run, or the mean of
// several.
type series struct {
	variant         string
	step            []float64
	mean, low, high []float64
	n               float64 // the most images behind a number
	fewest          float64 // the fewest, where any
	undefined       float64
	chance          float64   // NaN: unknown
	p               []float64 // of each step, corrected; nil: none, or several runs
	runs            [][]float64
	unit, note      string
	sample, band    string // as of a frame
	colour          color.Color
	dash            []canvas.Pt
	interval        string  // how intervals are drawn, see intervalsOf
	shift           float64 // of bars, in steps to the right
}

// series collects the frames of a name, of one area where area is not "".
func (d Data) series(name, area string) ([]series, error) {
	var order []string
	by := map[string][]analysis.Frame{}
	for _, f := range d.frames(name) {
		if area != "" && f.Label("area") != area {
			continue
		}
		v := f.Label("variant")
		if by[v] == nil {
			order = append(order, v)
		}
		by[v] = append(by[v], f)
	}
	var all []series
	for _, v := range order {
		s, err := join(by[v])
		if err != nil {
			return nil, fmt.Errorf("%s of variant %q: %w", name, v, err)
		}
		s.variant = v
		s.colour, s.dash = d.style().Variant(len(all), len(order))
		all = append(all, s)
	}
	return apart(all), nil
}

// join makes a series of one frame, or of several runs.
func join(frames []analysis.Frame) (series, error) {
	f := frames[0]
	axis := f.Axis("step")
	if axis == nil || f.Column("mean") == nil {
		return series{}, fmt.Errorf("plots: frame %q has no axes step and statistic", f.Name)
	}
	s := series{step: axis.Values, mean: f.Column("mean"), low: f.Column("low"), high: f.Column("high"), chance: math.NaN(), unit: f.Unit, note: f.Note, sample: f.Sample, band: f.Band}
	if len(s.mean) != len(s.step) {
		return s, fmt.Errorf("plots: frame %q has %d means for %d steps", f.Name, len(s.mean), len(s.step))
	}
	s.fewest = math.Inf(1)
	for _, g := range frames {
		undefined := g.Column("undefined")
		for i, n := range g.Column("n") {
			if n > 0 {
				s.n = max(s.n, n)
				s.fewest = min(s.fewest, n)
				if undefined != nil {
					s.undefined = max(s.undefined, undefined[i])
				}
			}
		}
	}
	if c := f.Column("chance"); len(c) > 0 {
		s.chance = c[0]
	}
	if s.low == nil || s.high == nil {
		s.low = slices.Repeat([]float64{math.NaN()}, len(s.mean))
		s.high = s.low
	}
	if len(frames) == 1 {
		s.p = f.Column("p")
		return s, nil
	}
	for _, g := range frames {
		a, m := g.Axis("step"), g.Column("mean")
		if a == nil || !slices.Equal(a.Values, s.step) || len(m) != len(s.step) {
			return s, fmt.Errorf("plots: runs have different steps")
		}
		s.runs = append(s.runs, m)
	}
	s.mean, s.low, s.high = make([]float64, len(s.step)), make([]float64, len(s.step)), make([]float64, len(s.step))
	column := make([]float64, len(s.runs))
	for i := range s.step {
		for r := range s.runs {
			column[r] = s.runs[r][i]
		}
		s.mean[i], s.low[i], s.high[i], _ = analysis.MeanInterval(column)
	}
	return s, nil
}

// drawn reports whether there is any number to draw.
func drawn(all []series) bool {
	return slices.ContainsFunc(all, func(s series) bool {
		return slices.ContainsFunc(s.mean, func(v float64) bool { return !math.IsNaN(v) })
	})
}

// span returns the least and largest number drawn, 0 and 1 where there is none.
func span(all []series) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range all {
		for _, v := range append([][]float64{s.mean, s.low, s.high}, s.runs...) {
			for _, x := range v {
				if !math.IsNaN(x) && !math.IsInf(x, 0) {
					lo, hi = min(lo, x), max(hi, x)
				}
			}
		}
	}
	if lo > hi {
		return 0, 1
	}
	return lo, hi
}

// draw draws band, runs, line and markers.
func (s series) draw(a *canvas.Panel, an *recording.Anatomy, markers bool) {
	name := a.Name
	defer func() { a.Name = name }()
	a.Name = strings.Trim(name+", "+s.variant, ", ")
	xs := a.XS(s.step)
	s.drawInterval(a, 0.22)
	for _, r := range s.runs {
		a.Broken(canvas.Stroke{Colour: canvas.Fade(s.colour, 0.5), Width: 0.35}, xs, a.YS(r))
	}
	ys := a.YS(s.mean)
	a.Broken(canvas.Stroke{Colour: s.colour, Width: 1, Dash: s.dash}, xs, ys)
	for i, t := range s.step {
		if math.IsNaN(s.mean[i]) {
			continue
		}
		alone := (i == 0 || math.IsNaN(s.mean[i-1])) && (i == len(xs)-1 || math.IsNaN(s.mean[i+1]))
		if alone && !math.IsNaN(s.low[i]) && s.interval != bars {
			ends := a.YS([]float64{s.low[i], s.high[i]})
			a.Line(canvas.Stroke{Colour: s.colour}, xs[i], ends[0], xs[i], ends[1])
		}
		for _, r := range s.runs {
			if alone && !math.IsNaN(r[i]) {
				a.Circle(xs[i], a.Y(r[i]), 0.9, canvas.Fade(s.colour, 0.6), true)
			}
		}
		trained, re := slices.Contains(an.TrainSteps, int(t)), slices.Contains(an.Reestimated, int(t))
		switch {
		case markers && trained:
			a.Circle(xs[i], ys[i], 2, s.colour, true)
		case markers && re:
			a.Circle(xs[i], ys[i], 2, s.colour, false)
		case alone:
			a.Circle(xs[i], ys[i], 1, s.colour, true)
		}
	}
}

// flat continues the last value of a network without recurrence to the end of
// the panel: it runs once, and its answer stays.
func (s series) flat(a *canvas.Panel, an *recording.Anatomy) {
	k := len(s.mean) - 1
	if k < 0 || math.IsNaN(s.mean[k]) || s.step[k] >= a.XHi-0.5 || an.Recurrent() {
		return
	}
	l := a.X(s.step[k])
	if !math.IsNaN(s.low[k]) && s.interval == band {
		a.Band(canvas.Fade(s.colour, 0.12), []canvas.Pt{l, a.R}, a.YS([]float64{s.low[k], s.low[k]}), a.YS([]float64{s.high[k], s.high[k]}))
	}
	a.Line(canvas.Stroke{Colour: s.colour, Width: 0.75, Dash: []canvas.Pt{2, 1.5}}, l, a.Y(s.mean[k]), a.R, a.Y(s.mean[k]))
}

// endLabels writes the names of series right of a panel, each at the end of its
// line.
func endLabels(a *canvas.Panel, all []series) {
	var at []canvas.Pt
	var which []int
	for i, s := range all {
		for k := len(s.mean) - 1; k >= 0; k-- {
			if !math.IsNaN(s.mean[k]) {
				at, which = append(at, a.YS(s.mean[k : k+1])[0]), append(which, i)
				break
			}
		}
	}
	names := namesOf(a.Pen, all)
	for k, y := range canvas.SpreadOut(at, a.Style.Text+1.5, a.B+2, a.T-2) {
		s := all[which[k]]
		a.Line(canvas.Stroke{Colour: a.Style.Faint, Width: 0.4}, a.R+1, at[k], a.R+7, y)
		a.Line(canvas.Stroke{Colour: s.colour, Width: 1, Dash: s.dash}, a.R+8, y, a.R+20, y)
		a.Text(a.R+22.5, y, names[which[k]], canvas.ToRight)
	}
}

// several returns series where there are more than one: a single one needs no
// name.
func several(all []series) []series {
	if len(all) < 2 {
		return nil
	}
	return all
}

// mostLabel is the width to which endLabels shortens names.
const mostLabel = canvas.Pt(90)

// namesOf returns the names of series, none wider than mostLabel.
func namesOf(p *canvas.Pen, all []series) []string {
	var names []string
	for _, s := range all {
		names = append(names, s.variant)
	}
	return canvas.FitAll(p, names, mostLabel, canvas.TextStyle{})
}

// labelRoom is the width endLabels needs.
func labelRoom(p *canvas.Pen, all []series) canvas.Pt {
	if len(all) == 0 {
		return 0
	}
	room := canvas.Pt(0)
	for _, s := range all {
		room = max(room, min(p.Width(s.variant), mostLabel))
	}
	return room + 24
}
