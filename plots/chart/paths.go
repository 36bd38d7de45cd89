package chart

import (
	"fmt"
	"math"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// paths draws frames [area, class, step, component]: in a panel for each area the path of
// each class over the first two components, from a ring at the first step with numbers to
// a dot at the last.
func paths(frames []analysis.Frame, o Options) (*canvas.Figure, error) {
	type path struct {
		title string
		area  int
		f     analysis.Frame // [class, step, component]
	}
	var list []path
	for _, whole := range frames {
		who, f := parts(whole)
		for i, g := range indexed(f, 0) {
			title := f.Axes[0].At(i)
			at, _ := areaColour(title, o)
			if name := named(who); name != "" {
				title = name + ", " + title
			}
			list = append(list, path{title, at, g})
		}
	}
	first := list[0].f
	classes := panel{}
	for i := range first.Axes[0].Len() {
		l := line{name: first.Axes[0].At(i)}
		colour(&l, i, first.Axes[0].Len(), "", o)
		classes.lines = append(classes.lines, l)
	}
	g := layout(len(list), o)
	pen := &canvas.Pen{Style: o.Style}
	key := keyOf(pen, classes, "", g.width-g.left)
	g.top = key.height
	f := &canvas.Figure{Name: first.Name, Title: titleOf(first), Width: g.width, Height: g.height(), Style: o.Style}
	f.Caption = canvas.Sentences(append([]string{canvas.Upper(first.Note), fmt.Sprintf("A line for each %s, over the first two components; ring: first step with numbers, dots: steps, large dot: last step", first.Axes[0].Name), "Each area has a scale of its own, the same in both directions"}, o.End...)...)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		key.draw(p, g.left, h-4)
		for i, x := range list {
			a := &canvas.Panel{Pen: p, Rect: g.at(i, h)}
			drawPaths(a, x.f, classes.lines)
			left := a.L
			if x.area >= 0 {
				p.Fill(canvas.Edges(a.L, a.T+4, a.L+5, a.T+9), o.Style.Area(x.area, len(o.Areas)))
				left += 8
			}
			p.Text(left, a.T+4.2, canvas.FitBold(p, x.title, a.R-left), canvas.TextStyle{Bold: true})
			if i%g.columns == 0 {
				p.Text(a.L-30, a.CY(), "component 2", canvas.TextStyle{AX: 0.5, Turned: true})
			}
			if i+g.columns >= len(list) {
				p.Text(a.CX(), a.B-canvas.TickLength-2*canvas.TickGap-1.9*p.Style.Text*canvas.Capital, "component 1", canvas.TextStyle{AX: 0.5, AY: 1})
			}
		}
		return nil
	}
	return f, nil
}

// drawPaths draws the paths of a panel with its axes.
func drawPaths(a *canvas.Panel, f analysis.Frame, lines []line) {
	steps, components := f.Axes[1].Len(), f.Axes[2].Len()
	at := func(class, step, component int) float64 { return f.Data[(class*steps+step)*components+component] }
	var xs, ys []float64
	for c := range lines {
		for s := range steps {
			if v := at(c, s, 0); !math.IsNaN(v) {
				xs, ys = append(xs, v), append(ys, at(c, s, 1))
			}
		}
	}
	if len(xs) == 0 {
		a.Hatch(a.Rect)
		a.Frame(a.Rect, canvas.Stroke{})
		return
	}
	xt, yt := ticksOver(xs), ticksOver(ys)
	// One unit is as long upwards as to the right.
	mx, my := (xt[0]+xt[len(xt)-1])/2, (yt[0]+yt[len(yt)-1])/2
	each := max((xt[len(xt)-1]-xt[0])/float64(a.W()), (yt[len(yt)-1]-yt[0])/float64(a.H())) / 2
	a.XLo, a.XHi, a.YLo, a.YHi = mx-each*float64(a.W()), mx+each*float64(a.W()), my-each*float64(a.H()), my+each*float64(a.H())
	a.Bottom(canvas.Ticks(a.XLo, a.XHi, 4, false), true, "")
	a.Left(canvas.Ticks(a.YLo, a.YHi, 4, false))
	for c, l := range lines {
		first := true
		px, py := math.NaN(), math.NaN()
		for s := range steps {
			x, y := at(c, s, 0), at(c, s, 1)
			if math.IsNaN(x) || math.IsNaN(y) {
				continue
			}
			if !first {
				a.Line(canvas.Stroke{Colour: l.colour, Width: 0.9, Dash: l.dash}, a.X(px), a.Y(py), a.X(x), a.Y(y))
			}
			radius := canvas.Pt(1)
			if s == steps-1 {
				radius = 2
			}
			a.Circle(a.X(x), a.Y(y), radius, l.colour, !first)
			first, px, py = false, x, y
		}
	}
}
