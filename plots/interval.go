package plots

import (
	"math"

	"ventral/plots/canvas"
)

// bounded are ticks that hold values, and of the ends of their intervals as much
// as lies within reach of the values: intervals over two runs are wider than
// anything else there is to see. An outcome in per cent has none below 0 or
// above 100, and one whose values are not negative none below 0.
func bounded(values, ends []float64, reach float64, unit string, n int) []float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	least, most := lo, hi
	for _, v := range values {
		if !math.IsNaN(v) {
			least, most = min(least, v), max(most, v)
		}
	}
	if least > most {
		least, most = 0, 1
	}
	lo, hi = least, most
	for _, e := range ends {
		if !math.IsNaN(e) {
			lo, hi = min(lo, max(e, least-reach)), max(hi, min(e, most+reach))
		}
	}
	if least >= 0 {
		lo = max(lo, 0)
	}
	if unit == "%" && most <= 100 {
		hi = min(hi, 100)
	}
	ticks := canvas.Ticks(lo, hi, n, true)
	if k := len(ticks) - 1; least >= 0 && ticks[0] < 0 && ticks[k] > 0 { // one value, of which scale makes a range
		ticks[0] = 0
	}
	if k := len(ticks) - 1; unit == "%" && most <= 100 && ticks[k] > 100 && ticks[k-1] < 100 {
		ticks = append(ticks[:k], 100)
	}
	return ticks
}

// beyond says what arrows mean where an end lies beyond the ticks.
func beyond(ends, ticks []float64) string {
	for _, e := range ends {
		if e < ticks[0] || e > ticks[len(ticks)-1] {
			return "Arrow: the interval goes on beyond the scale"
		}
	}
	return ""
}

// How intervals are drawn: filled bands of up to two variants; of more, which would
// cover each other, bars beside each other right of their step, so that none is
// before an onset, or lines where steps are many.
const (
	band     = "band"
	bars     = "bars"
	outlines = "thin outlines"
)

// intervalsOf returns how intervals of so many variants over so many steps are
// drawn.
func intervalsOf(variants, steps int) string {
	switch {
	case variants < 3:
		return band
	case steps <= 24:
		return bars
	}
	return outlines
}

// apart says of the series of one panel how their intervals are drawn, and where
// bars stand.
func apart(all []series) []series {
	most := 0
	for _, s := range all {
		most = max(most, len(s.step))
	}
	for i := range all {
		all[i].interval = intervalsOf(len(all), most)
		if all[i].interval == bars {
			all[i].shift = 0.4 * float64(i) / float64(len(all)-1)
		}
	}
	return all
}

// drawInterval draws the intervals of a series.
func (s series) drawInterval(a *canvas.Panel, opacity float64) {
	xs := a.XS(s.step)
	switch s.interval {
	case bars:
		for i, t := range s.step {
			if !math.IsNaN(s.low[i]) && !math.IsNaN(s.high[i]) {
				ends, x := a.YS([]float64{s.low[i], s.high[i]}), a.X(t+s.shift)
				a.Line(canvas.Stroke{Colour: s.colour, Width: 0.6, Dash: s.dash}, x, ends[0], x, ends[1])
			}
		}
	case outlines:
		for _, end := range [][]float64{s.low, s.high} {
			a.Broken(canvas.Stroke{Colour: s.colour, Width: 0.35, Dash: s.dash}, xs, a.YS(end))
		}
	default:
		a.Band(canvas.Fade(s.colour, opacity), xs, a.YS(s.low), a.YS(s.high))
	}
}
