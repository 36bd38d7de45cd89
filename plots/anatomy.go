package plots

import (
	"fmt"

	"gonum.org/v1/plot/vg"

	"ventral/cortex/recording"
)

// anatomy draws areas and connections: the first area at the bottom, forward
// connections left, feedback right and dashed, lateral loops beside, each with
// its delay. A connection is one line however many slices it is unrolled to.
func anatomy(d Data) (*Figure, error) {
	an := d.Anatomy
	if len(an.Areas) == 0 {
		return nil, errAbsent
	}
	l := layAnatomy(d)
	f := &Figure{Title: "Anatomy", Width: l.width, Height: l.height, Caption: anatomyCaption(an)}
	f.paint = func(p *pen, w, h pt) error {
		if s := min(w/l.width, h/l.height); s < 0.999 {
			p.c.Push()
			defer p.c.Pop()
			p.c.Scale(float64(s), float64(s))
		}
		l.draw(p)
		return nil
	}
	return f, nil
}

// dashOf returns the dashes of a role's lines.
func dashOf(role string, dead bool) []pt {
	switch {
	case dead:
		return []pt{0.9, 1.7}
	case role == recording.Feedback:
		return []pt{4, 1.8}
	}
	return nil
}

// strokeOf returns how a wire looks. Widths are measured shares of the
// target's drive where any is known.
func (l *anatomyLayout) strokeOf(s Style, w *wire) stroke {
	if w.connection == nil {
		return stroke{colour: s.Ink, width: 1}
	}
	k := stroke{colour: s.Role(w.connection.Role), width: 1, dash: dashOf(w.connection.Role, w.connection.Dead)}
	if l.widest > 0 && !w.connection.Dead {
		k.width = 0.5 + 2.5*pt(min(max(w.connection.Share, 0), 1))
	}
	return k
}

func (l *anatomyLayout) draw(p *pen) {
	for i, a := range l.an.Areas {
		l.box(p, i, a)
	}
	name, aside := write{ax: 0.5, ay: 1}, write{ax: 0.5, ay: 1, colour: p.s.Muted}
	p.text(l.input.cx(), l.input.t-1, inputOf(l.an), name)
	p.text(l.input.cx(), l.input.t-p.s.Text-3, onSlices("", l.an.InputSlices, l.an.Steps), aside)
	if _, ok := placeOf(l.an, l.an.Readout); ok {
		p.text(l.output.cx(), l.output.b+p.s.Text, readoutOf(l.an), name)
		p.text(l.output.cx(), l.output.b+2*p.s.Text+2, onSlices("loss: ", l.an.TrainSlices, -1), aside)
	}
	for _, w := range l.wires {
		l.wire(p, w)
	}
	for i, w := range l.wires {
		r := l.labels[i]
		if w.label == "" {
			continue
		}
		k := write{ax: 0.5, ay: 0.5, turned: l.turned(p, w), colour: p.s.Ink}
		if w.connection.Dead {
			k.colour = p.s.Muted
		}
		if w.route == leftLane || w.route == rightLane {
			p.fill(rect{r.l - 0.8, r.b - 1.2, r.r + 0.8, r.t + 1.2}, p.s.Paper)
		}
		p.text(r.cx(), r.cy(), w.label, k)
	}
	for _, k := range l.key {
		x := k.x
		if k.line != nil {
			p.line(*k.line, x, k.y, x+15, k.y)
			x += 19
		}
		p.text(x, k.y, k.text, write{ay: 0.5, colour: p.s.Muted})
	}
}

// onSlices prints slices, nothing where they are all.
func onSlices(before string, s []int, steps int) string {
	if len(s) == 0 {
		return ""
	}
	if len(s) == steps {
		return before + "at every slice"
	}
	text := plural("slice", s)
	if len(text) > 28 {
		text = fmt.Sprintf("%d slices, %d to %d", len(s), s[0], s[len(s)-1])
	}
	return before + text
}

func placeOf(an *recording.Anatomy, name string) (int, bool) {
	for i, a := range an.Areas {
		if a.Name == name {
			return i, true
		}
	}
	return 0, false
}

func shapeOf(a recording.AnatomyArea) string {
	return fmt.Sprintf("%d×%d×%d", a.Shape[0], a.Shape[1], a.Shape[2])
}

