package plots

import (
	"math"
	"slices"

	"ventral/cortex/recording"
)

// rowFigure draws quantities of every area, a row each, the last area on top, and
// a column for each quantity that the data has. The first is the figure's own.
type rowFigure struct {
	title   string
	columns []rowColumn
	zero    bool // y begins at 0 unless a mean is below
}

// rowColumn is one quantity over slices.
type rowColumn struct {
	frame, axis string
	what        string // of the caption
}

func activity(d Data) (*Figure, error) {
	return rowFigure{title: "Activity", zero: true, columns: []rowColumn{
		{"activity", "mean response", "Response of every area over time slices, mean over units"},
		{"state size", "size of the state, rms", "State, before norm and nonlinearity, root mean square over units"}}}.figure(d)
}

func activeUnits(d Data) (*Figure, error) {
	return rowFigure{title: "Active units", zero: true, columns: []rowColumn{{"active units", "active units", "Per cent of the units of every area with a response above 0, over time slices"}}}.figure(d)
}

func stateChange(d Data) (*Figure, error) {
	return rowFigure{title: "Distance between successive states", zero: true, columns: []rowColumn{{"state change", "relative change",
		"|x(t) − x(t−1)| / |x(t−1)| of the state x of every area, with Euclidean norms over units"}}}.figure(d)
}

// row is an area, with the series of each column.
type row struct {
	area  recording.AnatomyArea
	index int
	all   []series   // of the first column
	of    [][]series // of every column
}

// rowsOf collects the rows, and the series of each column over all rows. Columns
// without any are left out.
func (r *rowFigure) rowsOf(d Data) (rows []row, every [][]series, err error) {
	an := d.Anatomy
	var columns []rowColumn
	for _, c := range r.columns {
		if len(columns) > 0 && len(d.frames(c.frame)) == 0 {
			continue
		}
		columns, every = append(columns, c), append(every, nil)
	}
	r.columns = columns
	for i := len(an.Areas) - 1; i >= 0; i-- {
		x := row{area: an.Areas[i], index: i}
		for k, c := range columns {
			all, err := d.series(c.frame, an.Areas[i].Name)
			if err != nil {
				return nil, nil, err
			}
			x.of, every[k] = append(x.of, all), append(every[k], all...)
		}
		if x.all = x.of[0]; len(x.all) > 0 {
			rows = append(rows, x)
		}
	}
	return rows, every, nil
}

func (r rowFigure) figure(d Data) (*Figure, error) {
	an := d.Anatomy
	rows, every, err := r.rowsOf(d)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errAbsent
	}
	const foot, gap, left, right = pt(28), pt(12), pt(46), pt(12)
	f := &Figure{Title: r.title, Width: d.width(OneColumn)}
	if len(r.columns) > 1 {
		f.Width = d.width(TwoColumns)
	}
	side := f.Width / pt(len(r.columns))
	key := placeKey(&pen{s: d.style()}, rows[0].all, side-left-right)
	steps, ms := d.steps(every[0]), d.msPerStep(every[0])
	strip := 26 + key.height
	if ms > 0 {
		strip += msRoom
	}
	f.Height = strip + foot + pt(len(rows))*(min(62, 640/pt(len(rows))))
	f.Caption = r.caption(d, rows, every)
	f.paint = func(p *pen, w, h pt) error {
		tall := (h-strip-foot)/pt(len(rows)) - gap
		side := w / pt(len(r.columns))
		for k, c := range r.columns {
			x := side * pt(k)
			box := rect{x + left, h - strip + 2, x + side - right, h - key.height}
			if k == 0 {
				key.draw(p, box.l, h)
			}
			if ms > 0 {
				box.t -= msRoom
				axis := &panel{pen: p, rect: rect{box.l, box.b, box.r, box.t}, xlo: -0.5, xhi: float64(steps) - 0.5}
				milliseconds(axis, steps, ms)
			}
			protocol(p, box, an, steps)
			alike := sameScale(rows, k)
			for i, row := range rows {
				t := h - strip - pt(i)*(tall+gap) - gap
				a := &panel{pen: p, rect: rect{box.l, t - tall, box.r, t}, xlo: -0.5, xhi: float64(steps) - 0.5}
				scaled := row.of[k]
				if alike {
					scaled = every[k]
				}
				r.row(a, d, row, row.of[k], scaled, i == len(rows)-1)
			}
			p.text(x+8, (h-strip-foot)/2+foot, c.axis+unitOf(every[k][0].unit), write{ax: 0.5, ay: 0.5, turned: true})
			if len(r.columns) > 1 {
				p.letter(x+2, h-2, k)
			}
		}
		return nil
	}
	return f, nil
}

