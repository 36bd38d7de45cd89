package wiring

import (
	"fmt"

	"gonum.org/v1/plot/vg"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// Diagram draws areas and connections: the first area at the bottom, forward
// connections left, feedback right and dashed, lateral loops beside, each with
// its delay. A connection is one line however many steps it is unrolled to.
// A width of 0 is the figure's own.
func Diagram(an *recording.Anatomy, s canvas.Style, width canvas.Pt) *canvas.Figure {
	l := layDiagram(an, s, width)
	f := &canvas.Figure{Name: "anatomy", Title: "Anatomy", Style: s, Width: l.width, Height: l.height, Caption: captionOf(an)}
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		if s := min(w/l.width, h/l.height); s < 0.999 {
			p.Canvas.Push()
			defer p.Canvas.Pop()
			p.Canvas.Scale(float64(s), float64(s))
		}
		l.draw(p)
		return nil
	}
	return f
}

// dashOf returns the dashes of a role's lines.
func dashOf(role string, dead bool) []canvas.Pt {
	switch {
	case dead:
		return []canvas.Pt{0.9, 1.7}
	case role == recording.Feedback:
		return []canvas.Pt{4, 1.8}
	}
	return nil
}

// strokeOf returns how a wire looks. Widths are measured shares of the
// target's drive where any is known.
func (l *diagramLayout) strokeOf(s canvas.Style, w *wire) canvas.Stroke {
	if w.connection == nil {
		return canvas.Stroke{Colour: s.Ink, Width: 1}
	}
	k := canvas.Stroke{Colour: roleColour(s, w.connection.Role), Width: 1, Dash: dashOf(w.connection.Role, w.connection.Dead)}
	if l.widest > 0 && !w.connection.Dead {
		k.Width = 0.5 + 2.5*canvas.Pt(min(max(w.connection.Share, 0), 1))
	}
	return k
}

func (l *diagramLayout) draw(p *canvas.Pen) {
	for i, a := range l.an.Areas {
		l.box(p, i, a)
	}
	name, aside := canvas.TextStyle{AX: 0.5, AY: 1}, canvas.TextStyle{AX: 0.5, AY: 1, Colour: p.Style.Muted}
	p.Text(l.input.CX(), l.input.T-1, inputOf(l.an), name)
	p.Text(l.input.CX(), l.input.T-p.Style.Text-3, onSteps("", imageSteps(l.an), l.an.Steps), aside)
	if _, ok := placeOf(l.an, l.an.Readout); ok {
		p.Text(l.output.CX(), l.output.B+p.Style.Text, readoutOf(l.an), name)
		p.Text(l.output.CX(), l.output.B+2*p.Style.Text+2, onSteps("loss: ", l.an.TrainSteps, -1), aside)
	}
	for _, w := range l.wires {
		l.wire(p, w)
	}
	for i, w := range l.wires {
		r := l.labels[i]
		if w.label == "" {
			continue
		}
		k := canvas.TextStyle{AX: 0.5, AY: 0.5, Turned: l.turned(p, w), Colour: p.Style.Ink}
		if w.connection.Dead {
			k.Colour = p.Style.Muted
		}
		if w.route == leftLane || w.route == rightLane {
			p.Fill(canvas.Edges(r.L-0.8, r.B-1.2, r.R+0.8, r.T+1.2), p.Style.Paper)
		}
		p.Text(r.CX(), r.CY(), w.label, k)
	}
	for _, k := range l.key {
		x := k.x
		if k.line != nil {
			p.Line(*k.line, x, k.y, x+15, k.y)
			x += 19
		}
		p.Text(x, k.y, k.text, canvas.TextStyle{AY: 0.5, Colour: p.Style.Muted})
	}
}

// imageSteps are the steps at which an image is on the screen, and no mask or blank.
func imageSteps(an *recording.Anatomy) (steps []int) {
	if an.Strip == nil {
		return an.InputSteps
	}
	for _, s := range an.Strip {
		for t := max(s.From, 0); s.Kind == "image" && t <= min(s.To, an.Steps-1); t++ {
			steps = append(steps, t)
		}
	}
	return steps
}

