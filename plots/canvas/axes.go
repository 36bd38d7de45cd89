package canvas

import (
	"math"
	"strconv"
	"strings"
)

// Panel is a rectangle with scales.
type Panel struct {
	*Pen
	Rect
	XLo, XHi, YLo, YHi float64

	LogX  bool   // the x axis is of common logarithms
	Steps bool   // the x axis is of time steps
	Name  string // of what is being drawn, for who points at a number
}

// X is where a value of the x axis lies.
func (a *Panel) X(v float64) Pt { return a.L + Pt((v-a.XLo)/(a.XHi-a.XLo))*a.W() }

// Y is where a value of the y axis lies.
func (a *Panel) Y(v float64) Pt { return a.B + Pt((v-a.YLo)/(a.YHi-a.YLo))*a.H() }

// XS is where values of the x axis lie.
func (a *Panel) XS(v []float64) []Pt {
	out := make([]Pt, len(v))
	for i := range v {
		out[i] = a.X(v[i])
	}
	return out
}

// YS gives heights; numbers beyond the scale end at its edge.
func (a *Panel) YS(v []float64) []Pt {
	out := make([]Pt, len(v))
	for i := range v {
		out[i] = a.Y(v[i])
		if !math.IsNaN(v[i]) {
			out[i] = min(max(out[i], a.B), a.T)
		}
	}
	return out
}

const (
	TickLength = Pt(2)
	TickGap    = Pt(2) // between a tick and its number
)

// Bottom draws the x axis; numbers are left out of all but the lowest of
// panels that share it.
func (a *Panel) Bottom(ticks []float64, numbers bool, title string) {
	a.axis(title)
	s := Stroke{}
	a.Line(s, a.L, a.B, a.R, a.B)
	texts := Numerals(ticks)
	if a.Steps || title == a.Style.Time() {
		texts = a.Style.StepTexts(ticks)
	}
	for i, v := range ticks {
		x := a.X(v)
		a.Line(s, x, a.B, x, a.B-TickLength)
		if numbers {
			a.Text(x, a.B-TickLength-TickGap, texts[i], TextStyle{AX: 0.5, AY: 1})
		}
	}
	if title != "" {
		a.Text(a.CX(), a.B-TickLength-2*TickGap-1.9*a.Style.Text*Capital, title, TextStyle{AX: 0.5, AY: 1})
	}
}

// Left draws the y axis and returns how far its numbers reach.
func (a *Panel) Left(ticks []float64) Pt {
	s := Stroke{}
	a.Line(s, a.L, a.B, a.L, a.T)
	texts, reach := Numerals(ticks), Pt(0)
	for i, v := range ticks {
		y := a.Y(v)
		a.Line(s, a.L, y, a.L-TickLength, y)
		a.Text(a.L-TickLength-TickGap, y, texts[i], ToLeft)
		reach = max(reach, a.Width(texts[i]))
	}
	return reach + TickLength + TickGap
}

// Top draws a second x axis, such as milliseconds.
func (a *Panel) Top(ticks []float64, texts []string, title string) {
	s := Stroke{}
	a.Line(s, a.L, a.T, a.R, a.T)
	for i, v := range ticks {
		x := a.X(v)
		a.Line(s, x, a.T, x, a.T+TickLength)
		a.Text(x, a.T+TickLength+TickGap, texts[i], TextStyle{AX: 0.5})
	}
	a.Text(a.CX(), a.T+TickLength+2*TickGap+a.Style.Text, title, TextStyle{AX: 0.5})
}

// Level draws a dashed horizontal line.
func (a *Panel) Level(v float64) {
	if v >= a.YLo && v <= a.YHi {
		a.Line(Stroke{Colour: a.Style.Muted, Dash: []Pt{2, 1.5}}, a.L, a.Y(v), a.R, a.Y(v))
	}
}

// Letter names a panel, at its outer upper left.
func (p *Pen) Letter(x, y Pt, i int) {
	if p.Style.Letters == NoLetters {
		return
	}
	if p.notes != nil {
		p.notes.Letters = max(p.notes.Letters, i+1)
	}
	p.Text(x, y, string(rune('a'+p.Style.Letters+i)), TextStyle{Bold: true, AY: 1, Size: p.Style.Text + 2})
}

// Ticks returns ticks at round numbers, about n of them, that cover lo … hi, or
// lie inside when not covering.
func Ticks(lo, hi float64, n int, cover bool) []float64 {
	if !(hi > lo) {
		hi = lo + 1
		if lo != 0 {
			lo, hi = lo-math.Abs(lo)/2, lo+math.Abs(lo)/2
		}
	}
	raw := (hi - lo) / float64(max(n, 1))
	ten := math.Pow(10, math.Floor(math.Log10(raw)))
	gap := 10 * ten
	for _, m := range []float64{1, 2, 5} {
		if m*ten >= raw*0.999 {
			gap = m * ten
			break
		}
	}
	first, last := math.Ceil(lo/gap-1e-9), math.Floor(hi/gap+1e-9)
	if cover {
		first, last = math.Floor(lo/gap+1e-9), math.Ceil(hi/gap-1e-9)
	}
	var ticks []float64
	for k := first; k <= last; k++ {
		ticks = append(ticks, k*gap)
	}
	return ticks
}

// WholeTicks keeps ticks that are whole numbers.
func WholeTicks(ticks []float64) []float64 {
	var w []float64
	for _, v := range ticks {
		if math.Abs(v-math.Round(v)) < 1e-9 {
			w = append(w, math.Round(v))
		}
	}
	return w
}

// Numerals prints ticks with as many decimals as tell them apart, and a true
// minus sign.
func Numerals(ticks []float64) []string {
	out := make([]string, len(ticks))
	gap := math.Inf(1)
	for i := 1; i < len(ticks); i++ {
		gap = min(gap, math.Abs(ticks[i]-ticks[i-1]))
	}
	decimals, format := 0, byte('f')
	if !math.IsInf(gap, 1) && gap > 0 {
		decimals = max(0, -int(math.Floor(math.Log10(gap)+1e-9)))
	} else {
		decimals, format = -1, 'g'
	}
	if decimals > 4 {
		decimals, format = -1, 'g'
	}
	for i, v := range ticks {
		if !math.IsInf(gap, 1) && math.Abs(v) < gap*1e-6 {
			v = 0
		}
		if format == 'g' {
			v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
		}
		out[i] = Minus(strconv.FormatFloat(v, format, decimals, 64))
	}
	return out
}

// Minus writes a true minus sign.
func Minus(s string) string { return strings.ReplaceAll(s, "-", "−") }

// StepTicks gives the ticks of an axis of steps that has room.
func StepTicks(steps int, room, each Pt) []float64 {
	every := 1
	for _, n := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000} {
		every = n
		if Pt(steps/n+1)*each <= room {
			break
		}
	}
	var ticks []float64
	for t := 0; t < steps; t += every {
		ticks = append(ticks, float64(t))
	}
	return ticks
}

// SpreadOut moves heights apart until each is at least gap from the next, and
// within lo … hi where they fit. They are in any order.
func SpreadOut(at []Pt, gap, lo, hi Pt) []Pt {
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	for i := range order {
		for j := i; j > 0 && at[order[j]] < at[order[j-1]]; j-- {
			order[j], order[j-1] = order[j-1], order[j]
		}
	}
	out := append([]Pt(nil), at...)
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
