package chart

import (
	"fmt"
	"slices"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// maps draws frames [y, x], or [area, y, x] with a panel for each area: cells of colour,
// the first position of both axes at the lower left.
func maps(frames []analysis.Frame, o Options) (*canvas.Figure, error) {
	type cells struct {
		title string
		area  int
		f     analysis.Frame
	}
	var list []cells
	var lists [][]float64
	for _, whole := range frames {
		who, f := parts(whole)
		name := named(who)
		if len(f.Axes) == 2 {
			list, lists = append(list, cells{name, -1, f}), append(lists, f.Data)
			continue
		}
		areas := f.Axes[0]
		for i, g := range indexed(f, 0) {
			title := areas.At(i)
			at, _ := areaColour(title, o)
			if name != "" {
				title = name + ", " + title
			}
			list, lists = append(list, cells{title, at, g}), append(lists, g.Data)
		}
	}
	first := list[0].f
	scale := canvas.ScaleOf(lists...)
	pen := &canvas.Pen{Style: o.Style}
	g := layout(len(list), o)
	wide := canvas.Pt(0)
	for i := range first.Axes[0].Len() {
		wide = max(wide, min(pen.Width(first.Axes[0].At(i)), 60))
	}
	deep := turnedLabels(pen, first.Axes[1], g.room-g.left-60)
	g.left = max(40, wide+26)
	if deep > 0 {
		g.foot = 22 + deep
	}
	const bar = canvas.Pt(34)
	f := &canvas.Figure{Name: first.Name, Title: titleOf(first), Width: g.width, Height: g.height(), Style: o.Style}
	said := "One colour scale for all"
	if len(list) == 1 {
		said = "Bar: colour scale"
	}
	if first.Unit != "" {
		said += ", in " + first.Unit
	}
	f.Caption = canvas.Sentences(append([]string{canvas.Upper(first.Note), fmt.Sprintf("%s upwards, %s to the right", canvas.Upper(axisTitle(first.Axes[0], o)), axisTitle(first.Axes[1], o)), said, "Grey: not defined"}, o.End...)...)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		for i, x := range list {
			r := g.at(i, h)
			r.R -= bar
			a := &canvas.Panel{Pen: p, Rect: r}
			cellsOf(a, x.f, scale, deep > 0)
			if i%g.columns == 0 {
				p.Text(8, a.CY(), canvas.Fit(p, axisTitle(x.f.Axes[0], o), a.H()+20), canvas.TextStyle{AX: 0.5, AY: 0.5, Turned: true})
			}
			if i+g.columns >= len(list) {
				p.Text(a.CX(), a.B-canvas.TickLength-2*canvas.TickGap-deep-1.2*p.Style.Text, canvas.Fit(p, axisTitle(x.f.Axes[1], o), a.W()+30), canvas.TextStyle{AX: 0.5, AY: 1})
			}
			left := a.L
			if x.area >= 0 {
				p.Fill(canvas.Edges(a.L, a.T+4, a.L+5, a.T+9), o.Style.Area(x.area, len(o.Areas)))
				left += 8
			}
			p.Text(left, a.T+4.2, canvas.FitBold(p, x.title, a.R-left), canvas.TextStyle{Bold: true})
			if (i+1)%g.columns == 0 || i == len(list)-1 {
				canvas.ColourBar(p, canvas.Edges(a.R+6, a.B, a.R+11, a.T), scale)
			}
		}
		return nil
	}
	return f, nil
}

// turnedLabels is the room that labels below need where they are turned, 0 where they
// fit as they are.
func turnedLabels(p *canvas.Pen, x analysis.Axis, width canvas.Pt) canvas.Pt {
	if len(x.Labels) == 0 {
		return 0
	}
	widest := canvas.Pt(0)
	for _, l := range x.Labels {
		widest = max(widest, min(p.Width(l), 60))
	}
	if widest+3 < width/canvas.Pt(len(x.Labels)) {
		return 0
	}
	return widest
}

// cellsOf draws a map with its ticks.
func cellsOf(a *canvas.Panel, f analysis.Frame, s canvas.Scale, turned bool) {
	rows, columns := f.Axes[0], f.Axes[1]
	n, m := rows.Len(), columns.Len()
	a.XLo, a.XHi, a.YLo, a.YHi = -0.5, float64(m)-0.5, -0.5, float64(n)-0.5
	upwards := make([]float64, 0, n*m)
	for i := range n {
		upwards = append(upwards, f.Data[(n-1-i)*m:(n-i)*m]...)
	}
	canvas.HeatMap(a.Pen, a.Rect, n, m, upwards, s)
	a.Frame(a.Rect, canvas.Stroke{Width: 0.4})
	for _, k := range placesOf(rows, a.H(), a.Style.Text+3) {
		y := a.Y(float64(k))
		a.Line(canvas.Stroke{}, a.L, y, a.L-canvas.TickLength, y)
		a.Text(a.L-canvas.TickLength-canvas.TickGap, y, canvas.Fit(a.Pen, rows.At(k), 60), canvas.ToLeft)
	}
	each := a.Style.Text + 3
	if !turned {
		for i := range m {
			each = max(each, a.Width(columns.At(i))+4)
		}
	}
	for _, k := range placesOf(columns, a.W(), each) {
		x := a.X(float64(k))
		a.Line(canvas.Stroke{}, x, a.B, x, a.B-canvas.TickLength)
		if turned {
			a.Text(x, a.B-canvas.TickLength-canvas.TickGap, canvas.Fit(a.Pen, columns.At(k), 60), canvas.TextStyle{AX: 1, AY: 0.5, Turned: true})
		} else {
			a.Text(x, a.B-canvas.TickLength-canvas.TickGap, columns.At(k), canvas.TextStyle{AX: 0.5, AY: 1})
		}
	}
}

// placesOf are the positions of an axis that have room for their names.
func placesOf(x analysis.Axis, room, each canvas.Pt) (list []int) {
	every := 1
	for canvas.Pt(x.Len())/canvas.Pt(every)*each > room {
		every++
	}
	if every > 2 && len(x.Values) > 0 { // round numbers of positions
		for _, e := range []int{5, 10, 20, 50, 100, 200, 500, 1000} {
			if e >= every {
				every = e
				break
			}
		}
	}
	for k := 0; k < x.Len(); k += every {
		list = append(list, k)
	}
	return slices.Clip(list)
}
