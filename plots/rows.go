package plots

import (
	"math"
	"slices"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/screen"
)

// rowFigure draws quantities of every area, a row each, the last area on top, and
// a column for each quantity that the data has.
type rowFigure struct {
	title   string
	columns []rowColumn
	zero    bool // y begins at 0 unless a mean is below

	interval string // of one network, over images; "" is a t interval
}

// rowColumn is one quantity over steps.
type rowColumn struct {
	frame, axis string
	what        string // of the caption
}

func activity(d Data) (*canvas.Figure, error) {
	return rowFigure{title: "Activity", zero: true, columns: []rowColumn{
		{"activity", "mean response", "Response of every area over time steps, mean over units"},
		{"state size", "size of the state, rms", "State, before norm and nonlinearity, root mean square over units"}}}.figure(d)
}

func activeUnits(d Data) (*canvas.Figure, error) {
	return rowFigure{title: "Active units", zero: true, columns: []rowColumn{{"active units", "active units", "Per cent of the units of every area with a response above 0, over time steps"}}}.figure(d)
}

func stateChange(d Data) (*canvas.Figure, error) {
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
		if len(d.frames(c.frame)) == 0 {
			continue
		}
		columns, every = append(columns, c), append(every, nil)
	}
	if r.columns = columns; len(columns) == 0 {
		return nil, nil, errAbsent
	}
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

