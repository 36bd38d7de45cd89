package wiring

import (
	"cmp"
	"slices"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// matrixPanel is the connections of one window.
type matrixPanel struct {
	name          string
	from, to      int   // first and last step
	rows, columns []int // areas
	at            map[[2]int][]*recording.AnatomyConnection
}

// mostPanels bounds the panels drawn.
const mostPanels = 12

// panelsOf sorts connections by their windows, each into one panel. The first is of
// those that deliver at every step that they can, with all areas.
func panelsOf(an *recording.Anatomy) []matrixPanel {
	by := map[string]*matrixPanel{}
	var order []*matrixPanel
	panel := func(name string, from, to int) *matrixPanel {
		if by[name] == nil {
			by[name] = &matrixPanel{name: name, from: from, to: to, at: map[[2]int][]*recording.AnatomyConnection{}}
			order = append(order, by[name])
		}
		return by[name]
	}
	for i := range an.Connections {
		c := &an.Connections[i]
		from, to := window(c, an.Steps)
		p := panel(windowName(c, from, to, an.Steps), from, to)
		row, _ := placeOf(an, c.From)
		column, _ := placeOf(an, c.To)
		p.at[[2]int{row, column}] = append(p.at[[2]int{row, column}], c)
		p.rows, p.columns = append(p.rows, row), append(p.columns, column)
	}
	every := []int{}
	for i := range an.Areas {
		every = append(every, i)
	}
	if len(order) == 0 || by[everyStep] != nil {
		base := panel(everyStep, 0, an.Steps-1)
		base.rows, base.columns = every, every
	}
	for _, p := range order {
		slices.Sort(p.rows)
		slices.Sort(p.columns)
		p.rows, p.columns = slices.Compact(p.rows), slices.Compact(p.columns)
	}
	slices.SortStableFunc(order, func(p, q *matrixPanel) int {
		if (p.name == everyStep) != (q.name == everyStep) {
			return map[bool]int{true: -1, false: 1}[p.name == everyStep]
		}
		return cmp.Or(cmp.Compare(p.from, q.from), cmp.Compare(p.to, q.to))
	})
	var panels []matrixPanel
	for _, p := range order {
		panels = append(panels, *p)
	}
	return panels
}

const everyStep = "every step"

// heading says of the connections of a panel, not of its empty cells, when they
// deliver.
func (p *matrixPanel) heading() string {
	if p.name == everyStep {
		return "connections of " + everyStep
	}
	return p.name
}

// windowName says at which steps a connection delivers, from one to another
// without its gaps.
func windowName(c *recording.AnatomyConnection, from, to, steps int) string {
	var at []int
	for t := from; t <= to; t++ {
		if t < c.FromStep || c.Delivers(t) {
			at = append(at, t)
		}
	}
	if len(at) == steps {
		return everyStep
	}
	return canvas.Plural("step", at)
}
