package plots

import (
	"cmp"
	"fmt"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
	"ventral/plots/screen"
	"ventral/plots/wiring"
)

// timeByTime draws frames [area, step, step], such as how alike the responses at
// two steps are: a panel for each area from the first on, the first step upwards
// and the second to the right from the lower left corner.
func timeByTime(d Data, name string) (*canvas.Figure, error) {
	areas, who, of := matricesOf(d, name)
	if len(areas) == 0 {
		return nil, errAbsent
	}
	for i, j := 0, len(areas)-1; i < j; i, j = i+1, j-1 {
		areas[i], areas[j] = areas[j], areas[i]
	}
	f := areas[0].frame
	steps := f.Axes[1]
	lists := make([][]float64, len(areas))
	for i, a := range areas {
		if a.frame.Axes[1].Len() != steps.Len() {
			return nil, fmt.Errorf("plots: areas have different steps")
		}
		lists[i] = a.data
	}
	if steps.Len() == 0 {
		return nil, errAbsent
	}
	scales, alike := alikeScales(lists)
	const left, right, foot, gap = canvas.Pt(34), canvas.Pt(8), canvas.Pt(28), canvas.Pt(14)
	screens := screen.Columns(d.screens(of), steps.Values)
	head := 14 + screen.High(screens)
	bar := canvas.Pt(38)
	width := d.width(canvas.TwoColumns)
	columns := min(len(areas), 4)
	rows := (len(areas) + columns - 1) / columns
	room := (width - left - bar - right) / canvas.Pt(columns)
	if !alike {
		room = (width - left - right) / canvas.Pt(columns)
	}
	inner := room - gap
	if !alike {
		inner = room - bar
	}
	side := min(inner, 120)
	room -= inner - side
	out := &canvas.Figure{Title: titleOf(f), Height: canvas.Pt(rows)*(head+side+foot) + 4}
	out.Width = left + canvas.Pt(columns)*room + right
	if alike {
		out.Width += bar - gap
	}
	ms := d.msPerStep(of)
	outlined, _, _ := matricesOf(d, name+significance)
	out.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		if s := min(w/out.Width, h/out.Height); s < 0.999 {
			p.Canvas.Push()
			defer p.Canvas.Pop()
			p.Canvas.Scale(float64(s), float64(s))
		}
		for i, a := range areas {
			row, column := i/columns, i%columns
			x, t := left+canvas.Pt(column)*room, out.Height-4-canvas.Pt(row)*(head+side+foot)-head
			panel := &canvas.Panel{Pen: p, Rect: canvas.Edges(x, t-side, x+side, t), XLo: -0.5, XHi: float64(steps.Len()) - 0.5, YLo: -0.5, YHi: float64(steps.Len()) - 0.5}
			timePanel(panel, d, a, steps, scales[i], column == 0, i+columns >= len(areas), d.timeTitle(of))
			for _, x := range outlined {
				if x.name == a.name {
					outline(panel, x.data, steps.Len())
				}
			}
			room := canvas.Pt(0)
			if column == 0 {
				room = left - 6
			}
			screen.Draw(p, canvas.Edges(panel.L, panel.B, panel.R, t+head), screens, steps.Len(), room)
			if !alike && !canvas.NoNumbers(a.data) {
				canvas.ColourBar(p, canvas.Edges(panel.R+6, panel.B, panel.R+11, panel.T), scales[i])
			}
			if alike && i == columns-1 {
				canvas.ColourBar(p, canvas.Edges(panel.R+8, panel.B, panel.R+14, panel.T), scales[0])
				p.Text(panel.R+6, panel.T+5, canvas.Fit(p, f.Unit, out.Width-panel.R-8), canvas.TextStyle{})
			}
		}
		return nil
	}
	var names []string
	for _, a := range areas {
		names = append(names, a.name)
	}
	out.Caption = canvas.Sentences(fmt.Sprintf("%s, at one time step (upwards) and another (to the right), in %s; %s", canvas.Upper(f.Note), strings.Join(names, ", "), who),
		"Line: one step with itself", outlineSaid(outlined), "Hatched: before the image reaches the area, or no numbers", scalesSaid(scales, alike, f.Unit), screen.Said(d.screens(of)), recordedOf(d, of), wiring.StepLasts(ms), precisionOf(d, of))
	return out, nil
}

