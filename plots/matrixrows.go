package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
	"ventral/plots/screen"
	"ventral/plots/wiring"
)

// matrixRows draws frames [area, step, x, x], such as dissimilarities between
// images: a row of matrices for each area with the last on top, and a column for
// each step. Groups of positions, such as classes, have brackets. The diagonal
// of an axis of images is left out.
func matrixRows(d Data, name string) (*canvas.Figure, error) {
	m := &matrixRowsLayout{}
	var who string
	var of []series
	if m.areas, who, of = matricesOf(d, name); len(m.areas) == 0 {
		return nil, errAbsent
	}
	first := m.areas[0].frame
	m.steps, m.positions = first.Axes[1], first.Axes[3]
	if m.positions.Len() == 0 || m.steps.Len() == 0 {
		return nil, errAbsent
	}
	for i := range m.areas {
		a := &m.areas[i]
		if a.frame.Axes[1].Len() != m.steps.Len() || a.frame.Axes[3].Len() != m.positions.Len() {
			return nil, fmt.Errorf("plots: areas have different steps or positions")
		}
		a.data = m.withoutDiagonal(a.data)
	}
	m.groups = canvas.GroupsOf(m.positions.Groups)
	lists := make([][]float64, len(m.areas))
	for i, a := range m.areas {
		lists[i] = a.data
	}
	m.scales, m.alike = alikeScales(lists)
	m.time, m.screens = d.timeTitle(of), d.screens(of)
	pen := &canvas.Pen{Style: d.style()}
	m.lay(pen, d.width(canvas.TwoColumns))
	f := &canvas.Figure{Title: titleOf(first), Width: m.width, Height: m.height}
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		if s := min(w/m.width, h/m.height); s < 0.999 {
			p.Canvas.Push()
			defer p.Canvas.Pop()
			p.Canvas.Scale(float64(s), float64(s))
		}
		m.draw(p)
		return nil
	}
	f.Caption = m.caption(d, who, of, first)
	return f, nil
}

// matrixRowsLayout is where everything of such a figure stands.
type matrixRowsLayout struct {
	areas            []areaMatrices
	steps, positions analysis.Axis
	groups           []canvas.Group
	scales           []canvas.Scale
	alike            bool
	time             string
	screens          []screen.Strip

	shown         []int     // places of the steps that are drawn
	cell          canvas.Pt // side of a matrix
	left          canvas.Pt // room for the area's name and brackets
	named         bool      // groups have their names beside the brackets
	legend        []string  // lines that name the groups where not
	width, height canvas.Pt
}

const (
	matrixRoom  = canvas.Pt(4)  // between matrices
	matrixBar   = canvas.Pt(48) // colour bar with its numbers
	matrixFoot  = canvas.Pt(26) // numbers and title of the steps
	leastMatrix = canvas.Pt(38)
	mostMatrix  = canvas.Pt(96)
)

// lay finds sizes: as many steps as there is room for, evenly, and matrices as
// large as fit.
func (m *matrixRowsLayout) lay(p *canvas.Pen, width canvas.Pt) {
	m.left = 24
	names := canvas.Pt(0)
	smallest := m.positions.Len()
	for _, g := range m.groups {
		names, smallest = max(names, p.Width(g.Name)), min(smallest, g.To-g.From)
	}
	fit := func(left canvas.Pt) canvas.Pt {
		n := canvas.Pt(len(m.shown))
		side := min(mostMatrix, (width-left-matrixBar-matrixRoom*(n-1))/n)
		return min(side, 600/canvas.Pt(len(m.areas))-matrixRoom)
	}
	for every := 1; ; every++ {
		m.shown = m.shown[:0]
		for t := 0; t < m.steps.Len(); t += every {
			m.shown = append(m.shown, t)
		}
		if m.cell = fit(m.left); m.cell >= leastMatrix || len(m.shown) == 1 || canvas.Pt(len(m.areas))*leastMatrix > 600 && fit(m.left) >= 600/canvas.Pt(len(m.areas))-matrixRoom {
			break
		}
	}
	if len(m.groups) > 1 {
		wide := m.left + min(names, 50) + 4
		side := fit(wide)
		m.named = side >= leastMatrix && side/canvas.Pt(m.positions.Len())*canvas.Pt(smallest) >= p.Style.Text+0.5
		if m.named {
			m.left, m.cell = wide, side
		}
	}
	m.width = m.left + canvas.Pt(len(m.shown))*(m.cell+matrixRoom) - matrixRoom + matrixBar
	m.width = max(m.width, m.left+p.Width(m.time)+matrixBar)
	if len(m.groups) > 1 && !m.named {
		m.legend = wrap(p, "classes from the top and from the left: "+groupNames(m.groups), max(m.width-12, 150))
		for _, line := range m.legend {
			m.width = max(m.width, p.Width(line)+12)
		}
	}
	m.height = screen.High(m.screens) + canvas.Pt(len(m.areas))*(m.cell+matrixRoom) + 6 + matrixFoot + m.below() + canvas.Pt(len(m.legend))*(p.Style.Text+2)
}

