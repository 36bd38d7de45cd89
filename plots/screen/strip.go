// Package screen draws what is on the screen of a trial, from step to step, as a strip
// above figures over time.
package screen

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"
	"strings"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// Strip is what one screen shows, and which of the variants drawn it is that of.
type Strip struct {
	Names []string
	List  []recording.Segment
}

// Same reports whether strips are the same but for the last step.
func Same(a, b []recording.Segment) bool {
	n := len(a) - 1
	if n < 0 || len(b) != len(a) {
		return len(a) == len(b)
	}
	last := b[n]
	last.To = a[n].To
	return slices.Equal(a[:n], b[:n]) && a[n] == last
}

// Of is the strip of an anatomy; of a file that does not say, the image at the
// steps at which it arrives.
func Of(an *recording.Anatomy) (list []recording.Segment) {
	if len(an.Strip) > 0 {
		for _, s := range an.Strip {
			if s.From, s.To = max(s.From, 0), min(s.To, an.Steps-1); s.From <= s.To {
				list = append(list, s)
			}
		}
		return list
	}
	for t := 0; t < an.Steps; {
		on, from := slices.Contains(an.InputSteps, t), t
		for t < an.Steps && slices.Contains(an.InputSteps, t) == on {
			t++
		}
		s := recording.Segment{From: from, To: t - 1, Kind: "image", Text: an.Input}
		if s.Text == "" {
			s.Text = "image"
		}
		if !on {
			s.Kind, s.Text = "absent", "no input"
		}
		list = append(list, s)
	}
	return list
}

// stripHigh is the height of a strip with its words.
const stripHigh = canvas.Pt(17)

// High is the height of strips above each other.
func High(list []Strip) canvas.Pt { return stripHigh * canvas.Pt(len(list)) }

// Draw draws strips above each other, the first on top, over steps that stand
// evenly between the left and the right edge of r, whose upper edge is theirs. Their
// names, where they differ, stand within room left of them.
func Draw(p *canvas.Pen, r canvas.Rect, list []Strip, steps int, room canvas.Pt) {
	var names []string
	for _, s := range list {
		name := "screen"
		if len(list) > 1 {
			name = strings.Join(s.Names, ", ")
		}
		names = append(names, name)
	}
	if len(list) > 1 || p.Width("screen") > room {
		names = canvas.FitAll(p, names, room, canvas.TextStyle{})
	}
	for i, s := range list {
		top := r.T - canvas.Pt(i)*stripHigh
		y := top - 12.2
		if len(list) > 1 || p.Width("screen") <= room {
			p.Text(r.L-4, y, names[i], canvas.ToLeft)
		}
		DrawStrip(p, canvas.Edges(r.L, y-2.5, r.R, y+2.5), s.List, steps)
	}
}

// DrawStrip draws the segments of a strip into r, with their words above where these
// fit. An image is full and the darker the more contrast it has; a blank is a low bar
// of its own grey; a mask is hatched; no input is a bare line; what is not the same in
// all trials is light.
func DrawStrip(p *canvas.Pen, r canvas.Rect, list []recording.Segment, steps int) {
	a := &canvas.Panel{Pen: p, Rect: r, XLo: -0.5, XHi: float64(steps) - 0.5}
	edge := canvas.Stroke{Width: 0.4}
	p.Line(edge, r.L, r.B, r.R, r.B)
	for _, s := range list {
		b := canvas.Edges(a.X(float64(s.From)-0.5), r.B, a.X(float64(s.To)+0.5), r.T)
		ink := canvas.TextStyle{AX: 0.5}
		switch {
		case strings.HasPrefix(s.Text, "one of "): // protocols that images are drawn from
			p.Fill(b, p.Style.Shade)
			p.Frame(b, edge)
		case s.Kind == "image":
			from, to := contrastOf(s.Text)
			p.Fill(b, inkOf(p.Style, from))
			for t := s.From + 1; t <= s.To && from != to; t++ {
				c := from + (to-from)*float64(t-s.From)/float64(s.To-s.From)
				p.Fill(canvas.Edges(a.X(float64(t)-0.5), b.B, b.R, b.T), inkOf(p.Style, c))
			}
			p.Frame(b, edge)
		case s.Kind == "mask":
			p.Hatch(b)
			p.Frame(b, edge)
		case s.Kind == "blank":
			low := b
			low.T = (b.B + b.T) / 2
			p.Fill(low, greyOf(p.Style, s.Text))
			p.Frame(low, edge)
		default:
			ink.Colour = p.Style.Muted
		}
		p.Text(b.CX(), b.T+2.2, wordsWithin(p, s.Text, b.W()-3), ink)
	}
}

