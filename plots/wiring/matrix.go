package wiring

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// Matrix draws connections as cells, a row for the area they leave and a column
// for the one they enter: in a panel those that deliver at every step, and in one
// for each window the others, with the areas that they join. Equal letters are
// equal weights. A width of 0 is the figure's own.
func Matrix(an *recording.Anatomy, s canvas.Style, width canvas.Pt) *canvas.Figure {
	m := layMatrix(an, s, width)
	f := &canvas.Figure{Name: "matrix", Title: "Connection matrix", Style: s, Width: m.width, Height: m.height, Caption: m.caption()}
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		if s := min(w/m.width, h/m.height); s < 0.999 {
			p.Canvas.Push()
			defer p.Canvas.Pop()
			p.Canvas.Scale(float64(s), float64(s))
		}
		m.draw(p)
		return nil
	}
	return f
}

var ofStep = regexp.MustCompile(`@\d+$`)

// lettersOf gives a letter to every sharing set of several connections: A … Z,
// then AA and so on.
func lettersOf(an *recording.Anatomy) map[string]string {
	uses, letters := map[string]int{}, map[string]string{}
	for _, c := range an.Connections {
		uses[ofStep.ReplaceAllString(c.Set, "")]++
	}
	for _, c := range an.Connections {
		set := ofStep.ReplaceAllString(c.Set, "")
		if letters[set] == "" && uses[set] > 1 && set != "" {
			k, name := len(letters), ""
			for ; k >= 0; k = k/26 - 1 {
				name = string(rune('A'+k%26)) + name
			}
			letters[set] = name
		}
	}
	return letters
}

// matrixLayout is where the panels stand.
type matrixLayout struct {
	an                  *recording.Anatomy
	width, height       canvas.Pt
	panels              []matrixPanel
	places              []canvas.Rect // of panels, from the upper left corner, downwards
	all                 int           // panels before the rest was left out
	cellW, cellH        canvas.Pt
	rowHead, columnHead canvas.Pt
	size                canvas.Pt // of the text in cells
	letters             map[string]string
	usual               map[string]int // delays, by role
	key                 []matrixKey
}

// matrixKey is an entry of the key below: a role, or a text alone, at x, y.
type matrixKey struct {
	role, text string
	x, y       canvas.Pt
}

const matrixGap, matrixMargin = canvas.Pt(16), canvas.Pt(8)

// layMatrix finds the places of everything.
func layMatrix(an *recording.Anatomy, s canvas.Style, width canvas.Pt) *matrixLayout {
	p := &canvas.Pen{Style: s}
	m := &matrixLayout{an: an, panels: panelsOf(an), letters: lettersOf(an), usual: usualDelays(an), size: 6}
	m.all = len(m.panels)
	m.panels = m.panels[:min(len(m.panels), mostPanels)]
	most := 1 // columns of a panel
	for _, panel := range m.panels {
		most = max(most, len(panel.columns))
	}
	for _, a := range an.Areas {
		m.rowHead = max(m.rowHead, min(p.WidthOf(a.Name, canvas.TextStyle{Bold: true}), 90))
	}
	m.rowHead = max(m.rowHead+5, p.Width("from ↓ to →")+4)
	m.columnHead = 2*p.Style.Text + 10
	// Cells as wide as the longest line of their text, unless panels get wider
	// than two columns.
	want := canvas.Pt(30)
	for _, c := range an.Connections {
		for _, line := range wrapKind(p, c.Kind, 52, m.size) {
			want = max(want, p.WidthOf(line, canvas.TextStyle{Size: m.size})+9)
		}
	}
	for _, a := range an.Areas {
		want = max(want, min(p.WidthOf(a.Name, canvas.TextStyle{Bold: true})+4, 60))
	}
	limit := cmp.Or(width, canvas.TwoColumns) - 2*matrixMargin
	m.cellW = min(want, (limit-m.rowHead)/canvas.Pt(most))
	m.cellH = 3*(m.size+1.5) + 4
	for _, panel := range m.panels {
		for _, cs := range panel.at {
			m.cellH = max(m.cellH, sum(m.heights(p, cs)))
		}
	}
	x, y, row, wide := canvas.Pt(0), canvas.Pt(0), canvas.Pt(0), canvas.Pt(0)
	for _, panel := range m.panels {
		w := max(m.rowHead+canvas.Pt(len(panel.columns))*m.cellW, p.Width(panel.heading())+panelName)
		h := m.columnHead + canvas.Pt(len(panel.rows))*m.cellH
		if x > 0 && x+w > limit {
			x, y, row = 0, y+row+matrixGap, 0
		}
		m.places = append(m.places, canvas.Edges(x, y, x+w, y+h))
		x, row, wide = x+w+matrixGap, max(row, h), max(wide, x+w)
	}
	m.width = max(wide+2*matrixMargin, cmp.Or(width, canvas.OneColumn))
	m.height = y + row + 2*matrixMargin + m.layKey(p) + 12
	return m
}

