package chart

import "ventral/plots/canvas"

// grid is where panels stand, row by row.
type grid struct {
	n, columns       int
	width, room      canvas.Pt // of the figure; of a column
	left, head, foot canvas.Pt // around a panel
	side, top        canvas.Pt // height of a panel; room above all
}

// layout arranges n panels.
func layout(n int, o Options) *grid {
	g := &grid{n: n, columns: min(n, 3), left: 40, head: 14, foot: 28, side: 92}
	if n == 4 {
		g.columns = 2
	}
	g.width = canvas.TwoColumns
	if n == 1 {
		g.width, g.side = canvas.OneColumn, 120
	}
	if o.Width > 0 {
		g.width = o.Width
	}
	g.room = g.width / canvas.Pt(g.columns)
	return g
}

func (g *grid) rows() int { return (g.n + g.columns - 1) / g.columns }

func (g *grid) height() canvas.Pt {
	return g.top + canvas.Pt(g.rows())*(g.head+g.side+g.foot) + 4
}

// at is the rectangle of a panel in a figure of a height.
func (g *grid) at(i int, h canvas.Pt) canvas.Rect {
	row, column := i/g.columns, i%g.columns
	x, t := canvas.Pt(column)*g.room, h-g.top-canvas.Pt(row)*(g.head+g.side+g.foot)-g.head
	return canvas.Edges(x+g.left, t-g.side, x+g.room-10, t)
}

// keyLines are the names of lines above the panels, in rows.
type keyLines struct {
	lines  []line
	names  []string
	rows   [][]int
	height canvas.Pt
}

// keyOf lays the key of a panel's lines out. One line needs none.
func keyOf(p *canvas.Pen, x panel, over string, width canvas.Pt) *keyLines {
	k := &keyLines{lines: x.lines}
	if len(x.lines) < 2 {
		return k
	}
	at := width
	for i, l := range x.lines {
		name := l.name
		if over == "step" && i == 0 {
			name = "step " + name
		}
		name = canvas.Fit(p, name, 110)
		k.names = append(k.names, name)
		need := p.Width(name) + 24
		if at+need > width {
			k.rows, at = append(k.rows, nil), 0
		}
		k.rows[len(k.rows)-1] = append(k.rows[len(k.rows)-1], i)
		at += need
	}
	k.height = canvas.Pt(len(k.rows)) * (p.Style.Text + 3)
	return k
}

// draw writes the key from the upper left corner.
func (k *keyLines) draw(p *canvas.Pen, x, y canvas.Pt) {
	for r, row := range k.rows {
		at, y := x, y-canvas.Pt(r)*(p.Style.Text+3)-p.Style.Text/2
		for _, i := range row {
			l := k.lines[i]
			p.Line(canvas.Stroke{Colour: l.colour, Width: 1.2, Dash: l.dash}, at, y, at+11, y)
			p.Text(at+14, y, k.names[i], canvas.ToRight)
			at += p.Width(k.names[i]) + 24
		}
	}
}
