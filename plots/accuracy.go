package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/recording"
)

// accuracy draws the frames "accuracy" and "confidence" [slice, statistic].
func accuracy(d Data) (*Figure, error) {
	right, err := d.series("accuracy", "")
	if err != nil {
		return nil, err
	}
	sure, err := d.series("confidence", "")
	if err != nil {
		return nil, err
	}
	if len(right) == 0 {
		return nil, errAbsent
	}
	width := d.width(TwoColumns)
	side, n := width > 400, 1
	if len(sure) > 0 {
		n = 2
	}
	top := pt(20)
	if d.msPerStep(right) > 0 {
		top = 42
	}
	each := 136 + top
	f := &Figure{Title: "Accuracy over time", Width: width, Height: each}
	if !side {
		f.Height = each * pt(n)
	} else if n == 1 {
		f.Width = d.width(OneColumn)
	}
	f.Caption = accuracyCaption(d, right, sure)
	f.paint = func(p *pen, w, h pt) error {
		for i, all := range [][]series{right, sure}[:n] {
			box := rect{0, 0, w, h}
			if side {
				box.l, box.r = w*pt(i)/pt(n), w*pt(i+1)/pt(n)
			} else {
				box.t, box.b = h-h*pt(i)/pt(n), h-h*pt(i+1)/pt(n)
			}
			a := &panel{pen: p, rect: rect{box.l + 40, box.b + 28, box.r - 10 - labelRoom(p, several(all)), box.t - top}}
			if i == 0 {
				accuracyPanel(a, d, all)
			} else {
				confidencePanel(a, d, all)
			}
			markerKey(p, a.l, box.t-8, d, all)
			if n > 1 {
				p.letter(box.l+2, box.t-2, i)
			}
		}
		return nil
	}
	return f, nil
}

func accuracyPanel(a *panel, d Data, all []series) {
	_, hi := span(all)
	for _, s := range all {
		if s.chance > hi {
			hi = s.chance
		}
	}
	ticks := scale(0, 100, 5, true)
	if hi <= 50 && drawn(all) {
		ticks = scale(0, hi, 5, true)
	}
	overSlices(a, d, all, ticks, "accuracy (%)", "chance")
}

func confidencePanel(a *panel, d Data, all []series) {
	overSlices(a, d, all, scale(0, 1, 5, true), "confidence (probability)", "uniform")
}

// overSlices draws series over slices into a, whose rectangle is set.
func overSlices(a *panel, d Data, all []series, ticks []float64, title, level string) {
	a.xlo, a.xhi = -0.5, float64(d.steps(all))-0.5
	a.ylo, a.yhi = ticks[0], ticks[len(ticks)-1]
	named := several(all)
	var levels []func()
	for i, s := range all {
		if i == 0 || s.chance != all[0].chance {
			var draw func()
			draw, named = namedLevel(a, s.chance, level, all, named, turnedOnset(a, d.readoutOnset(all)))
			levels = append(levels, draw)
		}
	}
	beforeOnset(a, d.readoutOnset(all))
	for _, draw := range levels {
		draw()
	}
	axisOfSlices(a, d.steps(all), d.msPerStep(all))
	reach := a.left(ticks)
	a.text(a.l-reach-4, a.cy(), title, write{ax: 0.5, turned: true})
	for _, s := range all {
		s.flat(a, d.anatomy(s.variant))
		s.draw(a, d.anatomy(s.variant), true)
	}
	endLabels(a, named)
}

// levelPlace finds where the name of a level is above or below its line, at the
// right, the left or between: the first place that no series passes and that is not
// taken (nil: none is). It reports
// whether there is one.
func levelPlace(a *panel, v float64, name string, all []series, taken *rect) (x, y pt, w write, ok bool) {
	wide, high := a.width(name), a.s.Text*capital
	for _, at := range []struct {
		x  pt
		ax float64
	}{{a.r - 1, 1}, {a.l + 3, 0}, {a.cx(), 0.5}} {
		l := at.x - pt(at.ax)*wide
		for ay, y := range []pt{a.y(v) + 2.5, a.y(v) - 2.5} {
			r := rect{l, y - pt(ay)*high, l + wide, y + pt(1-ay)*high}
			if r.b > a.b+2 && r.t < a.t-1 && !passes(a, all, r) && (taken == nil || !r.touches(*taken)) {
				return at.x, y, write{ax: at.ax, ay: float64(ay), colour: a.s.Muted}, true
			}
		}
	}
	return 0, 0, write{}, false
}

