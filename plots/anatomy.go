package plots

import (
	"fmt"
	"strings"

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
	f.draw = func(p *pen, w, h pt) error {
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

// anatomyLayout is where everything of an anatomy stands.
type anatomyLayout struct {
	an            *recording.Anatomy
	width, height pt
	wires         []*wire
	boxes         []rect // of areas
	input, output rect   // of the texts below and above
	labels        []rect // of the wires that have one
	pitch         pt     // between lanes
	widest        float64
	key           []keyItem
}

// keyItem is one entry of the key below, at x, y.
type keyItem struct {
	text string
	line *stroke // nil: text alone
	x, y pt
}

// layAnatomy finds the places of everything.
func layAnatomy(d Data) *anatomyLayout {
	an := d.Anatomy
	p := &pen{s: d.style()}
	l := &anatomyLayout{an: an, wires: wiresOf(an), boxes: make([]rect, len(an.Areas))}
	longest, loopRoom := pt(0), pt(0)
	straightRoom := map[int]pt{}
	for _, w := range l.wires {
		longest = max(longest, p.width(w.label))
		switch w.route {
		case loop:
			loopRoom = max(loopRoom, loopReach+p.width(w.label)+8)
		case straight:
			straightRoom[w.from] += p.width(w.label) + straightGap
		}
		if w.connection != nil {
			l.widest = max(l.widest, w.connection.Share)
		}
	}
	boxWidth := pt(64)
	for _, a := range an.Areas {
		boxWidth = max(boxWidth, min(p.widthOf(a.Name, write{bold: true}), 120)+12, p.width(shapeOf(a))+12)
	}
	for _, r := range straightRoom {
		boxWidth = max(boxWidth, r+6)
	}
	// Widths: as wide as lanes ask for, within two columns.
	nl, nr := pt(lanes(l.wires, leftLane)), pt(lanes(l.wires, rightLane))
	const margin, first = 8, 14
	fixed := 2*margin + loopRoom + boxWidth
	for _, n := range []pt{nl, nr} {
		if n > 0 {
			fixed += first
		}
	}
	l.pitch = 11
	l.width = d.width(max(OneColumn, min(fixed+(nl+nr)*l.pitch, TwoColumns)))
	if nl+nr > 0 {
		l.pitch = max(min(l.pitch, (l.width-fixed)/(nl+nr)), 3)
	}
	left := margin + (l.width-fixed-(nl+nr)*l.pitch)/2 + nl*l.pitch + loopRoom
	if nl > 0 {
		left += first
	}
	// Heights: as high as ports ask for.
	most := 0
	for i := range an.Areas {
		most = max(most, len(portsOf(l.wires, i, false, 0)), len(portsOf(l.wires, i, true, 0)))
	}
	pitch := max(3.2, min(7, 42/pt(max(most, 1))))
	gap := max(26, longest+10)
	keyHeight := l.layKey(p)
	y := keyHeight + 8
	l.input = rect{left, y, left + boxWidth, y + 2*p.s.Text + 4}
	y = l.input.t + 18
	for i := range an.Areas {
		ls, rs := portsOf(l.wires, i, true, pitch), portsOf(l.wires, i, false, pitch)
		h := max(36, room(ls)+4, room(rs)+4)
		l.boxes[i] = rect{left, y, left + boxWidth, y + h}
		settle(ls, y+h/2)
		settle(rs, y+h/2)
		y += h + gap
	}
	y += 18 - gap
	l.output = rect{left, y, left + boxWidth, y + 2*p.s.Text + 4}
	l.height = l.output.t + 6
	narrow(&l.input, p.width(inputOf(an)))
	narrow(&l.output, p.width(readoutOf(an)))
	settle(portsOf(l.wires, -1, true, 0), l.input.t-p.s.Text/2-1)
	settle(portsOf(l.wires, len(an.Areas), true, 0), l.output.b+p.s.Text/2+1)
	l.layWires(p, left-loopRoom-first, left+boxWidth+first)
	return l
}

// narrow keeps the middle of a rectangle, as wide as a text.
func narrow(r *rect, width pt) { r.l, r.r = r.cx()-width/2-3, r.cx()+width/2+3 }

func inputOf(an *recording.Anatomy) string {
	if an.Input == "" {
		return "input"
	}
	return an.Input
}

func readoutOf(an *recording.Anatomy) string {
	if n := len(an.Classes); n > 0 {
		return fmt.Sprintf("readout of %d classes", n)
	}
	return "readout"
}

const straightGap = pt(13) // from the label of one straight wire to the next

// layWires sets the x of wires and the places of labels.
func (l *anatomyLayout) layWires(p *pen, left, right pt) {
	next := map[int]pt{}
	half := p.s.Text * capital / 2
	for _, w := range l.wires {
		switch w.route {
		case straight:
			from, to := l.node(w.from), l.node(w.to)
			w.y0, w.y1 = from.t, to.b
			w.x = to.l + 0.3*to.w()
			if len(l.between(w.from)) > 1 {
				w.x = to.l + 8 + next[w.from]
			}
			if w.connection == nil && len(l.between(w.from)) == 1 {
				w.x = to.cx()
			}
			next[w.from] += p.width(w.label) + straightGap
			l.label(w, rect{w.x + 3.5, (w.y0+w.y1)/2 - half, w.x + 3.5 + p.width(w.label), (w.y0+w.y1)/2 + half})
		case loop:
			x, y := l.boxes[w.from].l-loopReach-4, (w.y0+w.y1)/2
			l.label(w, rect{x - p.width(w.label), y - half, x, y + half})
		default:
			w.x = left - pt(w.lane)*l.pitch
			if w.route == rightLane {
				w.x = right + pt(w.lane)*l.pitch
			}
			middle := (w.low() + w.high() - 1) / 2
			if middle < 0 {
				middle = 0
			}
			y := (l.node(middle).t + l.node(middle+1).b) / 2
			dx, dy := p.width(w.label)/2, half
			if l.turned(p, w) {
				dx, dy = dy, dx
			}
			l.label(w, rect{w.x - dx, y - dy, w.x + dx, y + dy})
		}
	}
}

// turned reports whether the label of a lane does not fit across it.
func (l *anatomyLayout) turned(p *pen, w *wire) bool {
	return (w.route == leftLane || w.route == rightLane) && p.width(w.label)+1.5 > l.pitch
}

func (l *anatomyLayout) label(w *wire, r rect) { l.labels = append(l.labels, r) }

// between lists the straight wires that leave a node.
func (l *anatomyLayout) between(node int) []*wire {
	var some []*wire
	for _, w := range l.wires {
		if w.route == straight && w.from == node {
			some = append(some, w)
		}
	}
	return some
}

// node returns the rectangle of an area, the input (-1) or the readout (n).
func (l *anatomyLayout) node(i int) rect {
	switch {
	case i < 0:
		return l.input
	case i >= len(l.boxes):
		return l.output
	}
	return l.boxes[i]
}

// layKey places the key and returns its height.
func (l *anatomyLayout) layKey(p *pen) pt {
	dead, windowed, roles := false, false, map[string]bool{}
	for _, c := range l.an.Connections {
		roles[c.Role] = true
		dead = dead || c.Dead
		windowed = windowed || strings.Contains(delayLabel(&c, l.an.Steps), "@")
	}
	for _, r := range []string{recording.Feedforward, recording.Lateral, recording.Feedback, recording.Bypass, recording.Self} {
		if roles[r] {
			name := r
			if r == recording.Self {
				name = "identity"
			}
			l.key = append(l.key, keyItem{text: name, line: &stroke{colour: p.s.Role(r), width: 1, dash: dashOf(r, false)}})
		}
	}
	if dead {
		l.key = append(l.key, keyItem{text: "cannot reach the readout", line: &stroke{colour: p.s.Ink, width: 1, dash: dashOf("", true)}})
	}
	if len(l.an.Connections) > 0 {
		text := "number: delay in slices"
		if ms := l.an.MSPerStep; ms > 0 {
			text += fmt.Sprintf(" of %s ms", number(ms))
		}
		l.key = append(l.key, keyItem{text: text})
	}
	if windowed {
		l.key = append(l.key, keyItem{text: "@: slices at which signals arrive"})
	}
	const margin, sample, gap = 8, 19, 12
	x, rows := pt(margin), 0
	row := p.s.Text + 4
	for i := range l.key {
		k := &l.key[i]
		w := p.width(k.text)
		if k.line != nil {
			w += sample
		}
		if x > margin && x+w > l.width-margin {
			x, rows = margin, rows+1
		}
		k.x, k.y = x, pt(rows)
		x += w + gap
	}
	if len(l.key) == 0 {
		return 0
	}
	for i := range l.key {
		l.key[i].y = 8 + (pt(rows)-l.key[i].y)*row
	}
	return 8 + pt(rows)*row + p.s.Text
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
	line := p.s.Text + 2.5
	p.text(r.cx(), r.cy()+line, fit(p, a.Name, r.w()-8), write{ax: 0.5, ay: 0.5, bold: true})
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
	what := "Anatomy"
	if an.Name != "" {
		what += " of " + an.Name
	}
	what += fmt.Sprintf(": %s and %s over %s", many(float64(len(an.Areas)), "area"), many(float64(len(an.Connections)), "connection"), many(float64(an.Steps), "time slice"))
	lines := "A line is a connection, drawn once however many slices it is used at; numbers are delays in slices, @ the slices at which signals arrive where not all"
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
