package chart

import (
	"errors"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
	"ventral/plots/screen"
)

// Options say what charts take from the run that they are of.
type Options struct {
	Style   canvas.Style
	Width   canvas.Pt      // 0: what the chart needs, two columns at most
	Areas   []string       // from the first on, whose colours are those of other figures
	Time    string         // title of an axis of steps, such as "time step (× 10 ms)"
	Screens []screen.Strip // above axes of all steps
	End     []string       // sentences that end every caption, such as the precision
}

// ErrForm is the error of frames whose axes no chart is for.
var ErrForm = errors.New("chart: no chart is for these axes")

// Draws reports whether a chart is for frames of these axes.
func Draws(f analysis.Frame) bool {
	_, f = parts(f)
	_, ok := formOf(f)
	return ok && len(f.Data) > 0
}

// Of draws frames of one name, which differ in axes of one position in front, such as
// "variant", "condition" and "run".
func Of(frames []analysis.Frame, o Options) (*canvas.Figure, error) {
	if len(frames) == 0 {
		return nil, ErrForm
	}
	_, f := parts(frames[0])
	draw, ok := formOf(f)
	if !ok {
		return nil, ErrForm
	}
	return draw(frames, o)
}

// fronts are axes that tell frames of one name apart.
var fronts = []string{"variant", "condition", "run"}

// parts takes the axes of one position that tell frames apart off the front of a frame.
func parts(f analysis.Frame) (who map[string]string, rest analysis.Frame) {
	who = map[string]string{}
	for len(f.Axes) > 0 && f.Axes[0].Len() == 1 && slices.Contains(fronts, f.Axes[0].Name) {
		who[f.Axes[0].Name] = f.Axes[0].At(0)
		f.Axes = f.Axes[1:]
	}
	return who, f
}

// named joins what tells a frame apart, without the run.
func named(who map[string]string) string {
	var names []string
	for _, key := range fronts[:2] {
		if who[key] != "" {
			names = append(names, who[key])
		}
	}
	return strings.Join(names, ", ")
}

// undrawn are axes of numbers for tables: too many positions, or of several units.
var undrawn = []string{"image", "unit", "parameter"}

// formOf is what draws frames of these axes.
func formOf(f analysis.Frame) (func([]analysis.Frame, Options) (*canvas.Figure, error), bool) {
	n := len(f.Axes)
	if n == 0 {
		return nil, false
	}
	last := f.Axes[n-1]
	if slices.ContainsFunc(f.Axes, func(a analysis.Axis) bool { return slices.Contains(undrawn, a.Name) }) && !(n == 2 && last.Name == "quantity") {
		return nil, false
	}
	switch {
	case last.Name == "statistic" && (n < 2 || n > 4):
		return nil, false
	case last.Name == "statistic":
		return curves, last.Find("mean") >= 0 || last.Find("count") >= 0
	case n == 2 && last.Name == "quantity":
		return scatter, last.Len() == 2
	case n == 4 && f.Axes[0].Name == "area" && last.Name == "x" && f.Axes[2].Name == "y":
		return pictures, true
	case n == 4 && f.Axes[0].Name == "area" && last.Name == "component":
		return paths, last.Len() >= 2
	case n == 2, n == 3 && f.Axes[0].Name == "area":
		return maps, true
	}
	return nil, false
}

// indexed cuts a frame along an axis: of each position, the frame without the axis.
func indexed(f analysis.Frame, axis int) []analysis.Frame {
	outer, inner := 1, 1
	for i, a := range f.Axes {
		if i < axis {
			outer *= a.Len()
		} else if i > axis {
			inner *= a.Len()
		}
	}
	n := f.Axes[axis].Len()
	list := make([]analysis.Frame, n)
	for i := range list {
		g := f
		g.Axes = slices.Delete(slices.Clone(f.Axes), axis, axis+1)
		g.Data = make([]float64, 0, outer*inner)
		for k := range outer {
			g.Data = append(g.Data, f.Data[(k*n+i)*inner:][:inner]...)
		}
		list[i] = g
	}
	return list
}

// titleOf is the title of a frame, or its name.
func titleOf(f analysis.Frame) string {
	if f.Title == "" || f.Title == f.Label("area") {
		return canvas.Upper(f.Name)
	}
	return f.Title
}

// axisTitle is what an axis is, with its unit.
func axisTitle(a analysis.Axis, o Options) string {
	if a.Name == "step" && o.Time != "" {
		return o.Time
	}
	if a.Unit != "" {
		return a.Name + " (" + a.Unit + ")"
	}
	return a.Name
}

// quantity is what a frame's numbers are, with their unit.
func quantity(f analysis.Frame) string {
	if f.Unit != "" {
		return f.Name + " (" + f.Unit + ")"
	}
	return f.Name
}

// areaColour is the colour of an area, ink where it is none.
func areaColour(name string, o Options) (at int, ok bool) {
	at = slices.Index(o.Areas, name)
	return at, at >= 0
}
