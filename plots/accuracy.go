package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/screen"
	"ventral/plots/wiring"
)

// accuracy draws the frames "accuracy" and "confidence" [step, statistic].
func accuracy(d Data) (*canvas.Figure, error) {
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
	width := d.width(canvas.TwoColumns)
	side, n := width > 400, 1
	if len(sure) > 0 {
		n = 2
	}
	top := canvas.Pt(20)
	if d.msPerStep(right) > 0 {
		top = 42
	}
	screens := d.screens(right)
	top += screen.High(screens)
	each := 136 + top
	f := &canvas.Figure{Title: "Accuracy over time", Width: width, Height: each}
	if !side {
		f.Height = each * canvas.Pt(n)
	} else if n == 1 {
		f.Width = d.width(canvas.OneColumn)
	}
	f.Caption = accuracyCaption(d, right, sure)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		for i, all := range [][]series{right, sure}[:n] {
			box := canvas.Edges(0, 0, w, h)
			if side {
				box.L, box.R = w*canvas.Pt(i)/canvas.Pt(n), w*canvas.Pt(i+1)/canvas.Pt(n)
			} else {
				box.T, box.B = h-h*canvas.Pt(i)/canvas.Pt(n), h-h*canvas.Pt(i+1)/canvas.Pt(n)
			}
			a := &canvas.Panel{Pen: p, Rect: canvas.Edges(box.L+40, box.B+28, box.R-10-labelRoom(p, several(all)), box.T-top), Name: []string{"accuracy", "confidence"}[i]}
			if i == 0 {
				accuracyPanel(a, d, all)
			} else {
				confidencePanel(a, d, all)
			}
			markerKey(p, a.L, box.T-8, d, all)
			screen.Draw(p, canvas.Edges(a.L, a.T, a.R, box.T-13), screens, d.steps(all), 34)
			if n > 1 {
				p.Letter(box.L+2, box.T-2, i)
			}
		}
		return nil
	}
	return f, nil
}

func accuracyPanel(a *canvas.Panel, d Data, all []series) {
	_, hi := span(all)
	for _, s := range all {
		if s.chance > hi {
			hi = s.chance
		}
	}
	ticks := canvas.Ticks(0, 100, 5, true)
	if hi <= 50 && drawn(all) {
		ticks = canvas.Ticks(0, hi, 5, true)
	}
	overSteps(a, d, all, ticks, "accuracy (%)", "chance")
}

func confidencePanel(a *canvas.Panel, d Data, all []series) {
	overSteps(a, d, all, canvas.Ticks(0, 1, 5, true), "confidence (probability)", "uniform")
}

