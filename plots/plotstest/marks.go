// Package plotstest reads back what figures draw, and has anatomies to draw, for
// the tests of figures.
package plotstest

import (
	"image/color"
	"math"
	"testing"

	"ventral/plots/canvas"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// Mark is one thing a figure draws, in points from its lower left corner.
type Mark struct {
	Kind   string      // "line", "fill", "text" or "image"
	Box    canvas.Rect // what it covers; of a text the capitals
	Points []vg.Point
	Text   string
	Colour color.NRGBA
	Width  canvas.Pt
}

// turn is a position and one of the directions a figure draws in.
type turn struct {
	x, y, scale canvas.Pt
	up          bool // turned by 90 degrees
}

func (t turn) at(p vg.Point) vg.Point {
	if t.up {
		return vg.Point{X: t.x - t.scale*p.Y, Y: t.y + t.scale*p.X}
	}
	return vg.Point{X: t.x + t.scale*p.X, Y: t.y + t.scale*p.Y}
}

// Marks draws a figure and returns what it drew, but for its paper.
func Marks(t *testing.T, f *canvas.Figure) []Mark {
	t.Helper()
	var c recorder.Canvas
	if err := f.Draw(draw.NewCanvas(&c, f.Width, f.Height)); err != nil {
		t.Fatal(err)
	}
	var all []Mark
	now, stack := turn{scale: 1}, []turn(nil)
	var colour color.NRGBA
	var width canvas.Pt
	add := func(kind string, path vg.Path) {
		var points []vg.Point
		flush := func() {
			if len(points) == 0 {
				return
			}
			m := Mark{Kind: kind, Colour: colour, Width: now.scale * width, Points: points, Box: around(points)}
			if kind == "line" {
				m.Box = canvas.Edges(m.Box.L-m.Width/2, m.Box.B-m.Width/2, m.Box.R+m.Width/2, m.Box.T+m.Width/2)
			}
			all, points = append(all, m), nil
		}
		for _, s := range path {
			switch s.Type {
			case vg.MoveComp:
				flush()
				points = append(points, now.at(s.Pos))
			case vg.LineComp:
				points = append(points, now.at(s.Pos))
			case vg.CurveComp:
				control := []vg.Point{points[len(points)-1]}
				for _, c := range append(append([]vg.Point(nil), s.Control...), s.Pos) {
					control = append(control, now.at(c))
				}
				for i := 1; i <= 8; i++ {
					points = append(points, bezier(append([]vg.Point(nil), control...), canvas.Pt(i)/8))
				}
			case vg.ArcComp:
				for i := range 13 {
					a := s.Start + s.Angle*float64(i)/12
					points = append(points, now.at(vg.Point{X: s.Pos.X + s.Radius*canvas.Pt(math.Cos(a)), Y: s.Pos.Y + s.Radius*canvas.Pt(math.Sin(a))}))
				}
			case vg.CloseComp:
				points = append(points, points[0])
			}
		}
		flush()
	}
	for _, a := range c.Actions {
		switch a := a.(type) {
		case *recorder.SetColor:
			colour = color.NRGBAModel.Convert(a.Color).(color.NRGBA)
		case *recorder.SetLineWidth:
			width = a.Width
		case *recorder.Push:
			stack = append(stack, now)
		case *recorder.Pop:
			now, stack = stack[len(stack)-1], stack[:len(stack)-1]
		case *recorder.Translate:
			p := now.at(a.Point)
			now.x, now.y = p.X, p.Y
		case *recorder.Rotate:
			if now.up || math.Abs(a.Angle-math.Pi/2) > 1e-9 {
				t.Fatalf("turned by %g", a.Angle)
			}
			now.up = true
		case *recorder.Scale:
			now.scale *= canvas.Pt(a.X)
		case *recorder.Stroke:
			add("line", a.Path)
		case *recorder.Fill:
			add("fill", a.Path)
		case *recorder.FillString:
			face := canvas.Fonts.Lookup(a.Font, a.Size)
			low, high := now.at(a.Point), now.at(vg.Point{X: a.Point.X + face.Width(a.String), Y: a.Point.Y + canvas.Capital*a.Size})
			all = append(all, Mark{Kind: "text", Text: a.String, Colour: colour, Box: around([]vg.Point{low, high})})
		case *recorder.DrawImage:
			all = append(all, Mark{Kind: "image", Box: around([]vg.Point{now.at(a.Rectangle.Min), now.at(a.Rectangle.Max)})})
		}
	}
	return all[1:]
}

// bezier evaluates a curve of any degree (de Casteljau).
func bezier(p []vg.Point, t canvas.Pt) vg.Point {
	for ; len(p) > 1; p = p[:len(p)-1] {
		for i := range len(p) - 1 {
			p[i] = vg.Point{X: (1-t)*p[i].X + t*p[i+1].X, Y: (1-t)*p[i].Y + t*p[i+1].Y}
		}
	}
	return p[0]
}

func around(points []vg.Point) canvas.Rect {
	inf := canvas.Pt(math.Inf(1))
	r := canvas.Edges(inf, inf, -inf, -inf)
	for _, p := range points {
		r = canvas.Edges(min(r.L, p.X), min(r.B, p.Y), max(r.R, p.X), max(r.T, p.Y))
	}
	return r
}

// Meets reports whether rectangles overlap by more than a margin both ways.
func Meets(r canvas.Rect, o canvas.Rect, margin canvas.Pt) bool {
	return min(r.R, o.R)-max(r.L, o.L) > margin && min(r.T, o.T)-max(r.B, o.B) > margin
}

// Crosses reports whether a line through the points enters a rectangle.
func Crosses(points []vg.Point, r canvas.Rect) bool {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		const n = 64
		for k := range n + 1 {
			f := canvas.Pt(k) / n
			x, y := a.X+f*(b.X-a.X), a.Y+f*(b.Y-a.Y)
			if x > r.L && x < r.R && y > r.B && y < r.T {
				return true
			}
		}
	}
	return false
}
