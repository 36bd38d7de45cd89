package canvas

import (
	"math"
)

// arrow is the length of the arrow at the end of an interval.
const arrow = Pt(3.5)

// Across draws an interval at a height. What goes beyond
// the scale ends at its edge with an arrow.
func Across(a *Panel, s Stroke, y Pt, lo, hi float64) {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return
	}
	l, r := max(a.X(lo), a.L), min(a.X(hi), a.R)
	a.Line(s, l, y, r, y)
	if lo < a.XLo {
		a.Line(s, l+arrow, y-arrow/2, l, y)
		a.Line(s, l+arrow, y+arrow/2, l, y)
	}
	if hi > a.XHi {
		a.Line(s, r-arrow, y-arrow/2, r, y)
		a.Line(s, r-arrow, y+arrow/2, r, y)
	}
}

// Upright draws an interval at a place, as Across does at a height.
func Upright(a *Panel, s Stroke, x Pt, lo, hi float64) {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return
	}
	b, t := max(a.Y(lo), a.B), min(a.Y(hi), a.T)
	a.Line(s, x, b, x, t)
	if lo < a.YLo {
		a.Line(s, x-arrow/2, b+arrow, x, b)
		a.Line(s, x+arrow/2, b+arrow, x, b)
	}
	if hi > a.YHi {
		a.Line(s, x-arrow/2, t-arrow, x, t)
		a.Line(s, x+arrow/2, t-arrow, x, t)
	}
}
