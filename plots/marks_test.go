package plots

import (
	"image/color"
	"testing"

	"gonum.org/v1/plot/vg"

	"ventral/plots/canvas"
	"ventral/plots/plotstest"
)

// mark is one thing a figure draws, see plotstest.Mark.
type mark struct {
	kind   string
	box    canvas.Rect
	points []vg.Point
	text   string
	colour color.NRGBA
	width  canvas.Pt
}

func marks(t *testing.T, f *canvas.Figure) (all []mark) {
	t.Helper()
	for _, m := range plotstest.Marks(t, f) {
		all = append(all, mark{m.Kind, m.Box, m.Points, m.Text, m.Colour, m.Width})
	}
	return all
}

func meets(r, o canvas.Rect, margin canvas.Pt) bool { return plotstest.Meets(r, o, margin) }
func crosses(points []vg.Point, r canvas.Rect) bool { return plotstest.Crosses(points, r) }
