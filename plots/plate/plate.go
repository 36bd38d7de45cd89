// Package plate puts figures together into one figure with letters.
package plate

import (
	"io"
	"regexp"
	"strings"

	"gonum.org/v1/plot/vg"

	"ventral/plots/canvas"
)

// Make draws a panel of a plate: into a width, with letters from a first one on.
type Make func(width canvas.Pt, letters int) (*canvas.Figure, error)

// Panel is a figure of a plate.
type Panel struct {
	Make  Make
	Share float64 // of the width of its row, beside those of the others; 0 is 1
}

// Options are how panels stand.
type Options struct {
	Name, Title string
	Width       canvas.Pt
	Gap         canvas.Pt // between panels
	Letters     bool
	Style       canvas.Style
}

// placed is a panel in its place.
type placed struct {
	figure *canvas.Figure
	x, y   canvas.Pt // of its upper left corner, from that of the plate
	letter int       // -1: the figure writes its own
}

// Compose puts rows of panels together, from the top. Panels of one row share its width
// and begin at one height. Letters go on over figures that have several of their own.
func Compose(rows [][]Panel, o Options) (*canvas.Figure, error) {
	var list []placed
	var captions []string
	next, y := 0, canvas.Pt(0)
	for _, row := range rows {
		total := 0.0
		for _, p := range row {
			total += share(p)
		}
		room := o.Width - o.Gap*canvas.Pt(len(row)-1)
		x, high := canvas.Pt(0), canvas.Pt(0)
		for _, p := range row {
			width := room * canvas.Pt(share(p)/total)
			letters := canvas.NoLetters
			if o.Letters {
				letters = next
			}
			f, err := p.Make(width, letters)
			if err != nil {
				return nil, err
			}
			own, err := canvas.SaveNoted(io.Discard, f)
			if err != nil {
				return nil, err
			}
			at := placed{f, x, y, -1}
			if o.Letters {
				if own.Letters == 0 {
					at.letter = next
				}
				captions = append(captions, caption(f, next, own.Letters))
				next += max(own.Letters, 1)
			} else {
				captions = append(captions, f.Title+". "+f.Caption)
			}
			list = append(list, at)
			x, high = x+width+o.Gap, max(high, f.Height)
		}
		y += high + o.Gap
	}
	out := &canvas.Figure{Name: o.Name, Title: o.Title, Caption: strings.Join(captions, "\n\n"), Width: o.Width, Height: max(y-o.Gap, 1), Style: o.Style}
	out.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		for _, x := range list {
			p.Canvas.Push()
			p.Canvas.Translate(vg.Point{X: x.x, Y: h - x.y - x.figure.Height})
			err := x.figure.Paint(&canvas.Pen{Canvas: p.Canvas, Style: x.figure.Style}, x.figure.Width, x.figure.Height)
			if x.letter >= 0 {
				(&canvas.Pen{Canvas: p.Canvas, Style: o.Style}).Letter(2, x.figure.Height-2, x.letter)
			}
			p.Canvas.Pop()
			if err != nil {
				return err
			}
		}
		return nil
	}
	return out, nil
}

func share(p Panel) float64 {
	if p.Share == 0 {
		return 1
	}
	return p.Share
}

var ownLetter = regexp.MustCompile(`\(([a-z])\)`)

// caption is that of a panel whose letters begin at one: "(c) Activity. …", and the letters
// of its own panels moved on.
func caption(f *canvas.Figure, first, own int) string {
	if own == 0 {
		return "(" + string(rune('a'+first)) + ") " + f.Title + ". " + f.Caption
	}
	moved := ownLetter.ReplaceAllStringFunc(f.Caption, func(s string) string {
		if k := int(s[1] - 'a'); k < own {
			return "(" + string(rune('a'+first+k)) + ")"
		}
		return s
	})
	from, to := string(rune('a'+first)), string(rune('a'+first+own-1))
	letters := "(" + from + ")"
	if own > 1 {
		letters = "(" + from + "–" + to + ")"
	}
	return letters + " " + f.Title + ". " + moved
}