// namedLevel prepares a dashed horizontal line with its name: beside it or,
// where curves leave no place, at its end right of the panel, which then gets
// narrower. It returns what draws them, and the series that stand for names at
// the right.
func namedLevel(a *panel, v float64, name string, curves, named []series, taken *rect) (draw func(), all []series) {
	if math.IsNaN(v) || v < a.ylo || v > a.yhi {
		return func() {}, named
	}
	if x, y, w, ok := levelPlace(a, v, name, curves, taken); ok {
		return func() { a.level(v); a.text(x, y, name, w) }, named
	}
	outside := series{variant: name, mean: []float64{v}, colour: a.s.Muted, dash: []pt{2, 1.5}}
	more := append(slices.Clone(named), outside)
	a.r -= max(0, labelRoom(a.pen, more)-labelRoom(a.pen, named))
	return func() { a.level(v) }, more
}

// passes reports whether a line or band of the series may pass a rectangle:
// whether between the slices around it they reach its height.
func passes(a *panel, all []series, r rect) bool {
	const margin = 2
	for _, s := range all {
		xs := a.xs(s.slice)
		for _, pair := range append([][2][]float64{{s.mean, s.mean}, {s.low, s.high}}, doubled(s.runs)...) {
			low, high := a.ys(pair[0]), a.ys(pair[1])
			for i := range xs {
				j := min(i+1, len(xs)-1)
				if math.IsNaN(float64(low[j])) || math.IsNaN(float64(high[j])) {
					j = i
				}
				if xs[j] < r.l-margin || xs[i] > r.r+margin {
					continue
				}
				if min(low[i], low[j]) < r.t+margin && max(high[i], high[j]) > r.b-margin {
					return true
				}
			}
		}
	}
	return false
}

func doubled(lines [][]float64) [][2][]float64 {
	var pairs [][2][]float64
	for _, l := range lines {
		pairs = append(pairs, [2][]float64{l, l})
	}
	return pairs
}

// beforeOnset shades the slices before onset.
func beforeOnset(a *panel, onset int) {
	if onset == 0 {
		return
	}
	until := float64(onset) - 0.5
	if onset < 0 {
		until = a.xhi
	}
	r := rect{a.l, a.b, a.x(until), a.t}
	a.fill(r, a.s.Shade)
	w := write{ax: 0.5, ay: 0.5, colour: a.s.Muted}
	switch {
	case onset < 0:
		a.text(r.cx(), r.cy(), neverArrives, w)
	case a.width(notYet) < r.w()-4:
		a.text(r.cx(), a.t-8, notYet, w)
	case turnedOnset(a, onset) != nil:
		w.turned, w.ax = true, 1
		a.text(r.cx(), a.t-4, notYet, w)
	}
}

const notYet, neverArrives = "before onset", "the image never arrives"

// turnedOnset is where beforeOnset writes upwards, nil where it does not.
func turnedOnset(a *panel, onset int) *rect {
	x := a.x(float64(onset) - 0.5)
	if onset <= 0 || a.width(notYet) < x-a.l-4 || x-a.l <= 9 || a.h() <= 60 {
		return nil
	}
	half := a.s.Text * capital / 2
	x = (a.l + x) / 2
	return &rect{x - half, a.t - 4 - a.width(notYet), x + half, a.t - 4}
}

// axisOfSlices draws slices below and, where ms is known, milliseconds above.
func axisOfSlices(a *panel, steps int, ms float64) {
	ticks := slicesAxis(steps, a.w(), 12)
	a.bottom(ticks, true, "time slice")
	if ms <= 0 {
		return
	}
	milliseconds(a, steps, ms)
}

