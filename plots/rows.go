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
	zero               bool   // y begins at 0 unless a mean is below
}

func activity(d Data) (*Figure, error) {
	return rowFigure{frame: "activity", title: "Activity", axis: "mean response", what: "Response of every area over time slices, mean over units", zero: true}.figure(d)
}

func activeUnits(d Data) (*Figure, error) {
	return rowFigure{frame: "active units", title: "Active units", axis: "active units", what: "Units of every area with a response above 0, over time slices", zero: true}.figure(d)
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
	const foot, gap, left, right = pt(28), pt(12), pt(46), pt(12)
	f := &Figure{Title: r.title, Width: d.width(OneColumn)}
	key := placeKey(&pen{s: d.style()}, rows[0].all, f.Width-left-right)
	strip := 26 + key.height
	f.Height = strip + foot + pt(len(rows))*(min(62, 640/pt(len(rows))))
	f.Caption = r.caption(d, rows, every)
	steps := d.steps(every)
	f.draw = func(p *pen, w, h pt) error {
		tall := (h-strip-foot)/pt(len(rows)) - gap
		key.draw(p, left, h)
		protocol(p, rect{left, h - strip + 2, w - right, h - key.height}, an, steps)
		for i, row := range rows {
			t := h - strip - pt(i)*(tall+gap) - gap
			a := &panel{pen: p, rect: rect{left, t - tall, w - right, t}, xlo: -0.5, xhi: float64(steps) - 0.5}
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
func protocol(p *pen, r rect, an *recording.Anatomy, steps int) {
	a := &panel{pen: p, rect: r, xlo: -0.5, xhi: float64(steps) - 0.5, yhi: 1}
	y := r.t - 7
	name := an.Input
	if name == "" {
		name = "input"
	}
	p.text(r.l-4, y, name, toLeft)
	for i := 0; i < len(an.InputSlices); {
		j := i + 1
		for j < len(an.InputSlices) && an.InputSlices[j] == an.InputSlices[j-1]+1 {
			j++
		}
		from, to := max(an.InputSlices[i], 0), min(an.InputSlices[j-1], an.Steps-1)
		if from <= to {
			p.fill(rect{a.x(float64(from) - 0.5), y - 2, a.x(float64(to) + 0.5), y + 2}, p.s.Ink)
		}
		i = j
	}
	p.line(stroke{width: 0.4}, r.l, y-2, r.r, y-2)
	if len(an.TrainSlices) > 0 {
		y -= 10
		p.text(r.l-4, y, "loss", toLeft)
		for _, t := range an.TrainSlices {
			if t >= 0 && t < an.Steps {
				p.circle(a.x(float64(t)), y, min(1.8, 0.4*r.w()/pt(steps)), p.s.Ink, true)
			}
		}
	}
}

func (r rowFigure) row(a *panel, d Data, row row, lowest bool) {
	lo, hi := span(row.all)
	if r.zero && !cut(row.all) && lo < 0 {
		r.zero = false
	}
	if r.zero {
		lo = 0
	}
	ticks := scale(lo, hi, max(2, min(3, int(a.h()/14))), true)
	a.ylo, a.yhi = ticks[0], ticks[len(ticks)-1]
	var onsets []int
	for _, s := range row.all { // of a variant that has no such area: none
		if v := d.anatomy(s.variant).Area(row.area.Name); v != nil && v.Onset >= 0 && !slices.Contains(onsets, v.Onset) {
			onsets = append(onsets, v.Onset)
		}
	}
	triangle := func(on int) rect { x := a.x(float64(on)); return rect{x - 2.6, a.b, x + 2.6, a.b + 4.6} }
	if slices.ContainsFunc(onsets, func(on int) bool { return a.passes(row.all, triangle(on)) }) {
		a.ylo -= (a.yhi - a.ylo) * 8 / float64(a.h()-8) // room for triangles below the data
	}
	ticksX := slicesAxis(int(a.xhi+0.5), a.w(), 12)
	title := ""
	if lowest {
		title = "time slice"
	}
	a.bottom(ticksX, lowest, title)
	if drawn(row.all) {
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
	for _, s := range row.all {
		if len(row.all) == 1 {
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
	for _, on := range onsets {
		r := triangle(on)
		a.polygon(a.s.Ink, r.cx(), r.b, r.l, r.t, r.r, r.t)
	}
	a.fill(rect{a.l + 4, a.t + 2.4, a.l + 9, a.t + 7.4}, area)
	a.text(a.l+12, a.t+2.6, row.area.Name, write{bold: true})
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

// key names the variants above panels that share it.
type key struct {
	all    []series
	x, y   []pt // from the upper left corner, downwards
	height pt
}

// placeKey arranges a key in a width. A single series needs none.
func placeKey(p *pen, all []series, width pt) key {
	var k key
	if len(all) < 2 {
		return k
	}
	x, y, line := pt(0), pt(7), p.s.Text+4
	for _, s := range all {
		w := 19 + p.width(s.variant)
		if x > 0 && x+w > width {
			x, y = 0, y+line
		}
		k.all, k.x, k.y = append(k.all, s), append(k.x, x), append(k.y, y)
		x += w + 12
	}
	k.height = y + 5
	return k
}

func (k key) draw(p *pen, left, top pt) {
	for i, s := range k.all {
		x, y := left+k.x[i], top-k.y[i]
		p.line(stroke{colour: s.colour, width: 1, dash: s.dash}, x, y, x+15, y)
		p.text(x+19, y, s.variant, toRight)
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
	low := ""
	for _, row := range rows {
		if r.zero && cut(row.all) {
			low = "Intervals are drawn down to 0 where they go below"
		}
	}
	strip := "Bar: slices at which the input arrives"
	if len(an.TrainSlices) > 0 {
		strip += "; dots: slices the loss reads"
	}
	return caption(fmt.Sprintf("%s (%s, from top)", r.what, strings.Join(names, ", ")), upper(linesOf(every, "95 % t interval")),
		"Rows have scales of their own; triangle: onset of the area, nothing is drawn before it", low, strip,
		strings.Join(slices.Compact(extra), "; "), recordedOf(d, rows[0].all), precisionOf(d, rows[0].all))
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
