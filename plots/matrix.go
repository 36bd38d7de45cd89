package plots

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ventral/cortex/recording"
)

// matrix draws connections as cells, a row for the area they leave and a column
// for the one they enter, in a panel for every window in which the cells are
// the same. Equal letters are equal weights.
func matrix(d Data) (*Figure, error) {
	an := d.Anatomy
	if len(an.Areas) == 0 {
		return nil, errAbsent
	}
	m := layMatrix(d)
	f := &Figure{Title: "Connection matrix", Width: m.width, Height: m.height, Caption: m.caption()}
	f.draw = func(p *pen, w, h pt) error {
		if s := min(w/m.width, h/m.height); s < 0.999 {
			p.c.Push()
			defer p.c.Pop()
			p.c.Scale(float64(s), float64(s))
		}
		m.draw(p)
		return nil
	}
	return f, nil
}

// matrixPanel is the cells of one window.
type matrixPanel struct {
	from, to int // slices, both included
	at       [][]*recording.AnatomyConnection
}

// mostPanels bounds the panels drawn.
const mostPanels = 12

// panelsOf cuts the time into windows in which the same connections deliver.
func panelsOf(an *recording.Anatomy) []matrixPanel {
	starts := []int{0}
	for i := range an.Connections {
		from, to := window(&an.Connections[i], an.Steps)
		starts = append(starts, from, to+1)
		for _, gap := range an.Connections[i].Gaps {
			starts = append(starts, gap[0], gap[1]+1)
		}
	}
	slices.Sort(starts)
	starts = slices.Compact(starts)
	n := len(an.Areas)
	var panels []matrixPanel
	for k, from := range starts {
		if from >= an.Steps {
			break
		}
		p := matrixPanel{from: from, to: an.Steps - 1, at: make([][]*recording.AnatomyConnection, n*n)}
		if k+1 < len(starts) {
			p.to = min(p.to, starts[k+1]-1)
		}
		for i := range an.Connections {
			c := &an.Connections[i]
			if f, t := window(c, an.Steps); f > p.from || t < p.from || p.from >= c.FromSlice && !c.Delivers(p.from) {
				continue
			}
			row, _ := placeOf(an, c.From)
			column, _ := placeOf(an, c.To)
			p.at[row*n+column] = append(p.at[row*n+column], c)
		}
		panels = append(panels, p)
	}
	return panels
}

var ofSlice = regexp.MustCompile(`@\d+$`)

