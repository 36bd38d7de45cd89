package canvas

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

// An arc's curves stay within a thousandth of its radius.
func TestPDFArc(t *testing.T) {
	c := newPDF(10, 10)
	var path vg.Path
	path.Arc(vg.Point{X: 5, Y: 6}, 3, 0.3, -5)
	c.Stroke(path)
	var at []vg.Point
	n := 0
	for line := range strings.Lines(c.content.String()) {
		f := strings.Fields(line)
		var p []vg.Point
		for i := 0; i+1 < len(f)-1; i += 2 {
			x, _ := strconv.ParseFloat(f[i], 64)
			y, _ := strconv.ParseFloat(f[i+1], 64)
			p = append(p, vg.Point{X: Pt(x), Y: Pt(y)})
		}
		if f[len(f)-1] == "c" {
			for k := range 11 {
				q := bezier(append(append([]vg.Point(nil), at...), p...), Pt(k)/10)
				if r := math.Hypot(float64(q.X-5), float64(q.Y-6)); math.Abs(r-3) > 0.003 {
					t.Errorf("radius %.4f at %.3f, want 3", r, q)
				}
			}
			n++
		}
		if len(p) > 0 {
			at = p[len(p)-1:]
		}
	}
	end := vg.Point{X: 5 + 3*Pt(math.Cos(-4.7)), Y: 6 + 3*Pt(math.Sin(-4.7))}
	if n != 4 || math.Hypot(float64(at[0].X-end.X), float64(at[0].Y-end.Y)) > 1e-3 {
		t.Errorf("%d curves to %.3f, want 4 to %.3f", n, at[0], end)
	}
}

// bezier is the point of a curve at t, from 0 to 1.
func bezier(p []vg.Point, t Pt) vg.Point {
	for ; len(p) > 1; p = p[:len(p)-1] {
		for i := range len(p) - 1 {
			p[i] = vg.Point{X: (1-t)*p[i].X + t*p[i+1].X, Y: (1-t)*p[i].Y + t*p[i+1].Y}
		}
	}
	return p[0]
}
