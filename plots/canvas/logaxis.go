package canvas

import (
	"fmt"
	"math"
	"slices"
)

// Logarithmic sets and draws an x axis of common logarithms that holds a list,
// over a factor of two at least.
func Logarithmic(a *Panel, list []float64, title string) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range list {
		if v > 0 {
			lo, hi = min(lo, math.Log10(v)), max(hi, math.Log10(v))
		}
	}
	if lo > hi {
		lo, hi = 0, 1
	}
	if wide := 0.36; hi-lo < wide {
		middle := (lo + hi) / 2
		lo, hi = middle-wide/2, middle+wide/2
	}
	pad := 0.06 * (hi - lo)
	a.XLo, a.XHi, a.LogX = lo-pad, hi+pad, true
	a.axis(title)
	a.Line(Stroke{}, a.L, a.B, a.R, a.B)
	ticks := LogTicks(a.XLo, a.XHi)
	for _, v := range ticks {
		a.Line(Stroke{}, a.X(math.Log10(v)), a.B, a.X(math.Log10(v)), a.B-TickLength)
	}
	slices.SortStableFunc(ticks, func(v, w float64) int { return roundness(v) - roundness(w) })
	var taken [][2]Pt
	for _, v := range ticks { // the roundest are written first
		x, name := a.X(math.Log10(v)), Quantity(v)
		half := a.Width(name) / 2
		if x+half < a.R+6 && x-half > a.L-20 && !slices.ContainsFunc(taken, func(t [2]Pt) bool { return x-half < t[1]+4 && t[0]-4 < x+half }) {
			a.Text(x, a.B-TickLength-TickGap, name, TextStyle{AX: 0.5, AY: 1})
			taken = append(taken, [2]Pt{x - half, x + half})
		}
	}
	title += ", log scale"
	a.Text(min(a.CX(), a.R+6-a.Width(title)/2), a.B-TickLength-2*TickGap-1.9*a.Style.Text*Capital, title, TextStyle{AX: 0.5, AY: 1})
}

// roundness orders ticks: powers of ten, then 2 and 5 times those, then others.
func roundness(v float64) int {
	switch k := v / math.Pow(10, math.Floor(math.Log10(v)+1e-9)); {
	case math.Abs(k-1) < 1e-6:
		return 0
	case math.Abs(k-2) < 1e-6, math.Abs(k-5) < 1e-6:
		return 1
	}
	return 2
}

// LogTicks are round numbers between powers of ten: 1, 2 and 5 times those, more
// where that gives fewer than three, only the powers where that gives many.
func LogTicks(lo, hi float64) []float64 {
	for _, marks := range [][]float64{{1}, {1, 3}, {1, 2, 5}, {1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2, 2.2, 2.4, 2.6, 2.8, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 9.5}} {
		var ticks []float64
		for ten := math.Floor(lo); ten <= hi; ten++ {
			for _, k := range marks {
				if v := k * math.Pow(10, ten); math.Log10(v) >= lo && math.Log10(v) <= hi {
					ticks = append(ticks, v)
				}
			}
		}
		if len(ticks) >= 3 {
			return ticks
		}
	}
	return []float64{math.Pow(10, (lo+hi)/2)}
}

// Quantity prints a count: 500, 37 k, 1.5 M.
func Quantity(v float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= u.size {
			return fmt.Sprintf("%.3g %s", v/u.size, u.name)
		}
	}
	return fmt.Sprintf("%.3g", v)
}