// lettersOf gives a letter to every sharing set of several connections: A … Z,
// then AA and so on.
func lettersOf(an *recording.Anatomy) map[string]string {
	uses, letters := map[string]int{}, map[string]string{}
	for _, c := range an.Connections {
		uses[ofSlice.ReplaceAllString(c.Set, "")]++
	}
	for _, c := range an.Connections {
		set := ofSlice.ReplaceAllString(c.Set, "")
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
	width, height       pt
	panels              []matrixPanel
	all                 int // panels before the rest was left out
	columns             int // of panels
	cellW, cellH        pt
	rowHead, columnHead pt
	size                pt // of the text in cells
	letters             map[string]string
	used                []string // roles that occur
}

const (
	matrixGap, matrixMargin = pt(16), pt(8)
	narrowest               = pt(40) // cells that share a row of panels
)

func layMatrix(d Data) *matrixLayout {
	an := d.Anatomy
	p := &pen{s: d.style()}
	m := &matrixLayout{an: an, panels: panelsOf(an), letters: lettersOf(an), size: 6}
	m.all = len(m.panels)
	m.panels = m.panels[:min(len(m.panels), mostPanels)]
	for _, r := range []string{recording.Feedforward, recording.Lateral, recording.Feedback, recording.Bypass, recording.Self} {
		if slices.ContainsFunc(an.Connections, func(c recording.AnatomyConnection) bool { return c.Role == r }) {
			m.used = append(m.used, r)
		}
	}
	n := pt(len(an.Areas))
	for _, a := range an.Areas {
		m.rowHead = max(m.rowHead, min(p.widthOf(a.Name, write{bold: true}), 60))
	}
	m.rowHead = max(m.rowHead+5, p.width("from ↓ to →")+4)
	m.columnHead = 2*p.s.Text + 10
	// Cells as wide as the longest line of their text, unless panels get wider
	// than two columns.
	want := pt(30)
	for _, c := range an.Connections {
		for _, line := range wrapKind(p, c.Kind, 52, m.size) {
			want = max(want, p.widthOf(line, write{size: m.size})+9)
		}
	}
	for _, a := range an.Areas {
		want = max(want, min(p.widthOf(a.Name, write{bold: true})+4, 60))
	}
	limit := d.width(TwoColumns) - 2*matrixMargin
	for m.columns = len(m.panels); ; m.columns-- {
		m.cellW = ((limit+matrixGap)/pt(m.columns) - matrixGap - m.rowHead) / n
		if m.cellW >= min(want, narrowest) || m.columns == 1 {
			break
		}
	}
	m.cellW = min(m.cellW, want)
	m.width = 2*matrixMargin + pt(m.columns)*(m.rowHead+n*m.cellW+matrixGap) - matrixGap
	if own := d.width(OneColumn); m.width < own {
		m.width = own
	}
	m.cellH = 3*(m.size+1.5) + 4
	for _, panel := range m.panels {
		for _, cs := range panel.at {
			m.cellH = max(m.cellH, sum(m.heights(p, cs)))
		}
	}
	rows := pt((len(m.panels) + m.columns - 1) / m.columns)
	m.height = rows*(m.columnHead+n*m.cellH+matrixGap) - matrixGap + 2*matrixMargin + p.s.Text + 12
	return m
}

// wrapKind breaks the name of a transform at blanks into lines of a width,
// keeping sizes with the word before them where they fit.
func wrapKind(p *pen, kind string, width, size pt) []string {
	fits := func(s string) bool { return p.widthOf(s, write{size: size}) <= width }
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

// lines is the text of a connection in a cell: kind, then delay.
func (m *matrixLayout) lines(p *pen, c *recording.AnatomyConnection) []string {
	lines := wrapKind(p, c.Kind, m.cellW-7, m.size)
	if len(lines) > 3 {
		lines = append(lines[:2], strings.Join(lines[2:], " "))
	}
	for i := range lines {
		lines[i] = fitSize(p, lines[i], m.cellW-7, m.size)
	}
	return append(lines, fmt.Sprintf("d %d", c.Delay))
}

// heights returns the least heights of the connections of a cell.
func (m *matrixLayout) heights(p *pen, cs []*recording.AnatomyConnection) []pt {
	var h []pt
	for _, c := range cs {
		h = append(h, pt(len(m.lines(p, c)))*(m.size+1.5)+5)
	}
	return h
}

func sum(v []pt) pt {
	s := pt(0)
	for _, x := range v {
		s += x
	}
	return s
}

// fitSize shortens a text of a size to a width.
func fitSize(p *pen, text string, width, size pt) string {
	return fit(p, text, width*p.s.Text/size)
}

func (m *matrixLayout) draw(p *pen) {
	n := pt(len(m.an.Areas))
	panelW := m.rowHead + n*m.cellW
	total := pt(m.columns)*(panelW+matrixGap) - matrixGap
	for k := range m.panels {
		x := (m.width-total)/2 + pt(k%m.columns)*(panelW+matrixGap)
		y := m.height - matrixMargin - pt(k/m.columns)*(m.columnHead+n*m.cellH+matrixGap)
		m.panel(p, k, x, y)
	}
	x, y := (m.width-total)/2, matrixMargin+p.s.Text/2
	for _, r := range m.used {
		name := r
		if r == recording.Self {
			name = "identity"
		}
		p.fill(rect{x, y - 3, x + 6, y + 3}, p.s.Role(r))
		p.text(x+9, y, name, write{ay: 0.5, colour: p.s.Muted})
		x += 9 + p.width(name) + 10
	}
}

// panel draws one window with its upper left corner at x, y.
func (m *matrixLayout) panel(p *pen, k int, x, y pt) {
	an, panel := m.an, m.panels[k]
	n := len(an.Areas)
	head := "every slice"
	switch {
	case panel.from == panel.to:
		head = fmt.Sprintf("slice %d", panel.from)
	case panel.from > 0 || panel.to < an.Steps-1:
		head = fmt.Sprintf("slices %d–%d", panel.from, panel.to)
	}
	left := x + m.rowHead
	if len(m.panels) > 1 {
		p.letter(x, y, k)
	}
	p.text(left+pt(n)*m.cellW/2, y, head, write{ax: 0.5, ay: 1})
	top := y - m.columnHead
	p.text(left-4, top+5, "from ↓ to →", write{ax: 1, colour: p.s.Muted})
	for i, a := range an.Areas {
		p.text(left+(pt(i)+0.5)*m.cellW, top+5, fitBold(p, a.Name, m.cellW-2), write{ax: 0.5, bold: true})
		p.text(left-4, top-(pt(i)+0.5)*m.cellH, fitBold(p, a.Name, m.rowHead-5), write{ax: 1, ay: 0.5, bold: true})
	}
	for row := range n {
		for column := range n {
			r := rect{left + pt(column)*m.cellW, top - pt(row+1)*m.cellH, left + pt(column+1)*m.cellW, top - pt(row)*m.cellH}
			cs := panel.at[row*n+column]
			part, heights := r, m.heights(p, cs)
			for i, c := range cs {
				part.b = part.t - r.h()*heights[i]/sum(heights)
				m.cell(p, part, c)
				part.t = part.b
			}
			p.frame(r, stroke{colour: p.s.Faint, width: 0.4})
		}
	}
	p.frame(rect{left, top - pt(n)*m.cellH, left + pt(n)*m.cellW, top}, stroke{})
}

func fitBold(p *pen, text string, width pt) string {
	b := write{bold: true}
	if w := p.widthOf(text, b); w > width {
		return fit(p, text, width*p.width(text)/w)
	}
	return text
}

// cell draws one connection: a bar and a tint of its role's colour, kind,
// delay and the letter of its weights.
func (m *matrixLayout) cell(p *pen, r rect, c *recording.AnatomyConnection) {
	colour, ink := p.s.Role(c.Role), p.s.Ink
	if c.Dead {
		ink = p.s.Muted
		p.hatch(r)
	} else {
		p.fill(r, p.s.tint(colour, 0.16))
	}
	p.fill(rect{r.l, r.b, r.l + 2.5, r.t}, colour)
	lines := m.lines(p, c)
	step := m.size + 1.5
	y := r.cy() + step*pt(len(lines)-1)/2
	for i, s := range lines {
		w := write{ax: 0.5, ay: 0.5, size: m.size, colour: ink}
		x := r.cx() + 1.25
		if c.Dead {
			half := p.widthOf(s, w)/2 + 1
			p.fill(rect{x - half, y - pt(i)*step - step/2, x + half, y - pt(i)*step + step/2}, p.s.Paper)
		}
		p.text(x, y-pt(i)*step, s, w)
	}
	if letter := m.letters[ofSlice.ReplaceAllString(c.Set, "")]; letter != "" {
		p.text(r.r-2, r.b+2, letter, write{ax: 1, bold: true, size: m.size, colour: ink})
	}
}

func (m *matrixLayout) caption() string {
	an := m.an
	what := fmt.Sprintf("%s between %s over %s", many(float64(len(an.Connections)), "connection"), many(float64(len(an.Areas)), "area"), many(float64(an.Steps), "time slice"))
	panels := "Rows are the area a connection leaves, columns the one it enters"
	switch {
	case m.all > len(m.panels):
		panels += fmt.Sprintf("; panels are the first %d of %d windows of time in which signals arrive", len(m.panels), m.all)
	case m.all > 1:
		panels += "; panels are windows of time, by the slice at which signals arrive, which is never before the delay has passed"
	}
	cells := "Cells: transform, and d, the delay in slices; colour: role; empty: no connection"
	shared := ""
	if len(m.letters) > 0 {
		shared = "Equal letters: shared weights"
	}
	untied, dead := false, 0
	for _, c := range an.Connections {
		untied = untied || ofSlice.MatchString(c.Set)
		if c.Dead {
			dead++
		}
	}
	if untied {
		shared = strings.TrimPrefix(shared+"; weights are untied over time", "; ")
		if len(m.letters) > 0 {
			shared += ", so letters hold within a slice"
		}
	}
	hatched := ""
	if dead > 0 {
		hatched = fmt.Sprintf("Hatched: %d that cannot reach the readout at a slice the loss reads", dead)
	}
	return caption(what, panels, cells, shared, hatched, msOf(an.MSPerStep))
}
