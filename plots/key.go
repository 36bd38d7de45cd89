package plots

import "ventral/plots/canvas"

// key names the variants above panels that share it.
type key struct {
	all    []series
	x, y   []canvas.Pt // from the upper left corner, downwards
	height canvas.Pt
}

// placeKey arranges a key in a width. A single series needs none.
func placeKey(p *canvas.Pen, all []series, width canvas.Pt) key {
	var k key
	if len(all) < 2 {
		return k
	}
	x, y, line := canvas.Pt(0), canvas.Pt(7), p.Style.Text+4
	for _, s := range all {
		s.variant = canvas.Fit(p, s.variant, width-19)
		w := 19 + p.Width(s.variant)
		if x > 0 && x+w > width {
			x, y = 0, y+line
		}
		k.all, k.x, k.y = append(k.all, s), append(k.x, x), append(k.y, y)
		x += w + 12
	}
	k.height = y + 5
	return k
}

func (k key) draw(p *canvas.Pen, left, top canvas.Pt) {
	for i, s := range k.all {
		x, y := left+k.x[i], top-k.y[i]
		p.Line(canvas.Stroke{Colour: s.colour, Width: 1, Dash: s.dash}, x, y, x+15, y)
		p.Text(x+19, y, s.variant, canvas.ToRight)
	}
}