// layKey places the roles and what delays are, and returns the height of the key.
func (m *matrixLayout) layKey(p *canvas.Pen) canvas.Pt {
	delays, delay := delayKey(m.an)
	for _, r := range []string{recording.Feedforward, recording.Lateral, recording.Feedback, recording.Bypass, recording.Self} {
		if slices.ContainsFunc(m.an.Connections, func(c recording.AnatomyConnection) bool { return c.Role == r }) {
			name := r
			if r == recording.Self {
				name = "identity"
			}
			m.key = append(m.key, matrixKey{role: r, text: name + delays[r]})
		}
	}
	if len(m.key) > 0 {
		m.key = append(m.key, matrixKey{text: strings.Replace(delay, "number:", "d:", 1)})
	}
	const swatch, gap = 9, 10
	x, y := canvas.Pt(0), p.Style.Text/2
	for i := range m.key {
		k := &m.key[i]
		w := p.Width(k.text)
		if k.role != "" {
			w += swatch
		}
		if x > 0 && x+w > m.width-2*matrixMargin {
			x, y = 0, y+p.Style.Text+4
		}
		k.x, k.y = x, y
		x += w + gap
	}
	return y + p.Style.Text/2
}

// panelName is where the name of a panel begins, right of its letter.
const panelName = canvas.Pt(14)

