package plots

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ventral/cortex/recording"
)

// matrix draws connections as cells, a row for the area they leave and a column
// for the one they enter: in a panel those that deliver at every slice, and in one
// for each window the others, with the areas that they join. Equal letters are
// equal weights.
func matrix(d Data) (*Figure, error) {
	an := d.Anatomy
	if len(an.Areas) == 0 {
		return nil, errAbsent
	}
	m := layMatrix(d)
	f := &Figure{Title: "Connection matrix", Width: m.width, Height: m.height, Caption: m.caption()}
	f.paint = func(p *pen, w, h pt) error {
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
	places              []rect // of panels, from the upper left corner, downwards
	all                 int    // panels before the rest was left out
	cellW, cellH        pt
	rowHead, columnHead pt
	size                pt // of the text in cells
	letters             map[string]string
	usual               map[string]int // delays, by role
	key                 []matrixKey
}

// matrixKey is an entry of the key below: a role, or a text alone, at x, y.
type matrixKey struct {
	role, text string
	x, y       pt
}

const matrixGap, matrixMargin = pt(16), pt(8)

func layMatrix(d Data) *matrixLayout {
	an := d.Anatomy
	p := &pen{s: d.style()}
	m := &matrixLayout{an: an, panels: panelsOf(an), letters: lettersOf(an), usual: usualDelays(an), size: 6}
	m.all = len(m.panels)
	m.panels = m.panels[:min(len(m.panels), mostPanels)]
	most := 1 // columns of a panel
	for _, panel := range m.panels {
		most = max(most, len(panel.columns))
	}
	for _, a := range an.Areas {
		m.rowHead = max(m.rowHead, min(p.widthOf(a.Name, write{bold: true}), 90))
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
	m.cellW = min(want, (limit-m.rowHead)/pt(most))
	m.cellH = 3*(m.size+1.5) + 4
	for _, panel := range m.panels {
		for _, cs := range panel.at {
			m.cellH = max(m.cellH, sum(m.heights(p, cs)))
		}
	}
	x, y, row, wide := pt(0), pt(0), pt(0), pt(0)
	for _, panel := range m.panels {
		w := max(m.rowHead+pt(len(panel.columns))*m.cellW, p.width(panel.heading())+panelName)
		h := m.columnHead + pt(len(panel.rows))*m.cellH
		if x > 0 && x+w > limit {
			x, y, row = 0, y+row+matrixGap, 0
		}
		m.places = append(m.places, rect{x, y, x + w, y + h})
		x, row, wide = x+w+matrixGap, max(row, h), max(wide, x+w)
	}
	m.width = max(wide+2*matrixMargin, d.width(OneColumn))
	m.height = y + row + 2*matrixMargin + m.layKey(p) + 12
	return m
}

// layKey places the roles and what delays are, and returns the height of the key.
func (m *matrixLayout) layKey(p *pen) pt {
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
	x, y := pt(0), p.s.Text/2
	for i := range m.key {
		k := &m.key[i]
		w := p.width(k.text)
		if k.role != "" {
			w += swatch
		}
		if x > 0 && x+w > m.width-2*matrixMargin {
			x, y = 0, y+p.s.Text+4
		}
		k.x, k.y = x, y
		x += w + gap
	}
	return y + p.s.Text/2
}

// panelName is where the name of a panel begins, right of its letter.
const panelName = pt(14)

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

// lines is the text of a connection in a cell: kind, then delay where that is not the
// usual one.
func (m *matrixLayout) lines(p *pen, c *recording.AnatomyConnection) []string {
	lines := wrapKind(p, c.Kind, m.cellW-7, m.size)
	if len(lines) > 3 {
		lines = append(lines[:2], strings.Join(lines[2:], " "))
	}
	for i := range lines {
		lines[i] = fitSize(p, lines[i], m.cellW-7, m.size)
	}
	if d, ok := m.usual[c.Role]; !ok || d != c.Delay {
		lines = append(lines, fmt.Sprintf("d %d", c.Delay))
	}
	return lines
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

func (m *matrixLayout) draw(p *pen) {
	wide := pt(0)
	for _, r := range m.places {
		wide = max(wide, r.r)
	}
	left := (m.width - wide) / 2
	for k, r := range m.places {
		m.panel(p, k, left+r.l, m.height-matrixMargin-r.b)
	}
	left = (m.width - max(wide, m.width-2*matrixMargin)) / 2
	for _, k := range m.key {
		x, y := left+k.x, matrixMargin+m.key[len(m.key)-1].y-k.y+p.s.Text/2
		if k.role != "" {
			p.fill(rect{x, y - 3, x + 6, y + 3}, p.s.Role(k.role))
			x += 9
		}
		p.text(x, y, k.text, write{ay: 0.5, colour: p.s.Muted})
	}
}

// panel draws one window with its upper left corner at x, y.
func (m *matrixLayout) panel(p *pen, k int, x, y pt) {
	an, panel := m.an, m.panels[k]
	left, top := x+m.rowHead, y-m.columnHead
	wide, high := pt(len(panel.columns))*m.cellW, pt(len(panel.rows))*m.cellH
	if len(m.panels) > 1 {
		p.letter(x, y, k)
		p.text(x+panelName, y-1, panel.heading(), write{ay: 1})
	} else {
		p.text(left+wide/2, y, panel.heading(), write{ax: 0.5, ay: 1})
	}
	p.text(left-4, top+5, "from ↓ to →", write{ax: 1, colour: p.s.Muted})
	var names []string
	for _, a := range an.Areas {
		names = append(names, a.Name)
	}
	bold := write{bold: true}
	above, beside := fitAll(p, names, m.cellW-2, bold), fitAll(p, names, m.rowHead-5, bold)
	for i, column := range panel.columns {
		p.text(left+(pt(i)+0.5)*m.cellW, top+5, above[column], write{ax: 0.5, bold: true})
	}
	for i, row := range panel.rows {
		p.text(left-4, top-(pt(i)+0.5)*m.cellH, beside[row], write{ax: 1, ay: 0.5, bold: true})
		for j, column := range panel.columns {
			r := rect{left + pt(j)*m.cellW, top - pt(i+1)*m.cellH, left + pt(j+1)*m.cellW, top - pt(i)*m.cellH}
			cs := panel.at[[2]int{row, column}]
			part, heights := r, m.heights(p, cs)
			for i, c := range cs {
				part.b = part.t - r.h()*heights[i]/sum(heights)
				m.cell(p, part, c)
				part.t = part.b
			}
			p.frame(r, stroke{colour: p.s.Faint, width: 0.4})
		}
	}
	p.frame(rect{left, top - high, left + wide, top}, stroke{})
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
		panels += fmt.Sprintf("; panels are the first %d of %d windows, by the slices at which signals arrive", len(m.panels), m.all)
	case m.all > 1:
		panels += "; a panel has the connections of one window, by the slices at which signals arrive, and the areas that they join"
	}
	if m.all > 1 {
		panels += ", which is never before the delay has passed"
	}
	cells := "Cells: transform, and d, the delay in slices where it is not that of the key; colour: role; empty: no connection"
	if m.all > 1 {
		cells += " of that window"
	}
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