// box draws an area: name, shape, and the slice it first hears the image.
func (l *anatomyLayout) box(p *pen, i int, a recording.AnatomyArea) {
	r, c := l.boxes[i], p.s.Area(i, len(l.boxes))
	s := stroke{colour: c, width: 1}
	onset := fmt.Sprintf("onset %d", a.Onset)
	if a.Onset < 0 {
		onset, s.dash = "never reached", []pt{2, 1.5}
	} else {
		p.fill(r, p.s.tint(c, 0.22))
	}
	p.frame(r, s)
	line := min(p.s.Text+2.5, (r.h()-p.s.Text*capital-8)/2)
	p.text(r.cx(), r.cy()+line, fitBold(p, a.Name, r.w()-8), write{ax: 0.5, ay: 0.5, bold: true})
	p.text(r.cx(), r.cy(), shapeOf(a), centred)
	p.text(r.cx(), r.cy()-line, onset, centred)
}

func (l *anatomyLayout) wire(p *pen, w *wire) {
	s := l.strokeOf(p.s, w)
	size := 3.5 + s.width
	back := size * 0.8 // the line ends inside the head
	var path vg.Path
	at := func(x, y pt) vg.Point { return vg.Point{X: x, Y: y} }
	switch w.route {
	case straight:
		path.Move(at(w.x, w.y0+0.5))
		path.Line(at(w.x, w.y1-back-0.5))
		p.path(s, path)
		p.head(w.x, w.y1-0.5, 0, 1, size, s.colour)
	case loop:
		x := l.boxes[w.from].l - 0.5
		path.Move(at(x, w.y0))
		path.CubeTo(at(x-1.33*loopReach, w.y0+1), at(x-1.33*loopReach, w.y1-1), at(x-back, w.y1))
		p.path(s, path)
		p.head(x, w.y1, 1, 0, size, s.colour)
	default:
		from, to, side := l.edge(w.from, w.route), l.edge(w.to, w.route), pt(1) // side points away from boxes
		if w.route == leftLane {
			side = -1
		}
		up := pt(1)
		if w.y1 < w.y0 {
			up = -1
		}
		radius := min(9, max(up*(w.y1-w.y0)/2, 0), side*(w.x-from), side*(w.x-to))
		path.Move(at(from, w.y0))
		path.Line(at(w.x-side*radius, w.y0))
		path.QuadTo(at(w.x, w.y0), at(w.x, w.y0+up*radius))
		path.Line(at(w.x, w.y1-up*radius))
		path.QuadTo(at(w.x, w.y1), at(w.x-side*radius, w.y1))
		path.Line(at(to+side*back, w.y1))
		p.path(s, path)
		p.head(to, w.y1, -side, 0, size, s.colour)
	}
}

// edge returns the x at which a wire beside the boxes meets a node: the side
// of an area's box, or of the text of input and readout.
func (l *anatomyLayout) edge(node int, r route) pt {
	b, gap := l.node(node), pt(0.5)
	if r == leftLane {
		return b.l - gap
	}
	return b.r + gap
}

func anatomyCaption(an *recording.Anatomy) string {
	dead := 0
	for _, c := range an.Connections {
		if c.Dead {
			dead++
		}
	}
	what := ""
	if an.Name != "" {
		what = an.Name + ": "
	}
	what += fmt.Sprintf("%s and %s over %s", many(float64(len(an.Areas)), "area"), many(float64(len(an.Connections)), "connection"), many(float64(an.Steps), "time slice"))
	lines := "A line is a connection, drawn once however many slices it is used at; delays are in the key, and in slices beside the connections of another delay; @ the slices at which signals arrive where not all"
	share := ""
	for _, c := range an.Connections {
		if c.Share > 0 {
			share = "Width of lines: measured share of the target's drive"
		}
	}
	dots := ""
	if dead > 0 {
		dots = fmt.Sprintf("Dotted: %d of the connections cannot reach the readout at a slice the loss reads", dead)
	}
	return caption(what, "Boxes: height × width × channels, and the slice at which the image first arrives (onset)", lines, share, dots, msOf(an.MSPerStep))
}
