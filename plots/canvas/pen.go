package canvas

import (
	"image"
	"image/color"
	"math"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Fonts is Liberation Sans, which has the widths of Arial and Helvetica.
var Fonts = font.NewCache(liberation.Collection())

// Pt is a length in points.
type Pt = vg.Length

// Pen draws on a canvas in the house style. Lengths are points from the lower
// left corner of the figure.
type Pen struct {
	Canvas draw.Canvas
	Style  Style

	notes *Notes // nil where nobody reads them
}

// Rect is a rectangle by its edges.
type Rect struct{ L, B, R, T Pt }

// Edges returns the rectangle of four edges.
func Edges(left, bottom, right, top Pt) Rect { return Rect{left, bottom, right, top} }

// CX is the middle in x.
func (r Rect) CX() Pt { return (r.L + r.R) / 2 }

// CY is the middle in y.
func (r Rect) CY() Pt { return (r.B + r.T) / 2 }

// W is the width.
func (r Rect) W() Pt { return r.R - r.L }

// H is the height.
func (r Rect) H() Pt { return r.T - r.B }

// Touches reports whether rectangles come nearer than a point.
func (r Rect) Touches(o Rect) bool { return r.L-1 < o.R && o.L-1 < r.R && r.B-1 < o.T && o.B-1 < r.T }

// TextStyle is how a text stands: Ax and Ay are 0 left or baseline, 0.5 centre, 1
// right or top of capitals.
type TextStyle struct {
	AX, AY float64
	Bold   bool
	Colour color.Color // nil: ink
	Turned bool        // reads upwards
	Size   Pt          // 0: the style's
}

var (
	Centred = TextStyle{AX: 0.5, AY: 0.5}
	ToLeft  = TextStyle{AX: 1, AY: 0.5}
	ToRight = TextStyle{AY: 0.5}
)

// Capital is the height of capitals and digits of Liberation Sans in ems.
const Capital = 0.69

func (p *Pen) face(w TextStyle) font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if p.Style.Face != "" {
		f.Variant = font.Variant(p.Style.Face)
	}
	if w.Bold {
		f.Weight = xfont.WeightBold
	}
	size := w.Size
	if size == 0 {
		size = p.Style.Text
	}
	return Fonts.Lookup(f, size)
}

// Width is the width of a text in the style's size.
func (p *Pen) Width(text string) Pt { return p.WidthOf(text, TextStyle{}) }

// WidthOf is the width of a text as it stands.
func (p *Pen) WidthOf(text string, w TextStyle) Pt {
	f := p.face(w)
	return f.Width(text)
}

// Text writes a text at a point.
func (p *Pen) Text(x, y Pt, text string, w TextStyle) {
	if text == "" {
		return
	}
	f := p.face(w)
	colour := w.Colour
	if colour == nil {
		colour = p.Style.Ink
	}
	dx, dy := -Pt(w.AX)*f.Width(text), -Pt(w.AY)*Capital*f.Font.Size
	p.Canvas.SetColor(colour)
	if !w.Turned {
		p.Canvas.FillString(f, vg.Point{X: x + dx, Y: y + dy}, text)
		return
	}
	p.Canvas.Push()
	p.Canvas.Translate(vg.Point{X: x, Y: y})
	p.Canvas.Rotate(math.Pi / 2)
	p.Canvas.FillString(f, vg.Point{X: dx, Y: dy}, text)
	p.Canvas.Pop()
}

// Stroke is how a line looks: width 0 is the style's.
type Stroke struct {
	Colour color.Color
	Width  Pt
	Dash   []Pt
}

func (p *Pen) set(s Stroke) {
	if s.Colour == nil {
		s.Colour = p.Style.Ink
	}
	if s.Width == 0 {
		s.Width = p.Style.Line
	}
	p.Canvas.SetColor(s.Colour)
	p.Canvas.SetLineWidth(s.Width)
	p.Canvas.SetLineDash(s.Dash, 0)
}

// Path draws the outline of a path.
func (p *Pen) Path(s Stroke, path vg.Path) {
	p.set(s)
	p.Canvas.Stroke(path)
}

// Line draws a line through points x, y, x, y, ….
func (p *Pen) Line(s Stroke, xy ...Pt) {
	var path vg.Path
	for i := 0; i+1 < len(xy); i += 2 {
		if i == 0 {
			path.Move(vg.Point{X: xy[0], Y: xy[1]})
		} else {
			path.Line(vg.Point{X: xy[i], Y: xy[i+1]})
		}
	}
	p.Path(s, path)
}

// Broken draws a line through the points, lifting where one is not a number.
func (p *Pen) Broken(s Stroke, xs, ys []Pt) {
	var path vg.Path
	down := false
	for i := range xs {
		if math.IsNaN(float64(ys[i])) {
			down = false
			continue
		}
		if down {
			path.Line(vg.Point{X: xs[i], Y: ys[i]})
		} else {
			path.Move(vg.Point{X: xs[i], Y: ys[i]})
		}
		down = true
	}
	if len(path) > 0 {
		p.Path(s, path)
	}
}

// Band fills between low and high where both are numbers.
func (p *Pen) Band(colour color.Color, xs, low, high []Pt) {
	p.Canvas.SetColor(colour)
	for i := 0; i < len(xs); {
		if math.IsNaN(float64(low[i] + high[i])) {
			i++
			continue
		}
		j := i
		for j < len(xs) && !math.IsNaN(float64(low[j]+high[j])) {
			j++
		}
		if j-i > 1 {
			var path vg.Path
			path.Move(vg.Point{X: xs[i], Y: high[i]})
			for k := i + 1; k < j; k++ {
				path.Line(vg.Point{X: xs[k], Y: high[k]})
			}
			for k := j - 1; k >= i; k-- {
				path.Line(vg.Point{X: xs[k], Y: low[k]})
			}
			path.Close()
			p.Canvas.Fill(path)
		}
		i = j
	}
}

