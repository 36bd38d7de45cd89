package screen

import (
	"fmt"
	"slices"
	"strings"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// Protocol draws a trial: what is on the screen at each step, from which step on each
// area sees it, and which steps are trained and tested.
func Protocol(an *recording.Anatomy, s canvas.Style, width canvas.Pt) *canvas.Figure {
	if width == 0 {
		width = canvas.OneColumn
	}
	const left, right, row, foot = canvas.Pt(34), canvas.Pt(8), canvas.Pt(13), canvas.Pt(30)
	head := stripHigh + 4
	if an.MSPerStep > 0 {
		head += 24
	}
	strip := []Strip{{List: Of(an)}}
	f := &canvas.Figure{Name: "protocol", Title: "A trial", Style: s, Width: width, Height: head + row*canvas.Pt(len(an.Areas)+2) + foot}
	f.Caption = protocolCaption(an)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		a := &canvas.Panel{Pen: p, Rect: canvas.Edges(left, foot, w-right, h-head), XLo: -0.5, XHi: float64(an.Steps) - 0.5}
		if an.MSPerStep > 0 {
			ms := &canvas.Panel{Pen: p, Rect: canvas.Edges(a.L, a.B, a.R, h-26), XLo: a.XLo * an.MSPerStep, XHi: a.XHi * an.MSPerStep}
			ticks := canvas.Ticks(ms.XLo, ms.XHi, 6, false)
			ms.Top(ticks, canvas.Numerals(ticks), "time (ms)")
		}
		Draw(p, canvas.Edges(a.L, a.B, a.R, a.T+stripHigh), strip, an.Steps, left-4)
		n := len(an.Areas)
		for i := range an.Areas {
			x := an.Areas[n-1-i]
			y := a.T - row*(canvas.Pt(i)+0.5)
			p.Text(a.L-4, y, canvas.Fit(p, x.Name, left-6), canvas.ToLeft)
			p.Line(canvas.Stroke{Colour: s.Faint, Width: 0.4}, a.L, y, a.R, y)
			if x.Onset < 0 {
				continue
			}
			p.Fill(canvas.Edges(a.X(float64(x.Onset)-0.5), y-3, a.R, y+3), s.Area(n-1-i, n))
		}
		for k, of := range []struct {
			name  string
			steps []int
		}{{"loss", an.TrainSteps}, {"tested", an.TestSteps}} {
			y := a.T - row*(canvas.Pt(n+k)+0.5)
			p.Text(a.L-4, y, of.name, canvas.ToLeft)
			for _, t := range of.steps {
				if t >= 0 && t < an.Steps {
					p.Circle(a.X(float64(t)), y, min(1.8, 0.4*a.W()/canvas.Pt(an.Steps)), s.Ink, k == 0)
				}
			}
		}
		a.Bottom(canvas.StepTicks(an.Steps, a.W(), 12), true, s.Time())
		return nil
	}
	return f
}

// protocolCaption says what a trial is.
func protocolCaption(an *recording.Anatomy) string {
	var on []string
	for _, x := range an.Areas {
		if x.Onset >= 0 {
			on = append(on, fmt.Sprintf("%s %d", x.Name, x.Onset))
		}
	}
	never := slices.ContainsFunc(an.Areas, func(x recording.AnatomyArea) bool { return x.Onset < 0 })
	none := ""
	if never {
		none = "An area without a bar never sees the image"
	}
	return canvas.Sentences(Said([]Strip{{List: Of(an)}}), "Bars begin at the first step at which the image can reach an area, by the delays alone ("+strings.Join(on, ", ")+")", none,
		"Dots: steps that the loss reads; circles: steps that are tested")
}