// sameScale reports whether the rows of a column have one scale: whether each
// would still fill a quarter of it.
func sameScale(rows []row, column int) bool {
	least, most := math.Inf(1), 0.0
	for _, r := range rows {
		if !drawn(r.of[column]) {
			continue
		}
		lo, hi := span(r.of[column])
		size := max(math.Abs(lo), math.Abs(hi))
		least, most = min(least, size), max(most, size)
	}
	return least >= most/4
}

func unitOf(unit string) string {
	if unit == "" {
		return ""
	}
	return " (" + unit + ")"
}

// row draws the series of an area, on a scale that holds those of scaled.
func (r rowFigure) row(a *panel, d Data, row row, all, scaled []series, lowest bool) {
	lo, hi := span(scaled)
	if r.zero && !cut(scaled) && lo < 0 {
		r.zero = false
	}
	if r.zero {
		lo = 0
	}
	ticks := scale(lo, hi, max(2, min(3, int(a.h()/14))), true)
	a.ylo, a.yhi = ticks[0], ticks[len(ticks)-1]
	triangle := onsetPlace(a, all, d.onsets(all, row.area.Name))
	ticksX := slicesAxis(int(a.xhi+0.5), a.w(), 12)
	title := ""
	if lowest {
		title = "time slice"
	}
	a.bottom(ticksX, lowest, title)
	if drawn(all) {
		a.left(ticks)
	} else {
		a.left(nil)
		text := "nothing to show"
		if row.area.Onset < 0 {
			text = "the image never arrives"
		}
		a.text(a.cx(), a.cy(), text, write{ax: 0.5, ay: 0.5, colour: a.s.Muted})
	}
	area := a.s.Area(row.index, len(d.Anatomy.Areas))
	for _, s := range all {
		if len(all) == 1 {
			s.colour = area
		}
		if r.zero {
			s.low = slices.Clone(s.low)
			for i, v := range s.low {
				s.low[i] = max(v, 0) // NaN stays
			}
		}
		s.draw(a, d.anatomy(s.variant), false)
	}
	for _, on := range d.onsets(all, row.area.Name) {
		r := triangle(on)
		a.polygon(a.s.Ink, r.cx(), r.b, r.l, r.t, r.r, r.t)
	}
	a.fill(rect{a.l + 4, a.t + 2.4, a.l + 9, a.t + 7.4}, area)
	a.text(a.l+12, a.t+2.6, fitBold(a.pen, row.area.Name, a.w()-12), write{bold: true})
}

// onsets returns the slices at which the image reaches an area in the variants
// drawn. One that has no such area has none.
func (d Data) onsets(all []series, area string) (list []int) {
	for _, s := range all {
		if v := d.anatomy(s.variant).Area(area); v != nil && v.Onset >= 0 && !slices.Contains(list, v.Onset) {
			list = append(list, v.Onset)
		}
	}
	return list
}

// onsetPlace returns where the triangle of an onset is: on the axis, or where data
// passes there at the upper edge, above the data.
func onsetPlace(a *panel, all []series, onsets []int) func(on int) rect {
	const half, high = 2.6, 4.6
	free := func(place func(int) rect) bool {
		return !slices.ContainsFunc(onsets, func(on int) bool { return passes(a, all, place(on)) })
	}
	below := func(on int) rect { x := a.x(float64(on)); return rect{x - half, a.b, x + half, a.b + high} }
	above := func(on int) rect { x := a.x(float64(on)); return rect{x - half, a.t - high, x + half, a.t} }
	switch {
	case free(below):
		return below
	case !free(above):
		a.yhi += (a.yhi - a.ylo) * high * 1.8 / float64(a.h()-high*1.8)
	}
	return above
}

// cut reports whether intervals go below 0 though no mean does: they are then
// drawn down to 0.
func cut(all []series) bool {
	below := false
	for _, s := range all {
		for i, v := range s.mean {
			if v < 0 {
				return false
			}
			below = below || s.low[i] < 0
		}
		for _, run := range s.runs {
			for _, v := range run {
				if v < 0 {
					return false
				}
			}
		}
	}
	return below
}