// outlineSaid says in a caption what outlines are.
func outlineSaid(list []areaMatrices) string {
	if len(list) == 0 {
		return ""
	}
	return "Outlined: " + canvas.Sentences(cmp.Or(list[0].frame.Note, "p ≤ 0.05, corrected"))
}

// outline draws the edges of the cells [step][step] whose p is at most 0.05.
func outline(a *canvas.Panel, p []float64, n int) {
	if len(p) != n*n {
		return
	}
	in := func(i, k int) bool { return i >= 0 && k >= 0 && i < n && k < n && p[i*n+k] <= 0.05 }
	s := canvas.Stroke{Width: 0.9}
	for i := range n {
		for k := range n {
			if !in(i, k) {
				continue
			}
			l, r, b, t := a.X(float64(k)-0.5), a.X(float64(k)+0.5), a.Y(float64(i)-0.5), a.Y(float64(i)+0.5)
			if !in(i, k-1) {
				a.Line(s, l, b, l, t)
			}
			if !in(i, k+1) {
				a.Line(s, r, b, r, t)
			}
			if !in(i-1, k) {
				a.Line(s, l, b, r, b)
			}
			if !in(i+1, k) {
				a.Line(s, l, t, r, t)
			}
		}
	}
}

// timePanel draws the matrix of one area. Cells without numbers are hatched.
func timePanel(a *canvas.Panel, d Data, m areaMatrices, steps analysis.Axis, s canvas.Scale, outer, lowest bool, time string) {
	n := steps.Len()
	cell := a.W() / canvas.Pt(n)
	upwards := make([]float64, n*n)
	for i := range n {
		copy(upwards[i*n:(i+1)*n], m.data[(n-1-i)*n:(n-i)*n])
	}
	a.Empty(a.Rect)
	from := n // columns and rows from here on have numbers
	for i := range n * n {
		if v := m.data[i]; v == v {
			from = min(from, i/n, i%n)
		}
	}
	if from < n {
		k := n - from
		part := make([]float64, 0, k*k)
		for i := range k {
			part = append(part, upwards[i*n+from:(i+1)*n]...)
		}
		r := canvas.Edges(a.L+canvas.Pt(from)*cell, a.B+canvas.Pt(from)*cell, a.R, a.T)
		canvas.HeatMap(a.Pen, r, k, k, part, s)
		a.Line(canvas.Stroke{Width: 0.4}, r.L, r.B, r.R, r.T)
	}
	a.Frame(a.Rect, canvas.Stroke{})
	texts := canvas.StepTicks(n, a.W(), 12)
	for _, k := range texts {
		x, y := a.X(k), a.Y(k)
		a.Line(canvas.Stroke{}, x, a.B, x, a.B-canvas.TickLength)
		a.Text(x, a.B-canvas.TickLength-canvas.TickGap, steps.At(int(k)), canvas.TextStyle{AX: 0.5, AY: 1})
		a.Line(canvas.Stroke{}, a.L, y, a.L-canvas.TickLength, y)
		if outer {
			a.Text(a.L-canvas.TickLength-canvas.TickGap, y, steps.At(int(k)), canvas.ToLeft)
		}
	}
	if lowest {
		a.Text(a.CX(), a.B-16, canvas.Fit(a.Pen, time, a.W()+8), canvas.TextStyle{AX: 0.5, AY: 1})
	}
	if outer {
		a.Text(8, a.CY(), canvas.Fit(a.Pen, time, a.H()+10), canvas.TextStyle{AX: 0.5, AY: 0.5, Turned: true})
	}
	a.Fill(canvas.Edges(a.L, a.T+3.4, a.L+5, a.T+8.4), a.Style.Area(m.index, len(d.Anatomy.Areas)))
	a.Text(a.L+8, a.T+3.6, canvas.FitBold(a.Pen, m.name, a.W()-8), canvas.TextStyle{Bold: true})
}
