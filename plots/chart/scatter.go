package chart

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// scatter draws frames [x, quantity] of two quantities: a point for each position, the
// first quantity to the right and the second upwards. Groups have colours.
func scatter(frames []analysis.Frame, o Options) (*canvas.Figure, error) {
	_, first := parts(frames[0])
	g := layout(len(frames), o)
	quantities := first.Axes[1]
	f := &canvas.Figure{Name: first.Name, Title: titleOf(first), Width: g.width, Height: g.height(), Style: o.Style}
	n := first.Axes[0].Len()
	f.Caption = canvas.Sentences(append([]string{canvas.Upper(first.Note), fmt.Sprintf("A point for each of %s", canvas.Many(float64(n), first.Axes[0].Name))}, o.End...)...)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		for i, whole := range frames {
			who, x := parts(whole)
			a := &canvas.Panel{Pen: p, Rect: g.at(i, h)}
			points(a, x, o.Style)
			a.Text(a.CX(), a.B-canvas.TickLength-2*canvas.TickGap-1.9*p.Style.Text*canvas.Capital, canvas.Fit(p, quantities.At(0), a.W()+20), canvas.TextStyle{AX: 0.5, AY: 1})
			if i%g.columns == 0 {
				a.Text(a.L-32, a.CY(), canvas.Fit(p, quantities.At(1), a.H()+20), canvas.TextStyle{AX: 0.5, Turned: true})
			}
			if name := named(who); name != "" {
				p.Text(a.L, a.T+4.2, canvas.FitBold(p, name, a.W()), canvas.TextStyle{Bold: true})
			}
		}
		return nil
	}
	return f, nil
}

// points draws those of a panel with its axes.
func points(a *canvas.Panel, f analysis.Frame, s canvas.Style) {
	n := f.Axes[0].Len()
	xs, ys := make([]float64, n), make([]float64, n)
	for i := range n {
		xs[i], ys[i] = f.Data[2*i], f.Data[2*i+1]
	}
	xt, yt := ticksOver(xs), ticksOver(ys)
	a.XLo, a.XHi, a.YLo, a.YHi = xt[0], xt[len(xt)-1], yt[0], yt[len(yt)-1]
	a.Bottom(xt, true, "")
	a.Left(yt)
	var groups []string
	for i := range n {
		if math.IsNaN(xs[i]) || math.IsNaN(ys[i]) {
			continue
		}
		c := s.Ink
		if g := f.Axes[0].Groups; g != nil {
			k := slices.Index(groups, g[i])
			if k < 0 {
				k = len(groups)
				groups = append(groups, g[i])
			}
			c, _ = s.Variant(k%6, 6)
		}
		a.Circle(a.X(xs[i]), a.Y(ys[i]), 1.1, canvas.Fade(c, 0.6), true)
	}
}

// ticksOver are ticks that hold all numbers.
func ticksOver(list []float64) []float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range list {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if lo > hi {
		lo, hi = 0, 1
	}
	if lo == hi {
		lo, hi = lo-0.5, hi+0.5
	}
	return canvas.Ticks(lo, hi, 4, true)
}