// below is the room for brackets below.
func (m *matrixRowsLayout) below() canvas.Pt {
	if len(m.groups) > 1 {
		return 5
	}
	return 0
}

// mostGroups bounds the groups that are named.
const mostGroups = 30

func groupNames(groups []canvas.Group) string {
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
	}
	if len(names) > mostGroups {
		names = append(names[:mostGroups:mostGroups], fmt.Sprintf("and %d more", len(names)-mostGroups))
	}
	return strings.Join(names, ", ")
}

// wrap breaks a text into lines of at most a width.
func wrap(p *canvas.Pen, text string, width canvas.Pt) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		word = canvas.Fit(p, word, width)
		if next := strings.TrimSpace(line + " " + word); p.Width(next) <= width {
			line = next
			continue
		}
		lines, line = append(lines, line), word
	}
	return append(lines, line)
}

// withoutDiagonal returns matrices whose diagonal is NaN, of images.
func (m *matrixRowsLayout) withoutDiagonal(data []float64) []float64 {
	n := m.positions.Len()
	if m.positions.Name != "image" || n == 1 {
		return data
	}
	data = slices.Clone(data)
	for i := range data {
		if i/n%n == i%n {
			data[i] = math.NaN()
		}
	}
	return data
}

// at is the matrix of an area at a step, nil before onset or without numbers.
func (m *matrixRowsLayout) at(a areaMatrices, t int) []float64 {
	n := m.positions.Len()
	data := a.data[t*n*n : (t+1)*n*n]
	if a.onset < 0 || int(m.steps.Values[t]) < a.onset || canvas.NoNumbers(data) {
		return nil
	}
	return data
}

func (m *matrixRowsLayout) draw(p *canvas.Pen) {
	top := m.height - 6 - screen.High(m.screens)
	var shown []float64
	for _, t := range m.shown {
		shown = append(shown, m.steps.Values[t])
	}
	strip := canvas.Edges(m.left-matrixRoom/2, 0, m.left+canvas.Pt(len(m.shown))*(m.cell+matrixRoom)-matrixRoom/2, m.height-4)
	screen.Draw(p, strip, screen.Columns(m.screens, shown), len(shown), m.left-6)
	var names []string
	for _, a := range m.areas {
		names = append(names, a.name)
	}
	names = canvas.FitAll(p, names, m.cell-2, canvas.TextStyle{Bold: true})
	for i, a := range m.areas {
		y := top - canvas.Pt(i)*(m.cell+matrixRoom)
		p.Text(8, y-m.cell/2, names[i], canvas.TextStyle{AX: 0.5, AY: 0.5, Bold: true, Turned: true})
		for k, t := range m.shown {
			x := m.left + canvas.Pt(k)*(m.cell+matrixRoom)
			r := canvas.Edges(x, y-m.cell, x+m.cell, y)
			data := m.at(a, t)
			if data == nil {
				p.Empty(r)
			} else {
				m.matrix(p, r, data, m.scales[i])
			}
			if k == 0 && len(m.groups) > 1 {
				m.brackets(p, r)
			}
			if i < len(m.areas)-1 {
				continue
			}
			if len(m.groups) > 1 {
				canvas.BracketsBelow(p, r, m.groups)
			}
			p.Text(r.CX(), r.B-m.below()-4, m.steps.At(t), canvas.TextStyle{AX: 0.5, AY: 1})
		}
		if !m.alike && !canvas.NoNumbers(a.data) {
			canvas.ColourBar(p, m.bar(y-m.cell+2, y-2), m.scales[i])
		}
	}
	bottom := top - canvas.Pt(len(m.areas))*(m.cell+matrixRoom) + matrixRoom
	if m.alike {
		high := min(top-bottom-9, 2*m.cell+matrixRoom)
		bar := m.bar((top+bottom-high)/2, (top+bottom+high)/2)
		canvas.ColourBar(p, bar, m.scales[0])
		p.Text(bar.L-2, bar.T+5, canvas.Fit(p, m.areas[0].frame.Unit, m.width-bar.L), canvas.TextStyle{})
	}
	middle := m.left + (canvas.Pt(len(m.shown))*(m.cell+matrixRoom)-matrixRoom)/2
	middle = max(middle, m.left+p.Width(m.time)/2)
	y := bottom - m.below() - 4 - p.Style.Text - 3
	p.Text(middle, y, m.time, canvas.TextStyle{AX: 0.5, AY: 1})
	for i, line := range m.legend {
		p.Text(6, y-p.Style.Text-4-canvas.Pt(i)*(p.Style.Text+2), line, canvas.TextStyle{AY: 1, Colour: p.Style.Muted})
	}
}