// overSteps draws series over steps into a, whose rectangle is set.
func overSteps(a *canvas.Panel, d Data, all []series, ticks []float64, title, level string) {
	a.XLo, a.XHi = -0.5, float64(d.steps(all))-0.5
	a.YLo, a.YHi = ticks[0], ticks[len(ticks)-1]
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
	axisOfSteps(a, d.steps(all), d.msPerStep(all))
	reach := a.Left(ticks)
	a.Text(a.L-reach-4, a.CY(), title, canvas.TextStyle{AX: 0.5, Turned: true})
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
func levelPlace(a *canvas.Panel, v float64, name string, all []series, taken *canvas.Rect) (x, y canvas.Pt, w canvas.TextStyle, ok bool) {
	wide, high := a.Width(name), a.Style.Text*canvas.Capital
	for _, at := range []struct {
		x  canvas.Pt
		ax float64
	}{{a.R - 1, 1}, {a.L + 3, 0}, {a.CX(), 0.5}} {
		l := at.x - canvas.Pt(at.ax)*wide
		for ay, y := range []canvas.Pt{a.Y(v) + 2.5, a.Y(v) - 2.5} {
			r := canvas.Edges(l, y-canvas.Pt(ay)*high, l+wide, y+canvas.Pt(1-ay)*high)
			if r.B > a.B+2 && r.T < a.T-1 && !passes(a, all, r) && (taken == nil || !r.Touches(*taken)) {
				return at.x, y, canvas.TextStyle{AX: at.ax, AY: float64(ay), Colour: a.Style.Muted}, true
			}
		}
	}
	return 0, 0, canvas.TextStyle{}, false
}

// namedLevel prepares a dashed horizontal line with its name: beside it or,
// where curves leave no place, at its end right of the panel, which then gets
// narrower. It returns what draws them, and the series that stand for names at
// the right.
func namedLevel(a *canvas.Panel, v float64, name string, curves, named []series, taken *canvas.Rect) (draw func(), all []series) {
	if math.IsNaN(v) || v < a.YLo || v > a.YHi {
		return func() {}, named
	}
	if x, y, w, ok := levelPlace(a, v, name, curves, taken); ok {
		return func() { a.Level(v); a.Text(x, y, name, w) }, named
	}
	outside := series{variant: name, mean: []float64{v}, colour: a.Style.Muted, dash: []canvas.Pt{2, 1.5}}
	more := append(slices.Clone(named), outside)
	a.R -= max(0, labelRoom(a.Pen, more)-labelRoom(a.Pen, named))
	return func() { a.Level(v) }, more
}

// passes reports whether a line or band of the series may pass a rectangle:
// whether between the steps around it they reach its height.
func passes(a *canvas.Panel, all []series, r canvas.Rect) bool {
	const margin = 2
	for _, s := range all {
		xs := a.XS(s.step)
		for _, pair := range append([][2][]float64{{s.mean, s.mean}, {s.low, s.high}}, doubled(s.runs)...) {
			low, high := a.YS(pair[0]), a.YS(pair[1])
			for i := range xs {
				j := min(i+1, len(xs)-1)
				if math.IsNaN(float64(low[j])) || math.IsNaN(float64(high[j])) {
					j = i
				}
				if xs[j] < r.L-margin || xs[i] > r.R+margin {
					continue
				}
				if min(low[i], low[j]) < r.T+margin && max(high[i], high[j]) > r.B-margin {
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

// beforeOnset shades the steps before onset.
func beforeOnset(a *canvas.Panel, onset int) {
	if onset == 0 {
		return
	}
	until := float64(onset) - 0.5
	if onset < 0 {
		until = a.XHi
	}
	r := canvas.Edges(a.L, a.B, a.X(until), a.T)
	a.Fill(r, a.Style.Shade)
	w := canvas.TextStyle{AX: 0.5, AY: 0.5, Colour: a.Style.Muted}
	switch {
	case onset < 0:
		a.Text(r.CX(), r.CY(), neverArrives, w)
	case a.Width(notYet) < r.W()-4:
		a.Text(r.CX(), a.T-8, notYet, w)
	case turnedOnset(a, onset) != nil:
		w.Turned, w.AX = true, 1
		a.Text(r.CX(), a.T-4, notYet, w)
	}
}

const notYet, neverArrives = "before onset", "the image never arrives"

// turnedOnset is where beforeOnset writes upwards, nil where it does not.
func turnedOnset(a *canvas.Panel, onset int) *canvas.Rect {
	x := a.X(float64(onset) - 0.5)
	if onset <= 0 || a.Width(notYet) < x-a.L-4 || x-a.L <= 9 || a.H() <= 60 {
		return nil
	}
	half := a.Style.Text * canvas.Capital / 2
	x = (a.L + x) / 2
	r := canvas.Edges(x-half, a.T-4-a.Width(notYet), x+half, a.T-4)
	return &r
}

// axisOfSteps draws steps below and, where ms is known, milliseconds above.
func axisOfSteps(a *canvas.Panel, steps int, ms float64) {
	ticks := canvas.StepTicks(steps, a.W(), 12)
	a.Bottom(ticks, true, a.Style.Time())
	if ms <= 0 {
		return
	}
	milliseconds(a, steps, ms)
}

// msRoom is the height of an axis of milliseconds above a panel.
const msRoom = canvas.Pt(24)

// milliseconds draws an axis of milliseconds above a panel over steps.
func milliseconds(a *canvas.Panel, steps int, ms float64) {
	each := a.Width(canvas.Number(float64(steps)*ms)) + 6
	ticks := canvas.StepTicks(steps, a.W(), each)
	texts := make([]string, len(ticks))
	for i, t := range ticks {
		texts[i] = fmt.Sprintf("%.4g", t*ms)
	}
	a.Top(ticks, texts, "time (ms)")
}

// markerKey says what filled and hollow markers are, above a panel.
func markerKey(p *canvas.Pen, x, y canvas.Pt, d Data, all []series) {
	trained, re := false, false
	for _, s := range all {
		a := d.anatomy(s.variant)
		trained, re = trained || len(a.TrainSteps) > 0, re || len(a.Reestimated) > 0
	}
	if trained {
		p.Circle(x+3, y, 2, p.Style.Ink, true)
		p.Text(x+8, y, "trained", canvas.ToRight)
		x += 8 + p.Width("trained") + 10
	}
	if re {
		p.Circle(x+3, y, 2, p.Style.Ink, false)
		p.Text(x+8, y, "re-estimated", canvas.ToRight)
	}
}

func accuracyCaption(d Data, right, sure []series) string {
	a, b := "Per cent of images that are answered rightly, at every time step", ""
	rule, _ := cutNote(right[0].note)
	if len(sure) > 0 {
		what, _ := cutNote(sure[0].note)
		a = "(a) " + a
		b = fmt.Sprintf("(b) Confidence: mean over images of the %s; %s", what, linesOf(d, sure, "95 % t interval"))
		if !math.IsNaN(sure[0].chance) {
			b += fmt.Sprintf("; dashed: uniform over classes (%s)", canvas.Number(sure[0].chance))
		}
	}
	if rule != "" {
		a += " (" + rule + ")"
	}
	a += "; " + linesOf(d, right, "Wilson 95 % interval")
	chance := "Chance is not known"
	if !math.IsNaN(right[0].chance) {
		chance = fmt.Sprintf("Dashed in accuracy: chance (%s %%)", canvas.Number(right[0].chance))
	}
	marks := ""
	if text := ofEach(d, right, func(a *recording.Anatomy) string {
		if len(a.TrainSteps) == 0 {
			return ""
		}
		return canvas.Plural("step", a.TrainSteps)
	}); text != "" {
		marks = "Filled markers: steps that the loss reads (" + text + ")"
	}
	if slices.ContainsFunc(right, func(s series) bool { return len(d.anatomy(s.variant).Reestimated) > 0 }) {
		marks = canvas.Sentences(marks, "Hollow markers: other steps at which norm statistics were re-estimated")
	}
	once := ""
	if slices.ContainsFunc(right, func(s series) bool {
		return int(s.step[len(s.step)-1]) < d.steps(right)-1 && !d.anatomy(s.variant).Recurrent()
	}) {
		once = "A network without recurrence runs once; its answer is drawn on, dashed"
	}
	return canvas.Sentences(a, chance, b, screen.Said(d.screens(right)), marks, once, reestimatedOf(d, right), onsetOf(d, right), wiring.StepLasts(d.msPerStep(right)), precisionOf(d, right))
}

func onsetOf(d Data, all []series) string {
	on := d.readoutOnset(all)
	text := ofEach(d, all, func(a *recording.Anatomy) string {
		if a.ReadoutOnset() < 0 {
			return a.Readout + ", never"
		}
		return fmt.Sprintf("%s, step %d", a.Readout, a.ReadoutOnset())
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

func cutNote(note string) (string, string) {
	a, b, _ := strings.Cut(note, ";")
	return a, b
}