// msRoom is the height of an axis of milliseconds above a panel.
const msRoom = pt(24)

// milliseconds draws an axis of milliseconds above a panel over slices.
func milliseconds(a *panel, steps int, ms float64) {
	each := a.width(number(float64(steps)*ms)) + 6
	ticks := slicesAxis(steps, a.w(), each)
	texts := make([]string, len(ticks))
	for i, t := range ticks {
		texts[i] = fmt.Sprintf("%.4g", t*ms)
	}
	a.top(ticks, texts, "time (ms)")
}

// markerKey says what filled and hollow markers are, above a panel.
func markerKey(p *pen, x, y pt, d Data, all []series) {
	trained, re := false, false
	for _, s := range all {
		a := d.anatomy(s.variant)
		trained, re = trained || len(a.TrainSlices) > 0, re || len(a.Reestimated) > 0
	}
	if trained {
		p.circle(x+3, y, 2, p.s.Ink, true)
		p.text(x+8, y, "trained", toRight)
		x += 8 + p.width("trained") + 10
	}
	if re {
		p.circle(x+3, y, 2, p.s.Ink, false)
		p.text(x+8, y, "re-estimated", toRight)
	}
}

func accuracyCaption(d Data, right, sure []series) string {
	a, b := "Per cent of images that are answered rightly, at every time slice", ""
	rule, _ := cutNote(right[0].note)
	if len(sure) > 0 {
		what, _ := cutNote(sure[0].note)
		a = "(a) " + a
		b = fmt.Sprintf("(b) Confidence: mean over images of the %s; %s", what, linesOf(sure, "95 % t interval"))
		if !math.IsNaN(sure[0].chance) {
			b += fmt.Sprintf("; dashed: uniform over classes (%s)", number(sure[0].chance))
		}
	}
	if rule != "" {
		a += " (" + rule + ")"
	}
	a += "; " + linesOf(right, "Wilson 95 % interval")
	chance := "Chance is not known"
	if !math.IsNaN(right[0].chance) {
		chance = fmt.Sprintf("Dashed in accuracy: chance (%s %%)", number(right[0].chance))
	}
	marks := ""
	if text := ofEach(d, right, func(a *recording.Anatomy) string {
		if len(a.TrainSlices) == 0 {
			return ""
		}
		return plural("slice", a.TrainSlices)
	}); text != "" {
		marks = "Filled markers: slices that the loss reads (" + text + ")"
	}
	if slices.ContainsFunc(right, func(s series) bool { return len(d.anatomy(s.variant).Reestimated) > 0 }) {
		marks = caption(marks, "Hollow markers: other slices at which norm statistics were re-estimated")
	}
	once := ""
	if slices.ContainsFunc(right, func(s series) bool {
		return int(s.slice[len(s.slice)-1]) < d.steps(right)-1 && !d.anatomy(s.variant).Recurrent()
	}) {
		once = "A network without recurrence runs once; its answer is drawn on, dashed"
	}
	return caption(a, chance, b, marks, once, reestimatedOf(d, right), onsetOf(d, right), msOf(d.msPerStep(right)), precisionOf(d, right))
}

func onsetOf(d Data, all []series) string {
	on := d.readoutOnset(all)
	text := ofEach(d, all, func(a *recording.Anatomy) string {
		if a.ReadoutOnset() < 0 {
			return a.Readout + ", never"
		}
		return fmt.Sprintf("%s, slice %d", a.Readout, a.ReadoutOnset())
	})
	switch {
	case on < 0:
		return "The image never reaches the readout"
	case on > 0:
		return "Grey: before the image reaches the readout (" + text + ")"
	case strings.Contains(text, ": "):
		return "The image reaches the readout at " + text
	}
	return ""
}

func msOf(ms float64) string {
	if ms > 0 {
		return fmt.Sprintf("One slice stands for %s ms", number(ms))
	}
	return ""
}

func cutNote(note string) (string, string) {
	a, b, _ := strings.Cut(note, ";")
	return a, b
}
