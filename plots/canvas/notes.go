package canvas

import (
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg/draw"
)

// Notes are what a figure says of itself where it is looked at on a screen: its numbers,
// and its panels over time steps. Places are points from the upper left corner.
type Notes struct {
	Marks   []Mark
	Letters int // of panels
	Panels  []TimePanel

	bottoms []bottom
	seen    map[place]bool
}

// Mark is a number that is drawn as a point or as a corner of a line.
type Mark struct {
	X, Y   Pt
	At     float64 // on the x axis
	Text   string  // such as "V4, time step 3: 0.52"
	Short  string  // such as "V4 0.52"
	Colour color.Color
	Timed  bool // At is a time step

	axis string // what At is, with its name
}

// TimePanel is a panel whose x axis are time steps.
type TimePanel struct {
	L, R, T, B Pt
	Lo, Hi     float64 // steps at the left and the right edge
}

// place is where something of a name is drawn, in twentieths of a point.
type place struct {
	x, y int
	name string
}

// bottom is a panel with an x axis, and its title where it is written.
type bottom struct {
	panel Panel
	title string
}

// mostMarks bounds the marks of a figure.
const mostMarks = 1500

// number notes a number at a place of a panel.
func (a *Panel) number(x, y Pt, c color.Color) {
	n := a.Pen.notes
	if n == nil || len(n.Marks) >= mostMarks || math.IsNaN(float64(x+y)) || a.W() == 0 || a.H() == 0 {
		return
	}
	here := place{int(math.Round(float64(x) * 20)), int(math.Round(float64(y) * 20)), a.Name}
	if n.seen[here] {
		return
	}
	if n.seen == nil {
		n.seen = map[place]bool{}
	}
	n.seen[here] = true
	at := a.XLo + float64((x-a.L)/a.W())*(a.XHi-a.XLo)
	value := a.YLo + float64((y-a.B)/a.H())*(a.YHi-a.YLo)
	if a.LogX {
		at = math.Pow(10, at)
	}
	text := Minus(figures(value, a.YHi-a.YLo))
	n.Marks = append(n.Marks, Mark{X: x, Y: y, At: tidy(at), Text: a.Name, Short: text, Colour: c})
}

// figures prints a number with four significant digits, 0 where it is nothing beside
// the scale.
func figures(v, scale float64) string {
	if math.Abs(v) < math.Abs(scale)*1e-9 {
		v = 0
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// tidy removes what places in points add to a number.
func tidy(v float64) float64 {
	if r := math.Round(v); math.Abs(v-r) < 1e-6 {
		return r
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 4, 64), 64)
	return v
}

// axis notes a panel's x axis.
func (a *Panel) axis(title string) {
	if n := a.Pen.notes; n != nil {
		n.bottoms = append(n.bottoms, bottom{*a, title})
	}
}

// finish names axes: panels that stand above each other share a title.
func (n *Notes) finish(height Pt) {
	for _, b := range n.bottoms {
		a, title := b.panel, ""
		for _, o := range n.bottoms {
			if o.title != "" && o.panel.L == a.L && o.panel.R == a.R && o.panel.XLo == a.XLo && o.panel.XHi == a.XHi {
				title = o.title
			}
		}
		if title == "" {
			continue
		}
		timed := len(title) >= 9 && title[:9] == "time step"
		if timed {
			n.Panels = append(n.Panels, TimePanel{a.L, a.R, height - a.T, height - a.B, a.XLo, a.XHi})
			title = "time step"
		}
		for i := range n.Marks {
			x := &n.Marks[i]
			if x.X >= a.L-0.01 && x.X <= a.R+0.01 && x.Y >= a.B-0.01 && x.Y <= a.T+0.01 {
				x.Timed, x.axis = timed, title+" "+Minus(strconv.FormatFloat(x.At, 'g', -1, 64))
			}
		}
	}
	for i := range n.Marks {
		x := &n.Marks[i]
		x.Y = height - x.Y
		value := x.Short
		x.Short = strings.TrimSpace(x.Text + " " + value)
		x.Text = strings.Trim(x.Text+", "+x.axis, ", ")
		if x.Text != "" {
			x.Text += ": "
		}
		x.Text += value
	}
}

// SaveNoted writes a figure of its own size as SVG, and returns what it says of itself.
func SaveNoted(w io.Writer, f *Figure) (*Notes, error) {
	n := &Notes{}
	err := writeSVG(w, func(c draw.Canvas) error { return f.draw(c, n) }, f.Width, f.Height)
	n.finish(f.Height)
	return n, err
}

// Broken draws a line through points of the panel, lifting where one is not a number.
func (a *Panel) Broken(s Stroke, xs, ys []Pt) {
	a.Pen.Broken(s, xs, ys)
	if s.Width != 0 && s.Width < 0.5 {
		return // ends of an interval, or one of many runs
	}
	for i := range xs {
		a.number(xs[i], ys[i], s.Colour)
	}
}

// Circle draws a marker of the panel, filled or hollow.
func (a *Panel) Circle(x, y, radius Pt, colour color.Color, filled bool) {
	a.Pen.Circle(x, y, radius, colour, filled)
	if radius >= 1 {
		a.number(x, y, colour)
	}
}

// Marker draws the mark of variant i at a place of the panel.
func (a *Panel) Marker(i int, x, y, radius Pt, colour color.Color) {
	a.Pen.Marker(i, x, y, radius, colour)
	a.number(x, y, colour)
}