// wrapKind breaks the name of a transform at blanks into lines of a width,
// keeping sizes with the word before them where they fit.
func wrapKind(p *canvas.Pen, kind string, width, size canvas.Pt) []string {
	fits := func(s string) bool { return p.WidthOf(s, canvas.TextStyle{Size: size}) <= width }
	var words, lines []string
	for _, word := range strings.Fields(strings.ReplaceAll(kind, "_", " ")) {
		if k := len(words) - 1; k >= 0 && strings.Contains(word, "×") && fits(words[k]+" "+word) {
			words[k] += " " + word
		} else {
			words = append(words, word)
		}
	}
	for _, word := range words {
		if k := len(lines) - 1; k >= 0 && fits(lines[k]+" "+word) {
			lines[k] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// lines is the text of a connection in a cell: kind, then delay where that is not the
// usual one.
func (m *matrixLayout) lines(p *canvas.Pen, c *recording.AnatomyConnection) []string {
	lines := wrapKind(p, c.Kind, m.cellW-7, m.size)
	if len(lines) > 3 {
		lines = append(lines[:2], strings.Join(lines[2:], " "))
	}
	for i := range lines {
		lines[i] = canvas.FitSize(p, lines[i], m.cellW-7, m.size)
	}
	if d, ok := m.usual[c.Role]; !ok || d != c.Delay {
		lines = append(lines, fmt.Sprintf("d %d", c.Delay))
	}
	return lines
}

// heights returns the least heights of the connections of a cell.
func (m *matrixLayout) heights(p *canvas.Pen, cs []*recording.AnatomyConnection) []canvas.Pt {
	var h []canvas.Pt
	for _, c := range cs {
		h = append(h, canvas.Pt(len(m.lines(p, c)))*(m.size+1.5)+5)
	}
	return h
}

func sum(v []canvas.Pt) canvas.Pt {
	s := canvas.Pt(0)
	for _, x := range v {
		s += x
	}
	return s
}

func (m *matrixLayout) draw(p *canvas.Pen) {
	wide := canvas.Pt(0)
	for _, r := range m.places {
		wide = max(wide, r.R)
	}
	left := (m.width - wide) / 2
	for k, r := range m.places {
		m.panel(p, k, left+r.L, m.height-matrixMargin-r.B)
	}
	left = (m.width - max(wide, m.width-2*matrixMargin)) / 2
	for _, k := range m.key {
		x, y := left+k.x, matrixMargin+m.key[len(m.key)-1].y-k.y+p.Style.Text/2
		if k.role != "" {
			p.Fill(canvas.Edges(x, y-3, x+6, y+3), roleColour(p.Style, k.role))
			x += 9
		}
		p.Text(x, y, k.text, canvas.TextStyle{AY: 0.5, Colour: p.Style.Muted})
	}
}

// panel draws one window with its upper left corner at x, y.
func (m *matrixLayout) panel(p *canvas.Pen, k int, x, y canvas.Pt) {
	an, panel := m.an, m.panels[k]
	left, top := x+m.rowHead, y-m.columnHead
	wide, high := canvas.Pt(len(panel.columns))*m.cellW, canvas.Pt(len(panel.rows))*m.cellH
	if len(m.panels) > 1 {
		p.Letter(x, y, k)
		p.Text(x+panelName, y-1, panel.heading(), canvas.TextStyle{AY: 1})
	} else {
		p.Text(left+wide/2, y, panel.heading(), canvas.TextStyle{AX: 0.5, AY: 1})
	}
	p.Text(left-4, top+5, "from ↓ to →", canvas.TextStyle{AX: 1, Colour: p.Style.Muted})
	var names []string
	for _, a := range an.Areas {
		names = append(names, a.Name)
	}
	bold := canvas.TextStyle{Bold: true}
	above, beside := canvas.FitAll(p, names, m.cellW-2, bold), canvas.FitAll(p, names, m.rowHead-5, bold)
	for i, column := range panel.columns {
		p.Text(left+(canvas.Pt(i)+0.5)*m.cellW, top+5, above[column], canvas.TextStyle{AX: 0.5, Bold: true})
	}
	for i, row := range panel.rows {
		p.Text(left-4, top-(canvas.Pt(i)+0.5)*m.cellH, beside[row], canvas.TextStyle{AX: 1, AY: 0.5, Bold: true})
		for j, column := range panel.columns {
			r := canvas.Edges(left+canvas.Pt(j)*m.cellW, top-canvas.Pt(i+1)*m.cellH, left+canvas.Pt(j+1)*m.cellW, top-canvas.Pt(i)*m.cellH)
			cs := panel.at[[2]int{row, column}]
			part, heights := r, m.heights(p, cs)
			for i, c := range cs {
				part.B = part.T - r.H()*heights[i]/sum(heights)
				m.cell(p, part, c)
				part.T = part.B
			}
			p.Frame(r, canvas.Stroke{Colour: p.Style.Faint, Width: 0.4})
		}
	}
	p.Frame(canvas.Edges(left, top-high, left+wide, top), canvas.Stroke{})
}

// cell draws one connection: a bar and a tint of its role's colour, kind,
// delay and the letter of its weights.
func (m *matrixLayout) cell(p *canvas.Pen, r canvas.Rect, c *recording.AnatomyConnection) {
	colour, ink := roleColour(p.Style, c.Role), p.Style.Ink
	if c.Dead {
		ink = p.Style.Muted
		p.Hatch(r)
	} else {
		p.Fill(r, p.Style.Tint(colour, 0.16))
	}
	p.Fill(canvas.Edges(r.L, r.B, r.L+2.5, r.T), colour)
	lines := m.lines(p, c)
	line := m.size + 1.5
	y := r.CY() + line*canvas.Pt(len(lines)-1)/2
	for i, s := range lines {
		w := canvas.TextStyle{AX: 0.5, AY: 0.5, Size: m.size, Colour: ink}
		x := r.CX() + 1.25
		if c.Dead {
			half := p.WidthOf(s, w)/2 + 1
			p.Fill(canvas.Edges(x-half, y-canvas.Pt(i)*line-line/2, x+half, y-canvas.Pt(i)*line+line/2), p.Style.Paper)
		}
		p.Text(x, y-canvas.Pt(i)*line, s, w)
	}
	if letter := m.letters[ofStep.ReplaceAllString(c.Set, "")]; letter != "" {
		p.Text(r.R-2, r.B+2, letter, canvas.TextStyle{AX: 1, Bold: true, Size: m.size, Colour: ink})
	}
}

func (m *matrixLayout) caption() string {
	an := m.an
	what := fmt.Sprintf("%s between %s over %s", canvas.Many(float64(len(an.Connections)), "connection"), canvas.Many(float64(len(an.Areas)), "area"), canvas.Many(float64(an.Steps), "time step"))
	panels := "Rows are the area a connection leaves, columns the one it enters"
	switch {
	case m.all > len(m.panels):
		panels += fmt.Sprintf("; panels are the first %d of %d windows, by the steps at which signals arrive", len(m.panels), m.all)
	case m.all > 1:
		panels += "; a panel has the connections of one window, by the steps at which signals arrive, and the areas that they join"
	}
	if m.all > 1 {
		panels += ", which is never before the delay has passed"
	}
	cells := "Cells: transform, and d, the delay in steps where it is not that of the key; colour: role; empty: no connection"
	if m.all > 1 {
		cells += " of that window"
	}
	shared := ""
	if len(m.letters) > 0 {
		shared = "Equal letters: shared weights"
	}
	untied, dead := false, 0
	for _, c := range an.Connections {
		untied = untied || ofStep.MatchString(c.Set)
		if c.Dead {
			dead++
		}
	}
	if untied {
		shared = strings.TrimPrefix(shared+"; weights are untied over time", "; ")
		if len(m.letters) > 0 {
			shared += ", so letters hold within a step"
		}
	}
	hatched := ""
	if dead > 0 {
		hatched = fmt.Sprintf("Hatched: %d that cannot reach the readout at a step the loss reads", dead)
	}
	return canvas.Sentences(what, panels, cells, shared, hatched, StepLasts(an.MSPerStep))
}
