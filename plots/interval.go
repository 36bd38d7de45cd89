package plots

import "math"

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
	ticks := scale(lo, hi, n, true)
	if k := len(ticks) - 1; least >= 0 && ticks[0] < 0 && ticks[k] > 0 { // one value, of which scale makes a range
		ticks[0] = 0
	}
	if k := len(ticks) - 1; unit == "%" && most <= 100 && ticks[k] > 100 && ticks[k-1] < 100 {
		ticks = append(ticks[:k], 100)
	}
	return ticks
}

// across draws an interval at a height, upright one at a place. What goes beyond
// the scale ends at its edge with an arrow.
func across(a *panel, s stroke, y pt, lo, hi float64) {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return
	}
	l, r := max(a.x(lo), a.l), min(a.x(hi), a.r)
	a.line(s, l, y, r, y)
	if lo < a.xlo {
		a.line(s, l+arrow, y-arrow/2, l, y)
		a.line(s, l+arrow, y+arrow/2, l, y)
	}
	if hi > a.xhi {
		a.line(s, r-arrow, y-arrow/2, r, y)
		a.line(s, r-arrow, y+arrow/2, r, y)
	}
}

func upright(a *panel, s stroke, x pt, lo, hi float64) {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return
	}
	b, t := max(a.y(lo), a.b), min(a.y(hi), a.t)
	a.line(s, x, b, x, t)
	if lo < a.ylo {
		a.line(s, x-arrow/2, b+arrow, x, b)
		a.line(s, x+arrow/2, b+arrow, x, b)
	}
	if hi > a.yhi {
		a.line(s, x-arrow/2, t-arrow, x, t)
		a.line(s, x+arrow/2, t-arrow, x, t)
	}
}

// arrow is the length of the arrow at the end of an interval.
const arrow = pt(3.5)

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
// cover each other, bars beside each other right of their slice, so that none is
// before an onset, or lines where slices are many.
const (
	band     = "band"
	bars     = "bars"
	outlines = "thin outlines"
)

// intervalsOf returns how intervals of so many variants over so many slices are
// drawn.
func intervalsOf(variants, slices int) string {
	switch {
	case variants < 3:
		return band
	case slices <= 24:
		return bars
	}
	return outlines
}

// apart says of the series of one panel how their intervals are drawn, and where
// bars stand.
func apart(all []series) []series {
	most := 0
	for _, s := range all {
		most = max(most, len(s.slice))
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
func (s series) drawInterval(a *panel, opacity float64) {
	xs := a.xs(s.slice)
	switch s.interval {
	case bars:
		for i, t := range s.slice {
			if !math.IsNaN(s.low[i]) && !math.IsNaN(s.high[i]) {
				ends, x := a.ys([]float64{s.low[i], s.high[i]}), a.x(t+s.shift)
				a.line(stroke{colour: s.colour, width: 0.6, dash: s.dash}, x, ends[0], x, ends[1])
			}
		}
	case outlines:
		for _, end := range [][]float64{s.low, s.high} {
			a.broken(stroke{colour: s.colour, width: 0.35, dash: s.dash}, xs, a.ys(end))
		}
	default:
		a.band(fade(s.colour, opacity), xs, a.ys(s.low), a.ys(s.high))
	}
}