func outline(r Rect) vg.Path {
	var path vg.Path
	path.Move(vg.Point{X: r.L, Y: r.B})
	path.Line(vg.Point{X: r.R, Y: r.B})
	path.Line(vg.Point{X: r.R, Y: r.T})
	path.Line(vg.Point{X: r.L, Y: r.T})
	path.Close()
	return path
}

// Fill fills a rectangle.
func (p *Pen) Fill(r Rect, colour color.Color) {
	p.Canvas.SetColor(colour)
	p.Canvas.Fill(outline(r))
}

// Frame draws the edges, from the middle of one so that all corners join.
func (p *Pen) Frame(r Rect, s Stroke) {
	var path vg.Path
	path.Move(vg.Point{X: r.CX(), Y: r.B})
	for _, c := range [][2]Pt{{r.R, r.B}, {r.R, r.T}, {r.L, r.T}, {r.L, r.B}} {
		path.Line(vg.Point{X: c[0], Y: c[1]})
	}
	path.Close()
	p.Path(s, path)
}

// Hatch marks a rectangle as having no numbers.
func (p *Pen) Hatch(r Rect) {
	s := Stroke{Colour: p.Style.Faint, Width: 0.4}
	const gap = 3
	var path vg.Path
	for d := r.B - r.W() + gap; d < r.T; d += gap {
		// The line y = d + (x - l), cut to the rectangle.
		x0, y0, x1, y1 := r.L, d, r.R, d+r.W()
		if y0 < r.B {
			x0, y0 = x0+r.B-y0, r.B
		}
		if y1 > r.T {
			x1, y1 = x1-(y1-r.T), r.T
		}
		if x1 > x0 {
			path.Move(vg.Point{X: x0, Y: y0})
			path.Line(vg.Point{X: x1, Y: y1})
		}
	}
	p.Path(s, path)
}

// Circle draws a marker, filled or hollow.
func (p *Pen) Circle(x, y, radius Pt, colour color.Color, filled bool) {
	disc := func(r Pt) vg.Path {
		var path vg.Path
		path.Move(vg.Point{X: x + r, Y: y})
		path.Arc(vg.Point{X: x, Y: y}, r, 0, 2*math.Pi)
		path.Close()
		return path
	}
	if !filled {
		p.Canvas.SetColor(p.Style.Paper)
		p.Canvas.Fill(disc(radius))
		p.Path(Stroke{Colour: colour}, disc(radius-p.Style.Line/2))
		return
	}
	p.Canvas.SetColor(colour)
	p.Canvas.Fill(disc(radius))
}

// Marker draws the mark of variant i: six shapes of one width, filled, then hollow.
func (p *Pen) Marker(i int, x, y, radius Pt, colour color.Color) {
	const k = 0.87 // √3/2
	corners := [][]Pt{nil, {-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9}, {-1, -k, 1, -k, 0, k}, {-1, 0, 0, -1, 1, 0, 0, 1}, {-1, k, 1, k, 0, -k},
		{-1, 0.35, -0.35, 0.35, -0.35, 1, 0.35, 1, 0.35, 0.35, 1, 0.35, 1, -0.35, 0.35, -0.35, 0.35, -1, -0.35, -1, -0.35, -0.35, -1, -0.35}}[i%6]
	if corners == nil {
		p.Circle(x, y, radius, colour, i < 6)
		return
	}
	at := make([]Pt, len(corners))
	for j := range corners {
		at[j] = x + radius*corners[j]
		if j%2 == 1 {
			at[j] = y + radius*corners[j]
		}
	}
	if i < 6 {
		p.Polygon(colour, at...)
		return
	}
	p.Polygon(p.Style.Paper, at...)
	p.Line(Stroke{Colour: colour}, append(at, at[:4]...)...)
}

// Polygon fills a polygon with corners x, y, x, y, ….
func (p *Pen) Polygon(colour color.Color, xy ...Pt) {
	var path vg.Path
	path.Move(vg.Point{X: xy[0], Y: xy[1]})
	for i := 2; i+1 < len(xy); i += 2 {
		path.Line(vg.Point{X: xy[i], Y: xy[i+1]})
	}
	path.Close()
	p.Canvas.SetColor(colour)
	p.Canvas.Fill(path)
}

// ArrowHead draws an arrow head whose tip is at x, y and which points along dx, dy
// (a unit vector).
func (p *Pen) ArrowHead(x, y, dx, dy, size Pt, colour color.Color) {
	half := 0.45 * size
	bx, by := x-size*dx, y-size*dy
	p.Polygon(colour, x, y, bx-half*dy, by+half*dx, bx+half*dy, by-half*dx)
}

// Picture draws values [rows][columns] as equal cells, the first row on top.
func (p *Pen) Picture(r Rect, rows, columns int, at func(y, x int) color.Color) {
	// Repeat pixels up to about 300 dots per inch, so that renderers which smooth
	// have little to smooth.
	times := max(1, int(float64(max(r.W()/Pt(columns), r.H()/Pt(rows)))*300/72+0.5))
	m := image.NewNRGBA(image.Rect(0, 0, columns*times, rows*times))
	for y := range rows {
		for x := range columns {
			c := at(y, x)
			for i := range times {
				for j := range times {
					m.Set(x*times+j, y*times+i, c)
				}
			}
		}
	}
	p.Canvas.DrawImage(vg.Rectangle{Min: vg.Point{X: r.L, Y: r.B}, Max: vg.Point{X: r.R, Y: r.T}}, m)
}
