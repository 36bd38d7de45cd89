package wiring

import (
	"fmt"
	"strings"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// diagramLayout is where everything of an anatomy stands.
type diagramLayout struct {
	an            *recording.Anatomy
	width, height canvas.Pt
	wires         []*wire
	boxes         []canvas.Rect // of areas
	input, output canvas.Rect   // of the texts below and above
	labels        []canvas.Rect // of the wires that have one
	pitch         canvas.Pt     // between lanes
	widest        float64
	key           []keyItem
}

// keyItem is one entry of the key below, at x, y.
type keyItem struct {
	text string
	line *canvas.Stroke // nil: text alone
	x, y canvas.Pt
}

// layDiagram finds the places of everything.
func layDiagram(an *recording.Anatomy, s canvas.Style, width canvas.Pt) *diagramLayout {
	p := &canvas.Pen{Style: s}
	l := &diagramLayout{an: an, wires: wiresOf(an), boxes: make([]canvas.Rect, len(an.Areas))}
	longest, loopRoom := canvas.Pt(0), canvas.Pt(0)
	straightRoom := map[int]canvas.Pt{}
	for _, w := range l.wires {
		longest = max(longest, p.Width(w.label))
		switch w.route {
		case loop:
			loopRoom = max(loopRoom, loopReach+p.Width(w.label)+8)
		case straight:
			straightRoom[w.from] += p.Width(w.label) + straightGap
		}
		if w.connection != nil {
			l.widest = max(l.widest, w.connection.Share)
		}
	}
	boxWidth := canvas.Pt(64)
	for _, a := range an.Areas {
		boxWidth = max(boxWidth, min(p.WidthOf(a.Name, canvas.TextStyle{Bold: true}), 170)+12, p.Width(shapeOf(a))+12)
	}
	for _, r := range straightRoom {
		boxWidth = max(boxWidth, r+6)
	}
	// Widths: as wide as lanes ask for, within two columns.
	nl, nr := canvas.Pt(lanes(l.wires, leftLane)), canvas.Pt(lanes(l.wires, rightLane))
	const margin, first = 8, 14
	fixed := 2*margin + loopRoom + boxWidth
	for _, n := range []canvas.Pt{nl, nr} {
		if n > 0 {
			fixed += first
		}
	}
	l.pitch = 11
	if l.width = width; width == 0 {
		l.width = max(canvas.OneColumn, min(fixed+(nl+nr)*l.pitch, canvas.TwoColumns))
	}
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
	pitch := max(3.2, min(7, 42/canvas.Pt(max(most, 1))))
	least, gap := canvas.Pt(36), max(26, longest+10)
	if len(an.Areas) > 8 { // to stay within a page
		least, gap = 29, max(17, longest+8)
	}
	keyHeight := l.layKey(p)
	y := keyHeight + 8
	l.input = canvas.Edges(left, y, left+boxWidth, y+2*p.Style.Text+4)
	y = l.input.T + 18
	for i := range an.Areas {
		ls, rs := portsOf(l.wires, i, true, pitch), portsOf(l.wires, i, false, pitch)
		h := max(least, room(ls)+4, room(rs)+4)
		l.boxes[i] = canvas.Edges(left, y, left+boxWidth, y+h)
		settle(ls, y+h/2)
		settle(rs, y+h/2)
		y += h + gap
	}
	y += 18 - gap
	l.output = canvas.Edges(left, y, left+boxWidth, y+2*p.Style.Text+4)
	l.height = l.output.T + 6
	narrow(&l.input, p.Width(inputOf(an)))
	narrow(&l.output, p.Width(readoutOf(an)))
	settle(portsOf(l.wires, -1, true, 0), l.input.T-p.Style.Text/2-1)
	settle(portsOf(l.wires, len(an.Areas), true, 0), l.output.B+p.Style.Text/2+1)
	l.layWires(p, left-loopRoom-first, left+boxWidth+first)
	return l
}

// narrow keeps the middle of a rectangle, as wide as a text.
func narrow(r *canvas.Rect, width canvas.Pt) { r.L, r.R = r.CX()-width/2-3, r.CX()+width/2+3 }

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

const straightGap = canvas.Pt(13) // from the label of one straight wire to the next

// layWires sets the x of wires and the places of labels.
func (l *diagramLayout) layWires(p *canvas.Pen, left, right canvas.Pt) {
	next := map[int]canvas.Pt{}
	half := p.Style.Text * canvas.Capital / 2
	for _, w := range l.wires {
		switch w.route {
		case straight:
			from, to := l.node(w.from), l.node(w.to)
			w.y0, w.y1 = from.T, to.B
			w.x = to.L + 0.3*to.W()
			if len(l.between(w.from)) > 1 {
				w.x = to.L + 8 + next[w.from]
			}
			if w.connection == nil && len(l.between(w.from)) == 1 {
				w.x = to.CX()
			}
			next[w.from] += p.Width(w.label) + straightGap
			l.label(w, canvas.Edges(w.x+3.5, (w.y0+w.y1)/2-half, w.x+3.5+p.Width(w.label), (w.y0+w.y1)/2+half))
		case loop:
			x, y := l.boxes[w.from].L-loopReach-4, (w.y0+w.y1)/2
			l.label(w, canvas.Edges(x-p.Width(w.label), y-half, x, y+half))
		default:
			w.x = left - canvas.Pt(w.lane)*l.pitch
			if w.route == rightLane {
				w.x = right + canvas.Pt(w.lane)*l.pitch
			}
			middle := (w.low() + w.high() - 1) / 2
			if middle < 0 {
				middle = 0
			}
			y := (l.node(middle).T + l.node(middle+1).B) / 2
			dx, dy := p.Width(w.label)/2, half
			if l.turned(p, w) {
				dx, dy = dy, dx
			}
			l.label(w, canvas.Edges(w.x-dx, y-dy, w.x+dx, y+dy))
		}
	}
}

// turned reports whether the label of a lane does not fit across it.
func (l *diagramLayout) turned(p *canvas.Pen, w *wire) bool {
	return (w.route == leftLane || w.route == rightLane) && p.Width(w.label)+1.5 > l.pitch
}

func (l *diagramLayout) label(w *wire, r canvas.Rect) { l.labels = append(l.labels, r) }

// between lists the straight wires that leave a node.
func (l *diagramLayout) between(node int) []*wire {
	var some []*wire
	for _, w := range l.wires {
		if w.route == straight && w.from == node {
			some = append(some, w)
		}
	}
	return some
}

// node returns the rectangle of an area, the input (-1) or the readout (n).
func (l *diagramLayout) node(i int) canvas.Rect {
	switch {
	case i < 0:
		return l.input
	case i >= len(l.boxes):
		return l.output
	}
	return l.boxes[i]
}

// layKey places the key and returns its height.
func (l *diagramLayout) layKey(p *canvas.Pen) canvas.Pt {
	dead, windowed, roles := false, false, map[string]bool{}
	for _, c := range l.an.Connections {
		roles[c.Role] = true
		dead = dead || c.Dead
		windowed = windowed || strings.Contains(delayLabel(&c, l.an.Steps), "@")
	}
	delays, delay := delayKey(l.an)
	for _, r := range []string{recording.Feedforward, recording.Lateral, recording.Feedback, recording.Bypass, recording.Self} {
		if roles[r] {
			name := r
			if r == recording.Self {
				name = "identity"
			}
			l.key = append(l.key, keyItem{text: name + delays[r], line: &canvas.Stroke{Colour: roleColour(p.Style, r), Width: 1, Dash: dashOf(r, false)}})
		}
	}
	if dead {
		l.key = append(l.key, keyItem{text: "cannot reach the readout", line: &canvas.Stroke{Colour: p.Style.Ink, Width: 1, Dash: dashOf("", true)}})
	}
	if len(l.an.Connections) > 0 {
		l.key = append(l.key, keyItem{text: delay})
	}
	if windowed {
		l.key = append(l.key, keyItem{text: "@: steps at which signals arrive"})
	}
	const margin, sample, gap = 8, 19, 12
	x, rows := canvas.Pt(margin), 0
	row := p.Style.Text + 4
	for i := range l.key {
		k := &l.key[i]
		w := p.Width(k.text)
		if k.line != nil {
			w += sample
		}
		if x > margin && x+w > l.width-margin {
			x, rows = margin, rows+1
		}
		k.x, k.y = x, canvas.Pt(rows)
		x += w + gap
	}
	if len(l.key) == 0 {
		return 0
	}
	for i := range l.key {
		l.key[i].y = 8 + (canvas.Pt(rows)-l.key[i].y)*row
	}
	return 8 + canvas.Pt(rows)*row + p.Style.Text
}