// inkOf is the colour of an image of a contrast.
func inkOf(s canvas.Style, contrast float64) color.Color {
	return s.Tint(s.Ink, 0.12+0.88*min(max(contrast, 0), 1))
}

// greyOf is the colour of a blank screen.
func greyOf(s canvas.Style, text string) color.Color {
	switch {
	case strings.HasPrefix(text, "black"):
		return canvas.Grey(0)
	case strings.HasPrefix(text, "white"):
		return canvas.Grey(0xff)
	case strings.HasPrefix(text, "mean"):
		return s.Faint
	}
	return canvas.Grey(0x80)
}

// contrastOf reads the contrast at the first and the last step from the words of a
// segment, 1 where they name none.
func contrastOf(text string) (from, to float64) {
	_, rest, ok := strings.Cut(text, "contrast ")
	if !ok {
		return 1, 1
	}
	rest, _, _ = strings.Cut(rest, ",")
	a, b, ramp := strings.Cut(rest, " to ")
	from, err := strconv.ParseFloat(strings.TrimSpace(a), 64)
	if err != nil {
		return 1, 1
	}
	if to = from; ramp {
		if v, err := strconv.ParseFloat(strings.TrimSpace(b), 64); err == nil {
			to = v
		}
	}
	return from, to
}

// wordsWithin shortens the words of a segment to a width: the whole, the first of
// several, a mask's kind alone, or none.
func wordsWithin(p *canvas.Pen, text string, width canvas.Pt) string {
	first, _, _ := strings.Cut(text, ",")
	_, kind, _ := strings.Cut(first, ": ")
	for _, try := range []string{text, first, kind} {
		if try != "" && p.Width(try) <= width {
			return try
		}
	}
	if kind != "" && p.Width("mask") <= width {
		return "mask"
	}
	return ""
}

// Said says in a caption what is on the screen.
func Said(list []Strip) string {
	var parts []string
	for _, s := range list {
		text := stripSaid(s.List)
		if len(list) > 1 {
			text = strings.Join(s.Names, ", ") + ": " + text
		}
		parts = append(parts, text)
	}
	text := "On top what is on the screen"
	if len(list) == 1 {
		text += ": "
	} else {
		text += ", which is not the same in all; "
	}
	text += strings.Join(parts, "; ")
	if slices.ContainsFunc(list, func(s Strip) bool {
		return slices.ContainsFunc(s.List, func(x recording.Segment) bool { return strings.Contains(x.Text, "contrast ") })
	}) {
		text += " (the darker, the more contrast)"
	}
	return text
}

// stripSaid says what is shown at which steps.
func stripSaid(list []recording.Segment) string {
	if len(list) == 1 {
		return list[0].Text + " at all steps"
	}
	var parts []string
	for _, s := range list {
		var steps []int
		for t := s.From; t <= s.To; t++ {
			steps = append(steps, t)
		}
		parts = append(parts, fmt.Sprintf("%s at %s", s.Text, canvas.Plural("step", steps)))
	}
	return strings.Join(parts, ", ")
}

// Columns returns strips as the columns of a figure show them, which are some of the
// steps.
func Columns(list []Strip, steps []float64) (shown []Strip) {
	for _, s := range list {
		shown = append(shown, s.At(steps))
	}
	return shown
}

func (s Strip) At(steps []float64) Strip {
	var list []recording.Segment
	for _, x := range s.List {
		from, to := -1, -1
		for k, t := range steps {
			if float64(x.From) <= t && t <= float64(x.To) {
				if to = k; from < 0 {
					from = k
				}
			}
		}
		if from >= 0 {
			x.From, x.To = from, to
			list = append(list, x)
		}
	}
	return Strip{s.Names, list}
}

// LossDots draws a dot at each step that the loss reads.
func LossDots(p *canvas.Pen, r canvas.Rect, an *recording.Anatomy, steps int) {
	if len(an.TrainSteps) == 0 {
		return
	}
	a := &canvas.Panel{Pen: p, Rect: r, XLo: -0.5, XHi: float64(steps) - 0.5, YHi: 1}
	p.Text(r.L-4, r.CY(), "loss", canvas.ToLeft)
	for _, t := range an.TrainSteps {
		if t >= 0 && t < an.Steps {
			p.Circle(a.X(float64(t)), r.CY(), min(1.8, 0.4*r.W()/canvas.Pt(steps)), p.Style.Ink, true)
		}
	}
}