// onSteps prints steps, nothing where they are all.
func onSteps(before string, s []int, steps int) string {
	if len(s) == 0 {
		return ""
	}
	if len(s) == steps {
		return before + "at every step"
	}
	text := canvas.Plural("step", s)
	if len(text) > 28 {
		text = fmt.Sprintf("%d steps, %d to %d", len(s), s[0], s[len(s)-1])
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

// box draws an area: name, shape, and the step it first hears the image.
func (l *diagramLayout) box(p *canvas.Pen, i int, a recording.AnatomyArea) {
	r, c := l.boxes[i], p.Style.Area(i, len(l.boxes))
	s := canvas.Stroke{Colour: c, Width: 1}
	onset := fmt.Sprintf("onset %d", a.Onset)
	if a.Onset < 0 {
		onset, s.Dash = "never reached", []canvas.Pt{2, 1.5}
	} else {
		p.Fill(r, p.Style.Tint(c, 0.22))
	}
	p.Frame(r, s)
	line := min(p.Style.Text+2.5, (r.H()-p.Style.Text*canvas.Capital-8)/2)
	p.Text(r.CX(), r.CY()+line, canvas.FitBold(p, a.Name, r.W()-8), canvas.TextStyle{AX: 0.5, AY: 0.5, Bold: true})
	p.Text(r.CX(), r.CY(), shapeOf(a), canvas.Centred)
	p.Text(r.CX(), r.CY()-line, onset, canvas.Centred)
}

func (l *diagramLayout) wire(p *canvas.Pen, w *wire) {
	s := l.strokeOf(p.Style, w)
	size := 3.5 + s.Width
	back := size * 0.8 // the line ends inside the head
	var path vg.Path
	at := func(x, y canvas.Pt) vg.Point { return vg.Point{X: x, Y: y} }
	switch w.route {
	case straight:
		path.Move(at(w.x, w.y0+0.5))
		path.Line(at(w.x, w.y1-back-0.5))
		p.Path(s, path)
		p.ArrowHead(w.x, w.y1-0.5, 0, 1, size, s.Colour)
	case loop:
		x := l.boxes[w.from].L - 0.5
		path.Move(at(x, w.y0))
		path.CubeTo(at(x-1.33*loopReach, w.y0+1), at(x-1.33*loopReach, w.y1-1), at(x-back, w.y1))
		p.Path(s, path)
		p.ArrowHead(x, w.y1, 1, 0, size, s.Colour)
	default:
		from, to, side := l.edge(w.from, w.route), l.edge(w.to, w.route), canvas.Pt(1) // side points away from boxes
		if w.route == leftLane {
			side = -1
		}
		up := canvas.Pt(1)
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
		p.Path(s, path)
		p.ArrowHead(to, w.y1, -side, 0, size, s.Colour)
	}
}

// edge returns the x at which a wire beside the boxes meets a node: the side
// of an area's box, or of the text of input and readout.
func (l *diagramLayout) edge(node int, r route) canvas.Pt {
	b, gap := l.node(node), canvas.Pt(0.5)
	if r == leftLane {
		return b.L - gap
	}
	return b.R + gap
}

func captionOf(an *recording.Anatomy) string {
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
	what += fmt.Sprintf("%s and %s over %s", canvas.Many(float64(len(an.Areas)), "area"), canvas.Many(float64(len(an.Connections)), "connection"), canvas.Many(float64(an.Steps), "time step"))
	lines := "A line is a connection, drawn once however many steps it is used at; delays are in the key, and in steps beside the connections of another delay; @ the steps at which signals arrive where not all"
	share := ""
	for _, c := range an.Connections {
		if c.Share > 0 {
			share = "Width of lines: measured share of the target's drive"
		}
	}
	dots := ""
	if dead > 0 {
		dots = fmt.Sprintf("Dotted: %d of the connections cannot reach the readout at a step the loss reads", dead)
	}
	return canvas.Sentences(what, "Boxes: height × width × channels, and the step at which the image first arrives (onset)", lines, share, dots, StepLasts(an.MSPerStep))
}
