package plots

import (
	"fmt"
	"math"

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
	if d.Anatomy.MSPerStep > 0 {
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
	f.draw = func(p *pen, w, h pt) error {
		for i, all := range [][]series{right, sure}[:n] {
			box := rect{0, 0, w, h}
			if side {
				box.l, box.r = w*pt(i)/pt(n), w*pt(i+1)/pt(n)
			} else {
				box.t, box.b = h-h*pt(i)/pt(n), h-h*pt(i+1)/pt(n)
			}
			a := &panel{pen: p, rect: rect{box.l + 40, box.b + 28, box.r - 10 - labelRoom(p, all), box.t - top}}
			if i == 0 {
				accuracyPanel(a, d, all)
			} else {
				confidencePanel(a, d, all)
			}
			p.markerKey(a.l, box.t-8, d, all)
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
	an := d.Anatomy
	a.xlo, a.xhi = -0.5, float64(an.Steps)-0.5
	a.ylo, a.yhi = ticks[0], ticks[len(ticks)-1]
	beforeOnset(a, an.ReadoutOnset())
	axisOfSlices(a, an, true)
	reach := a.left(ticks)
	a.text(a.l-reach-4, a.cy(), title, write{ax: 0.5, turned: true})
	for i, s := range all {
		if math.IsNaN(s.chance) || i > 0 && s.chance == all[0].chance {
			continue
		}
		a.level(s.chance)
		// Above or below the line, whichever is freer at the right end.
		last := math.NaN()
		for _, v := range s.mean {
			if !math.IsNaN(v) {
				last = v
			}
		}
		at := write{ax: 1, colour: a.s.Muted}
		y := a.y(s.chance) + 2.5
		if d := a.y(last) - a.y(s.chance); d > -2 && d < 12 && a.y(s.chance)-a.b > 10 {
			at.ay, y = 1, a.y(s.chance)-2.5
		}
		a.text(a.r-1, y, level, at)
	}
	for _, s := range all {
		s.draw(a, d.anatomy(s.variant), true)
	}
	if len(all) > 1 {
		endLabels(a, all)
	}
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
		a.text(r.cx(), r.cy(), "the image never arrives", w)
	case a.width("before onset") < r.w()-4:
		a.text(r.cx(), a.t-8, "before onset", w)
	case r.w() > 9 && a.h() > 60:
		w.turned, w.ax = true, 1
		a.text(r.cx(), a.t-4, "before onset", w)
	}
}

// axisOfSlices draws slices below and, where the anatomy knows them,
// milliseconds above.
func axisOfSlices(a *panel, an *recording.Anatomy, ms bool) {
	ticks := slicesAxis(an.Steps, a.w(), 12)
	a.bottom(ticks, true, "time slice")
	if !ms || an.MSPerStep <= 0 {
		return
	}
	each := a.width(number(float64(an.Steps)*an.MSPerStep)) + 6
	ticks = slicesAxis(an.Steps, a.w(), each)
	texts := make([]string, len(ticks))
	for i, t := range ticks {
		texts[i] = fmt.Sprintf("%.4g", t*an.MSPerStep)
	}
	a.top(ticks, texts, "time (ms)")
}

// markerKey says what filled and hollow markers are, above a panel.
func (p *pen) markerKey(x, y pt, d Data, all []series) {
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
	an := d.Anatomy
	a, b := "Accuracy over time slices: per cent of images", ""
	rule, _ := cutNote(right[0].note)
	if len(sure) > 0 {
		what, _ := cutNote(sure[0].note)
		a = "(a) Accuracy over time slices: per cent of images"
		b = fmt.Sprintf("(b) Confidence: mean %s; %s", what, linesOf(sure, "95 % t interval"))
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
	if len(an.TrainSlices) > 0 {
		marks = "Filled markers: the loss read " + plural("slice", an.TrainSlices)
	}
	if len(an.Reestimated) > 0 {
		marks = caption(marks, "Hollow markers: other slices at which norm statistics were re-estimated")
	}
	return caption(a, chance, b, marks, reestimatedOf(d, right), onsetOf(an), msOf(an), precisionOf(an))
}

func onsetOf(an *recording.Anatomy) string {
	switch on := an.ReadoutOnset(); {
	case on < 0:
		return "The image never reaches the readout"
	case on > 0:
		return fmt.Sprintf("Grey: before the image reaches the readout (%s, slice %d)", an.Readout, on)
	}
	return ""
}

func msOf(an *recording.Anatomy) string {
	if an.MSPerStep > 0 {
		return fmt.Sprintf("One slice stands for %s ms", number(an.MSPerStep))
	}
	return ""
}
