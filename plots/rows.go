package plots

import (
	"fmt"
	"slices"
	"strings"

	"ventral/cortex/recording"
)

func cutNote(note string) (string, string) {
	a, b, _ := strings.Cut(note, ";")
	return a, b
}

// rowFigure draws one quantity of every area, a row each, the last area on top.
type rowFigure struct {
	frame, title, axis string
	what               string // of the caption
	zero               bool   // y begins at 0
	full               float64
}

func activity(d Data) (*Figure, error) {
	return rowFigure{frame: "activity", title: "Activity", axis: "mean response", what: "Response of every area over time slices, mean over units", zero: true}.figure(d)
}

func activeUnits(d Data) (*Figure, error) {
	return rowFigure{frame: "active units", title: "Active units", axis: "active units", what: "Units of every area with a response above threshold, over time slices", zero: true}.figure(d)
}

func stateChange(d Data) (*Figure, error) {
	return rowFigure{frame: "state change", title: "Distance between successive states", axis: "relative change",
		what: "Distance between successive states of every area, |x(t) − x(t−1)| / |x(t−1)| with Euclidean norms over units", zero: true}.figure(d)
}

type row struct {
	area  recording.AnatomyArea
	index int
	all   []series
}

func (r rowFigure) figure(d Data) (*Figure, error) {
	an := d.Anatomy
	var rows []row
	var every []series
	for i := len(an.Areas) - 1; i >= 0; i-- {
		all, err := d.series(r.frame, an.Areas[i].Name)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			rows = append(rows, row{an.Areas[i], i, all})
			every = append(every, all...)
		}
	}
	if len(rows) == 0 {
		return nil, errAbsent
	}
	const strip, foot, gap, each = 26, 28, 12, 50
	f := &Figure{Title: r.title, Width: d.width(OneColumn), Height: strip + foot + pt(len(rows))*(each+gap)}
	f.Caption = r.caption(d, rows, every)
	f.draw = func(p *pen, w, h pt) error {
		left, right := pt(46), 12+labelRoom(p, rows[0].all)
		tall := (h-strip-foot)/pt(len(rows)) - gap
		protocol(p, rect{left, h - strip + 2, w - right, h}, an)
		for i, row := range rows {
			t := h - strip - pt(i)*(tall+gap) - gap
			a := &panel{pen: p, rect: rect{left, t - tall, w - right, t}, xlo: -0.5, xhi: float64(an.Steps) - 0.5}
			r.row(a, d, row, i == len(rows)-1)
		}
		p.text(8, (h-strip-foot)/2+foot, r.axis+unitOf(every[0].unit), write{ax: 0.5, ay: 0.5, turned: true})
		return nil
	}
	return f, nil
}

func unitOf(unit string) string {
	if unit == "" {
		return ""
	}
	return " (" + unit + ")"
}

// protocol draws when the image is on and when the loss reads.
func protocol(p *pen, r rect, an *recording.Anatomy) {
	a := &panel{pen: p, rect: r, xlo: -0.5, xhi: float64(an.Steps) - 0.5, yhi: 1}
	y := r.t - 7
	name := an.Input
	if name == "" {
		name = "input"
	}
	p.text(r.l-4, y, name, toLeft)
	for _, t := range an.InputSlices {
		if t >= 0 && t < an.Steps {
			p.fill(rect{a.x(float64(t) - 0.5), y - 2, a.x(float64(t) + 0.5), y + 2}, p.s.Ink)
		}
	}
	p.line(stroke{width: 0.4}, r.l, y-2, r.r, y-2)
	if len(an.TrainSlices) > 0 {
		y -= 10
		p.text(r.l-4, y, "loss", toLeft)
		for _, t := range an.TrainSlices {
			if t >= 0 && t < an.Steps {
				p.circle(a.x(float64(t)), y, 1.8, p.s.Ink, true)
			}
		}
	}
}

func (r rowFigure) row(a *panel, d Data, row row, lowest bool) {
	an := d.Anatomy
	lo, hi := span(row.all)
	if r.zero && lo >= 0 {
		lo = 0
	}
	ticks := scale(lo, hi, 3, true)
	a.ylo, a.yhi = ticks[0], ticks[len(ticks)-1]
	ticksX := slicesAxis(an.Steps, a.w(), 12)
	title := ""
	if lowest {
		title = "time slice"
	}
	a.bottom(ticksX, lowest, title)
	a.left(ticks)
	area := a.s.Area(row.index, len(an.Areas))
	for _, s := range row.all {
		if len(row.all) == 1 {
			s.colour = area
		}
		s.draw(a, d.anatomy(s.variant), false)
	}
	if on := row.area.Onset; on >= 0 {
		x := a.x(float64(on))
		a.polygon(a.s.Ink, x, a.b, x-2.6, a.b+4.6, x+2.6, a.b+4.6)
	}
	a.fill(rect{a.l + 4, a.t + 2.4, a.l + 9, a.t + 7.4}, area)
	a.text(a.l+12, a.t+2.6, row.area.Name, write{bold: true})
	if len(row.all) > 1 {
		endLabels(a, row.all)
	}
}

func (r rowFigure) caption(d Data, rows []row, every []series) string {
	an := d.Anatomy
	var names, extra []string
	for _, row := range rows {
		names = append(names, row.area.Name)
		for _, s := range row.all {
			if i := strings.Index(s.note, "left out"); i >= 0 {
				extra = append(extra, row.area.Name+": "+strings.TrimSpace(s.note[strings.LastIndex(s.note[:i], ";")+1:]))
			}
		}
	}
	strip := "Bar: slices at which the input arrives"
	if len(an.TrainSlices) > 0 {
		strip += "; dots: slices the loss reads"
	}
	return caption(fmt.Sprintf("%s (%s, from top)", r.what, strings.Join(names, ", ")), upper(linesOf(every, "95 % t interval")),
		"Rows have scales of their own; triangle: onset of the area, nothing is drawn before it", strip,
		strings.Join(slices.Compact(extra), "; "), reestimatedOf(d, rows[0].all), precisionOf(an))
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
