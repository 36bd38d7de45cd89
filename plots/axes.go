package plots

import (
	"math"
	"strconv"
	"strings"
)

// panel is a rectangle with scales.
type panel struct {
	*pen
	rect
	xlo, xhi, ylo, yhi float64
}

func (a *panel) x(v float64) pt { return a.l + pt((v-a.xlo)/(a.xhi-a.xlo))*a.w() }
func (a *panel) y(v float64) pt { return a.b + pt((v-a.ylo)/(a.yhi-a.ylo))*a.h() }

func (a *panel) xs(v []float64) []pt {
	out := make([]pt, len(v))
	for i := range v {
		out[i] = a.x(v[i])
	}
	return out
}

// ys gives heights; numbers beyond the scale end at its edge.
func (a *panel) ys(v []float64) []pt {
	out := make([]pt, len(v))
	for i := range v {
		out[i] = a.y(v[i])
		if !math.IsNaN(v[i]) {
			out[i] = min(max(out[i], a.b), a.t)
		}
	}
	return out
}

const (
	tickLength = pt(2)
	tickGap    = pt(2) // between a tick and its number
)

// bottom draws the x axis; numbers are left out of all but the lowest of
// panels that share it.
func (a *panel) bottom(ticks []float64, numbers bool, title string) {
	s := stroke{}
	a.line(s, a.l, a.b, a.r, a.b)
	texts := numerals(ticks)
	for i, v := range ticks {
		x := a.x(v)
		a.line(s, x, a.b, x, a.b-tickLength)
		if numbers {
			a.text(x, a.b-tickLength-tickGap, texts[i], write{ax: 0.5, ay: 1})
		}
	}
	if title != "" {
		a.text(a.cx(), a.b-tickLength-2*tickGap-1.9*a.s.Text*capital, title, write{ax: 0.5, ay: 1})
	}
}

// left draws the y axis and returns how far its numbers reach.
func (a *panel) left(ticks []float64) pt {
	s := stroke{}
	a.line(s, a.l, a.b, a.l, a.t)
	texts, reach := numerals(ticks), pt(0)
	for i, v := range ticks {
		y := a.y(v)
		a.line(s, a.l, y, a.l-tickLength, y)
		a.text(a.l-tickLength-tickGap, y, texts[i], toLeft)
		reach = max(reach, a.width(texts[i]))
	}
	return reach + tickLength + tickGap
}

// top draws a second x axis, such as milliseconds.
func (a *panel) top(ticks []float64, texts []string, title string) {
	s := stroke{}
	a.line(s, a.l, a.t, a.r, a.t)
	for i, v := range ticks {
		x := a.x(v)
		a.line(s, x, a.t, x, a.t+tickLength)
		a.text(x, a.t+tickLength+tickGap, texts[i], write{ax: 0.5})
	}
	a.text(a.cx(), a.t+tickLength+2*tickGap+a.s.Text, title, write{ax: 0.5})
}

// level draws a dashed horizontal line.
func (a *panel) level(v float64) {
	if v >= a.ylo && v <= a.yhi {
		a.line(stroke{colour: a.s.Muted, dash: []pt{2, 1.5}}, a.l, a.y(v), a.r, a.y(v))
	}
}

// letter names a panel, at its outer upper left.
func (p *pen) letter(x, y pt, i int) {
	p.text(x, y, string(rune('a'+i)), write{bold: true, ay: 1, size: p.s.Text + 2})
}

// scale returns ticks at round numbers, about n of them, that cover lo … hi, or
// lie inside when not covering.
func scale(lo, hi float64, n int, cover bool) []float64 {
	if !(hi > lo) {
		hi = lo + 1
		if lo != 0 {
			lo, hi = lo-math.Abs(lo)/2, lo+math.Abs(lo)/2
		}
	}
	raw := (hi - lo) / float64(max(n, 1))
	ten := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * ten
	for _, m := range []float64{1, 2, 5} {
		if m*ten >= raw*0.999 {
			step = m * ten
			break
		}
	}
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	if cover {
		first, last = math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
	}
	var ticks []float64
	for k := first; k <= last; k++ {
		ticks = append(ticks, k*step)
	}
	return ticks
}

// whole keeps ticks that are whole numbers.
func whole(ticks []float64) []float64 {
	var w []float64
	for _, v := range ticks {
		if math.Abs(v-math.Round(v)) < 1e-9 {
			w = append(w, math.Round(v))
		}
	}
	return w
}

// numerals prints ticks with as many decimals as tell them apart, and a true
// minus sign.
func numerals(ticks []float64) []string {
	out := make([]string, len(ticks))
	step := math.Inf(1)
	for i := 1; i < len(ticks); i++ {
		step = min(step, math.Abs(ticks[i]-ticks[i-1]))
	}
	decimals, format := 0, byte('f')
	if !math.IsInf(step, 1) && step > 0 {
		decimals = max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	} else {
		decimals, format = -1, 'g'
	}
	if decimals > 4 {
		decimals, format = -1, 'g'
	}
	for i, v := range ticks {
		if !math.IsInf(step, 1) && math.Abs(v) < step*1e-6 {
			v = 0
		}
		if format == 'g' {
			v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
		}
		out[i] = minus(strconv.FormatFloat(v, format, decimals, 64))
	}
	return out
}

func minus(s string) string { return strings.ReplaceAll(s, "-", "−") }

// slicesAxis gives the ticks of an axis of slices that has room.
func slicesAxis(steps int, room, each pt) []float64 {
	every := 1
	for _, n := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000} {
		every = n
		if pt(steps/n+1)*each <= room {
			break
		}
	}
	var ticks []float64
	for t := 0; t < steps; t += every {
		ticks = append(ticks, float64(t))
	}
	return ticks
}

// spreadOut moves heights apart until each is at least gap from the next, and
// within lo … hi where they fit. They are in any order.
func spreadOut(at []pt, gap, lo, hi pt) []pt {
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	for i := range order {
		for j := i; j > 0 && at[order[j]] < at[order[j-1]]; j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
	out := append([]pt(nil), at...)
	for range 200 {
		moved := false
		for k := 1; k < len(order); k++ {
			i, j := order[k-1], order[k]
			if d := gap - (out[j] - out[i]); d > 0.01 {
				out[i] -= d / 2
				out[j] += d / 2
				moved = true
			}
		}
		for _, i := range order {
			out[i] = min(max(out[i], lo), hi)
		}
		if !moved {
			break
		}
	}
	return out
}