// bar is the place of a colour bar.
func (m *matrixRowsLayout) bar(bottom, top canvas.Pt) canvas.Rect {
	x := m.left + canvas.Pt(len(m.shown))*(m.cell+matrixRoom) - matrixRoom + 9
	return canvas.Edges(x, bottom, x+6, top)
}

// matrix draws one, with paper on the diagonal of images.
func (m *matrixRowsLayout) matrix(p *canvas.Pen, r canvas.Rect, data []float64, s canvas.Scale) {
	n := m.positions.Len()
	p.Picture(r, n, n, func(i, j int) color.Color {
		v := data[i*n+j]
		switch {
		case i == j && m.positions.Name == "image":
			return p.Style.Paper
		case math.IsNaN(v):
			return p.Style.Shade
		}
		return s.Colour(v)
	})
	p.Frame(r, canvas.Stroke{Colour: p.Style.Faint, Width: 0.3})
}

// brackets draws those of the groups at the left of a row, with their names
// where these fit.
func (m *matrixRowsLayout) brackets(p *canvas.Pen, r canvas.Rect) {
	canvas.BracketsLeft(p, r, m.groups)
	if !m.named {
		return
	}
	each := r.H() / canvas.Pt(m.positions.Len())
	for _, g := range m.groups {
		p.Text(r.L-6, r.T-canvas.Pt(g.From+g.To)/2*each, canvas.Fit(p, g.Name, 50), canvas.ToLeft)
	}
}

func (m *matrixRowsLayout) caption(d Data, who string, of []series, f analysis.Frame) string {
	var names []string
	for _, a := range m.areas {
		names = append(names, a.name)
	}
	n := m.positions.Len()
	what := fmt.Sprintf("%s in %s (from top) at time steps; %s, n = %s", canvas.Upper(f.Note), strings.Join(names, ", "), who, canvas.Many(float64(n), m.positions.Name))
	sorted := ""
	if len(m.groups) > 1 {
		sorted = fmt.Sprintf("Rows and columns of a matrix: %ss sorted by class, a bracket for each of %d", m.positions.Name, len(m.groups))
	}
	diagonal := ""
	if m.positions.Name == "image" {
		diagonal = "The diagonal is left out"
	}
	left := ""
	if len(m.shown) < m.steps.Len() {
		left = fmt.Sprintf("%d of %d steps are drawn", len(m.shown), m.steps.Len())
	}
	empty, shaded := "", ""
	for _, a := range m.areas {
		for _, t := range m.shown {
			switch data := m.at(a, t); {
			case data == nil:
				empty = "Hatched: before the image reaches the area, or no numbers"
			case m.undefined(data):
				shaded = "Grey: not defined"
			}
		}
	}
	return canvas.Sentences(what, sorted, diagonal, scalesSaid(m.scales, m.alike, f.Unit), left, empty, shaded, screen.Said(m.screens), recordedOf(d, of), wiring.StepLasts(d.msPerStep(of)), precisionOf(d, of))
}

// undefined reports whether a cell that is drawn has no number.
func (m *matrixRowsLayout) undefined(data []float64) bool {
	n := m.positions.Len()
	for i, v := range data {
		if math.IsNaN(v) && !(i/n == i%n && m.positions.Name == "image") {
			return true
		}
	}
	return false
}
