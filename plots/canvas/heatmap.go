package canvas

import (
	"image/color"
	"math"
)

// Scale maps numbers to colours: viridis from Lo to Hi, or where Lo is below 0
// and Hi above it colours that diverge around 0.
type Scale struct{ Lo, Hi float64 }

// ScaleOf holds the numbers of all lists. It begins or ends at 0 where they
// have one sign, and reaches as far on both sides where they have two.
func ScaleOf(lists ...[]float64) Scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, list := range lists {
		for _, v := range list {
			if !math.IsNaN(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	switch {
	case lo > hi:
		lo, hi = 0, 1
	case lo < -1e-9*hi && hi > 0:
		hi = max(hi, -lo)
		lo = -hi
	case hi > 0: // what is below 0 by rounding is 0
		lo = 0
	default:
		hi = 0
	}
	if lo == hi {
		hi = lo + 1
	}
	return Scale{lo, hi}
}

// Signed reports whether colours diverge around 0.
func (s Scale) Signed() bool { return s.Lo < 0 && s.Hi > 0 }

// Colour returns the colour of a number.
func (s Scale) Colour(v float64) color.Color {
	ramp := Viridis
	if s.Signed() {
		ramp = BlueRed
	}
	return ramp.Colour((v - s.Lo) / (s.Hi - s.Lo))
}

// HeatMap draws data [rows][columns] as equal cells, the first row on top. NaN
// has the style's shade.
func HeatMap(p *Pen, r Rect, rows, columns int, data []float64, s Scale) {
	p.Picture(r, rows, columns, func(i, j int) color.Color {
		v := data[i*columns+j]
		if math.IsNaN(v) {
			return p.Style.Shade
		}
		return s.Colour(v)
	})
}

// Empty marks the place of a heat map without numbers.
func (p *Pen) Empty(r Rect) {
	p.Hatch(r)
	p.Frame(r, Stroke{Colour: p.Style.Faint, Width: 0.3})
}

// NoNumbers reports whether all are NaN.
func NoNumbers(v []float64) bool {
	for _, x := range v {
		if !math.IsNaN(x) {
			return false
		}
	}
	return true
}

// ColourBar draws a scale with its ends, and zero inside.
func ColourBar(p *Pen, r Rect, s Scale) {
	p.Picture(r, 64, 1, func(y, _ int) color.Color { return s.Colour(s.Hi - float64(y)/63*(s.Hi-s.Lo)) })
	p.Frame(r, Stroke{Width: 0.4})
	a := &Panel{Pen: p, Rect: r, XHi: 1, YLo: s.Lo, YHi: s.Hi}
	n := 4
	if r.H() < 30 {
		n = 2
	}
	ticks := Ticks(s.Lo, s.Hi, n, false)
	if len(ticks) < 2 {
		ticks = []float64{s.Lo, s.Hi}
	}
	for i, text := range Numerals(ticks) {
		y := a.Y(ticks[i])
		p.Line(Stroke{Width: 0.4}, r.R, y, r.R+2, y)
		p.Text(r.R+3.5, y, text, ToRight)
	}
}

// Group is a run of equal names.
type Group struct {
	Name     string
	From, To int // From … To-1
}

// GroupsOf returns the runs of equal names.
func GroupsOf(names []string) []Group {
	var list []Group
	for i, n := range names {
		if i == 0 || n != names[i-1] {
			list = append(list, Group{n, i, i})
		}
		list[len(list)-1].To = i + 1
	}
	return list
}

// BracketsLeft draws a bracket for each group left of a rectangle whose height
// is that of all positions, the first on top.
func BracketsLeft(p *Pen, r Rect, groups []Group) {
	each := r.H() / Pt(groups[len(groups)-1].To)
	for _, g := range groups {
		gap := min(0.5, Pt(g.To-g.From)*each/4)
		top, bottom := r.T-Pt(g.From)*each-gap, r.T-Pt(g.To)*each+gap
		p.Line(Stroke{Width: 0.5}, r.L-2, top, r.L-4, top, r.L-4, bottom, r.L-2, bottom)
	}
}

// BracketsBelow draws a bracket for each group below a rectangle, the first at
// its left.
func BracketsBelow(p *Pen, r Rect, groups []Group) {
	each := r.W() / Pt(groups[len(groups)-1].To)
	for _, g := range groups {
		gap := min(0.5, Pt(g.To-g.From)*each/4)
		left, right := r.L+Pt(g.From)*each+gap, r.L+Pt(g.To)*each-gap
		p.Line(Stroke{Width: 0.5}, left, r.B-2, left, r.B-4, right, r.B-4, right, r.B-2)
	}
}
