package plots

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

// fonts is Liberation Sans, which has the widths of Arial and Helvetica.
var fonts = font.NewCache(liberation.Collection())

// pt is a length in points.
type pt = vg.Length

// pen draws on a canvas in the house style. Lengths are points from the lower
// left corner of the figure.
type pen struct {
	c draw.Canvas
	s Style
}

// rect is a rectangle by its edges.
type rect struct{ l, b, r, t pt }

func (r rect) cx() pt { return (r.l + r.r) / 2 }
func (r rect) cy() pt { return (r.b + r.t) / 2 }
func (r rect) w() pt  { return r.r - r.l }
func (r rect) h() pt  { return r.t - r.b }

// touches reports whether rectangles come nearer than a point.
func (r rect) touches(o rect) bool { return r.l-1 < o.r && o.l-1 < r.r && r.b-1 < o.t && o.b-1 < r.t }

// write is how a text stands: Ax and Ay are 0 left or baseline, 0.5 centre, 1
// right or top of capitals.
type write struct {
	ax, ay float64
	bold   bool
	colour color.Color // nil: ink
	turned bool        // reads upwards
	size   pt          // 0: the style's
}

var (
	centred = write{ax: 0.5, ay: 0.5}
	toLeft  = write{ax: 1, ay: 0.5}
	toRight = write{ay: 0.5}
)

// capital is the height of capitals and digits of Liberation Sans in ems.
const capital = 0.69

func (p *pen) face(w write) font.Face {
	f := font.Font{Typeface: "Liberation", Variant: "Sans"}
	if w.bold {
		f.Weight = xfont.WeightBold
	}
	size := w.size
	if size == 0 {
		size = p.s.Text
	}
	return fonts.Lookup(f, size)
}

func (p *pen) width(text string) pt { return p.widthOf(text, write{}) }

func (p *pen) widthOf(text string, w write) pt {
	f := p.face(w)
	return f.Width(text)
}

func (p *pen) text(x, y pt, text string, w write) {
	if text == "" {
		return
	}
	f := p.face(w)
	colour := w.colour
	if colour == nil {
		colour = p.s.Ink
	}
	dx, dy := -pt(w.ax)*f.Width(text), -pt(w.ay)*capital*f.Font.Size
	p.c.SetColor(colour)
	if !w.turned {
		p.c.FillString(f, vg.Point{X: x + dx, Y: y + dy}, text)
		return
	}
	p.c.Push()
	p.c.Translate(vg.Point{X: x, Y: y})
	p.c.Rotate(math.Pi / 2)
	p.c.FillString(f, vg.Point{X: dx, Y: dy}, text)
	p.c.Pop()
}

// stroke is how a line looks: width 0 is the style's.
type stroke struct {
	colour color.Color
	width  pt
	dash   []pt
}

func (p *pen) set(s stroke) {
	if s.colour == nil {
		s.colour = p.s.Ink
	}
	if s.width == 0 {
		s.width = p.s.Line
	}
	p.c.SetColor(s.colour)
	p.c.SetLineWidth(s.width)
	p.c.SetLineDash(s.dash, 0)
}

func (p *pen) path(s stroke, path vg.Path) {
	p.set(s)
	p.c.Stroke(path)
}

func (p *pen) line(s stroke, xy ...pt) {
	var path vg.Path
	for i := 0; i+1 < len(xy); i += 2 {
		if i == 0 {
			path.Move(vg.Point{X: xy[0], Y: xy[1]})
		} else {
			path.Line(vg.Point{X: xy[i], Y: xy[i+1]})
		}
	}
	p.path(s, path)
}

// broken draws a line through the points, lifting where one is not a number.
func (p *pen) broken(s stroke, xs, ys []pt) {
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
		p.path(s, path)
	}
}

// band fills between low and high where both are numbers.
func (p *pen) band(colour color.Color, xs, low, high []pt) {
	p.c.SetColor(colour)
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
			p.c.Fill(path)
		}
		i = j
	}
}

func outline(r rect) vg.Path {
	var path vg.Path
	path.Move(vg.Point{X: r.l, Y: r.b})
	path.Line(vg.Point{X: r.r, Y: r.b})
	path.Line(vg.Point{X: r.r, Y: r.t})
	path.Line(vg.Point{X: r.l, Y: r.t})
	path.Close()
	return path
}

func (p *pen) fill(r rect, colour color.Color) {
	p.c.SetColor(colour)
	p.c.Fill(outline(r))
}

