package plots

// key names the variants above panels that share it.
type key struct {
	all    []series
	x, y   []pt // from the upper left corner, downwards
	height pt
}

// placeKey arranges a key in a width. A single series needs none.
func placeKey(p *pen, all []series, width pt) key {
	var k key
	if len(all) < 2 {
		return k
	}
	x, y, line := pt(0), pt(7), p.s.Text+4
	for _, s := range all {
		s.variant = fit(p, s.variant, width-19)
		w := 19 + p.width(s.variant)
		if x > 0 && x+w > width {
			x, y = 0, y+line
		}
		k.all, k.x, k.y = append(k.all, s), append(k.x, x), append(k.y, y)
		x += w + 12
	}
	k.height = y + 5
	return k
}

func (k key) draw(p *pen, left, top pt) {
	for i, s := range k.all {
		x, y := left+k.x[i], top-k.y[i]
		p.line(stroke{colour: s.colour, width: 1, dash: s.dash}, x, y, x+15, y)
		p.text(x+19, y, s.variant, toRight)
	}
}
