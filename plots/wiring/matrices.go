package wiring

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// Matrices draws the connection matrices of several variants, each under its
// name, in rows as wide as a page.
func Matrices(variants []*recording.Anatomy, s canvas.Style) (*canvas.Figure, error) {
	const head, gap = canvas.Pt(14), canvas.Pt(10)
	type place struct {
		m    *matrixLayout
		name string
		x, y canvas.Pt // of the upper left corner, from the upper edge of the figure
	}
	var list []place
	x, y, row, wide := canvas.Pt(0), canvas.Pt(0), canvas.Pt(0), canvas.Pt(0)
	for _, an := range variants {
		if err := an.Check(); err != nil {
			return nil, err
		}
		m := layMatrix(an, s, 0)
		if x > 0 && x+m.width > canvas.TwoColumns {
			x, y, row = 0, y+row+gap, 0
		}
		list = append(list, place{m, an.Name, x, y})
		x += m.width
		wide, row = max(wide, x), max(row, m.height+head)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("plots: matrices of no variants")
	}
	height, hatched := y+row, ""
	for _, l := range list {
		if slices.ContainsFunc(l.m.an.Connections, func(c recording.AnatomyConnection) bool { return c.Dead }) {
			hatched = "Hatched: it cannot reach the readout at a step the loss reads"
		}
	}
	f := &canvas.Figure{Name: "matrices", Title: "Connection matrices", Width: wide, Height: height, Style: s,
		Caption: canvas.Sentences("One for each variant. Rows are the area a connection leaves, columns the one it enters. Cells: transform, and d, the delay in steps where it is not that of the key; colour: role; empty: no connection", hatched)}
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		if k := min(w/wide, h/height); k < 0.999 {
			p.Canvas.Push()
			defer p.Canvas.Pop()
			p.Canvas.Scale(float64(k), float64(k))
		}
		for _, l := range list {
			p.Text(l.x+l.m.width/2, height-l.y-10, canvas.FitBold(p, l.name, l.m.width-4), canvas.TextStyle{AX: 0.5, Bold: true})
			p.Canvas.Push()
			p.Canvas.Translate(vg.Point{X: l.x, Y: height - l.y - head - l.m.height})
			l.m.draw(p)
			p.Canvas.Pop()
		}
		return nil
	}
	return f, nil
}