// frame draws the edges, from the middle of one so that all corners join.
func (p *pen) frame(r rect, s stroke) {
	var path vg.Path
	path.Move(vg.Point{X: r.cx(), Y: r.b})
	for _, c := range [][2]pt{{r.r, r.b}, {r.r, r.t}, {r.l, r.t}, {r.l, r.b}} {
		path.Line(vg.Point{X: c[0], Y: c[1]})
	}
	path.Close()
	p.path(s, path)
}

// hatch marks a rectangle as having no numbers.
func (p *pen) hatch(r rect) {
	s := stroke{colour: p.s.Faint, width: 0.4}
	const gap = 3
	var path vg.Path
	for d := r.b - r.w() + gap; d < r.t; d += gap {
		// The line y = d + (x - l), cut to the rectangle.
		x0, y0, x1, y1 := r.l, d, r.r, d+r.w()
		if y0 < r.b {
			x0, y0 = x0+r.b-y0, r.b
		}
		if y1 > r.t {
			x1, y1 = x1-(y1-r.t), r.t
		}
		if x1 > x0 {
			path.Move(vg.Point{X: x0, Y: y0})
			path.Line(vg.Point{X: x1, Y: y1})
		}
	}
	p.path(s, path)
}

// circle draws a marker, filled or hollow.
func (p *pen) circle(x, y, radius pt, colour color.Color, filled bool) {
	disc := func(r pt) vg.Path {
		var path vg.Path
		path.Move(vg.Point{X: x + r, Y: y})
		path.Arc(vg.Point{X: x, Y: y}, r, 0, 2*math.Pi)
		path.Close()
		return path
	}
	if !filled {
		p.c.SetColor(p.s.Paper)
		p.c.Fill(disc(radius))
		p.path(stroke{colour: colour}, disc(radius-p.s.Line/2))
		return
	}
	p.c.SetColor(colour)
	p.c.Fill(disc(radius))
}

// marker draws the mark of variant i: six shapes of one width, filled, then hollow.
func (p *pen) marker(i int, x, y, radius pt, colour color.Color) {
	const k = 0.87 // √3/2
	corners := [][]pt{nil, {-0.9, -0.9, 0.9, -0.9, 0.9, 0.9, -0.9, 0.9}, {-1, -k, 1, -k, 0, k}, {-1, 0, 0, -1, 1, 0, 0, 1}, {-1, k, 1, k, 0, -k},
		{-1, 0.35, -0.35, 0.35, -0.35, 1, 0.35, 1, 0.35, 0.35, 1, 0.35, 1, -0.35, 0.35, -0.35, 0.35, -1, -0.35, -1, -0.35, -0.35, -1, -0.35}}[i%6]
	if corners == nil {
		p.circle(x, y, radius, colour, i < 6)
		return
	}
	at := make([]pt, len(corners))
	for j := range corners {
		at[j] = x + radius*corners[j]
		if j%2 == 1 {
			at[j] = y + radius*corners[j]
		}
	}
	if i < 6 {
		p.polygon(colour, at...)
		return
	}
	p.polygon(p.s.Paper, at...)
	p.line(stroke{colour: colour}, append(at, at[:4]...)...)
}

func (p *pen) polygon(colour color.Color, xy ...pt) {
	var path vg.Path
	path.Move(vg.Point{X: xy[0], Y: xy[1]})
	for i := 2; i+1 < len(xy); i += 2 {
		path.Line(vg.Point{X: xy[i], Y: xy[i+1]})
	}
	path.Close()
	p.c.SetColor(colour)
	p.c.Fill(path)
}

// head draws an arrow head whose tip is at x, y and which points along dx, dy
// (a unit vector).
func (p *pen) head(x, y, dx, dy, size pt, colour color.Color) {
	half := 0.45 * size
	bx, by := x-size*dx, y-size*dy
	p.polygon(colour, x, y, bx-half*dy, by+half*dx, bx+half*dy, by-half*dx)
}

// picture draws values [rows][columns] as equal cells, the first row on top.
func (p *pen) picture(r rect, rows, columns int, at func(y, x int) color.Color) {
	// Repeat pixels up to about 300 dots per inch, so that renderers which smooth
	// have little to smooth.
	times := max(1, int(float64(max(r.w()/pt(columns), r.h()/pt(rows)))*300/72+0.5))
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
	p.c.DrawImage(vg.Rectangle{Min: vg.Point{X: r.l, Y: r.b}, Max: vg.Point{X: r.r, Y: r.t}}, m)
}