func (r rowFigure) figure(d Data) (*canvas.Figure, error) {
	an := d.Anatomy
	rows, every, err := r.rowsOf(d)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errAbsent
	}
	const foot, gap, left, right = canvas.Pt(28), canvas.Pt(12), canvas.Pt(46), canvas.Pt(12)
	f := &canvas.Figure{Title: r.title, Width: d.width(canvas.OneColumn)}
	if len(r.columns) > 1 {
		f.Width = d.width(canvas.TwoColumns)
	}
	side := f.Width / canvas.Pt(len(r.columns))
	key := placeKey(&canvas.Pen{Style: d.style()}, rows[0].all, side-left-right)
	steps, ms := d.steps(every[0]), d.msPerStep(every[0])
	screens := d.screens(every[0])
	strip := 16 + screen.High(screens) + key.height
	if ms > 0 {
		strip += msRoom
	}
	f.Height = strip + foot + canvas.Pt(len(rows))*(min(62, 640/canvas.Pt(len(rows))))
	f.Caption = r.caption(d, rows, every)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		tall := (h-strip-foot)/canvas.Pt(len(rows)) - gap
		side := w / canvas.Pt(len(r.columns))
		for k, c := range r.columns {
			x := side * canvas.Pt(k)
			box := canvas.Edges(x+left, h-strip+2, x+side-right, h-key.height)
			if k == 0 {
				key.draw(p, box.L, h)
			}
			if ms > 0 {
				box.T -= msRoom
				axis := &canvas.Panel{Pen: p, Rect: canvas.Edges(box.L, box.B, box.R, box.T), XLo: -0.5, XHi: float64(steps) - 0.5}
				milliseconds(axis, steps, ms)
			}
			screen.Draw(p, box, screens, steps, left-8)
			screen.LossDots(p, canvas.Edges(box.L, box.B, box.R, box.B+12), an, steps)
			alike := sameScale(rows, k)
			for i, row := range rows {
				t := h - strip - canvas.Pt(i)*(tall+gap) - gap
				a := &canvas.Panel{Pen: p, Rect: canvas.Edges(box.L, t-tall, box.R, t), XLo: -0.5, XHi: float64(steps) - 0.5, Name: row.area.Name}
				scaled := row.of[k]
				if alike {
					scaled = every[k]
				}
				r.row(a, d, row, row.of[k], scaled, i == len(rows)-1)
			}
			p.Text(x+8, (h-strip-foot)/2+foot, c.axis+unitOf(every[k][0].unit), canvas.TextStyle{AX: 0.5, AY: 0.5, Turned: true})
			if len(r.columns) > 1 {
				p.Letter(x+2, h-2, k)
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
func (r rowFigure) row(a *canvas.Panel, d Data, row row, all, scaled []series, lowest bool) {
	lo, hi := span(scaled)
	if r.zero && !cut(scaled) && lo < 0 {
		r.zero = false
	}
	if r.zero {
		lo = 0
	}
	if c := chanceOf(scaled); !math.IsNaN(c) {
		lo, hi = min(lo, c), max(hi, c)
	}
	ticks := canvas.Ticks(lo, hi, max(2, min(3, int(a.H()/14))), true)
	a.YLo, a.YHi = ticks[0], ticks[len(ticks)-1]
	triangle := onsetPlace(a, all, d.onsets(all, row.area.Name))
	ticksX := canvas.StepTicks(int(a.XHi+0.5), a.W(), 12)
	title := ""
	if lowest {
		title = a.Style.Time()
	}
	a.Bottom(ticksX, lowest, title)
	if drawn(all) {
		a.Left(ticks)
	} else {
		a.Left(nil)
		text := "nothing to show"
		if row.area.Onset < 0 {
			text = "the image never arrives"
		}
		a.Text(a.CX(), a.CY(), text, canvas.TextStyle{AX: 0.5, AY: 0.5, Colour: a.Style.Muted})
	}
	area := a.Style.Area(row.index, len(d.Anatomy.Areas))
	a.Level(chanceOf(all))
	for k, s := range all {
		if len(all) == 1 {
			s.colour = area
		}
		s.significant(a, k)
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
		a.Polygon(a.Style.Ink, r.CX(), r.B, r.L, r.T, r.R, r.T)
	}
	a.Fill(canvas.Edges(a.L+4, a.T+2.4, a.L+9, a.T+7.4), area)
	a.Text(a.L+12, a.T+2.6, canvas.FitBold(a.Pen, row.area.Name, a.W()-12), canvas.TextStyle{Bold: true})
}

// chanceOf is the chance of series that agree in it, else NaN.
func chanceOf(all []series) float64 {
	for _, s := range all {
		if s.chance != all[0].chance {
			return math.NaN()
		}
	}
	if len(all) == 0 {
		return math.NaN()
	}
	return all[0].chance
}

// significant draws a square at every step whose p is at most 0.05, in the k-th line above
// the axis of steps.
func (s series) significant(a *canvas.Panel, k int) {
	for i, p := range s.p {
		if p <= 0.05 {
			x, y := a.X(s.step[i]), a.B+1.5+2.4*canvas.Pt(k)
			a.Fill(canvas.Edges(x-1.2, y, x+1.2, y+1.6), s.colour)
		}
	}
}

// onsets returns the steps at which the image reaches an area in the variants
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
func onsetPlace(a *canvas.Panel, all []series, onsets []int) func(on int) canvas.Rect {
	const half, high = 2.6, 4.6
	free := func(place func(int) canvas.Rect) bool {
		return !slices.ContainsFunc(onsets, func(on int) bool { return passes(a, all, place(on)) })
	}
	below := func(on int) canvas.Rect {
		x := a.X(float64(on))
		return canvas.Edges(x-half, a.B, x+half, a.B+high)
	}
	above := func(on int) canvas.Rect {
		x := a.X(float64(on))
		return canvas.Edges(x-half, a.T-high, x+half, a.T)
	}
	marked := slices.ContainsFunc(onsets, func(on int) bool {
		return slices.ContainsFunc(all, func(s series) bool {
			i := slices.Index(s.step, float64(on))
			return i >= 0 && i < len(s.p) && s.p[i] <= 0.05
		})
	})
	switch {
	case !marked && free(below):
		return below
	case !free(above):
		a.YHi += (a.YHi - a.YLo) * high * 1.8 / float64(a.H()-high*1.8)
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
