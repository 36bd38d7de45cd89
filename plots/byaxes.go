package plots

import (
	"fmt"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
	"ventral/plots/chart"
)

// drawers draw frames that no kind of figure names, by the names of their axes
// after "variant" and "run".
var drawers = []struct {
	axes []string // "" is any name; two equal ones have one length
	draw func(Data, string) (*canvas.Figure, error)
}{
	{[]string{"area", "step", "statistic"}, stepCurves},
	{[]string{"area", "step", "step"}, timeByTime},
	{[]string{"area", "step", "", ""}, matrixRows},
}

// plain returns a frame without the axes "variant" and "run".
func plain(f analysis.Frame) analysis.Frame {
	for len(f.Axes) > 0 && f.Axes[0].Len() == 1 && (f.Axes[0].Name == "variant" || f.Axes[0].Name == "run") {
		f.Axes = f.Axes[1:]
	}
	return f
}

// has reports whether a frame has axes.
func has(f analysis.Frame, axes []string) bool {
	f = plain(f)
	if len(f.Axes) != len(axes) {
		return false
	}
	for i, want := range axes {
		a := f.Axes[i]
		if want != "" && a.Name != want {
			return false
		}
		if i > 0 && a.Name == f.Axes[i-1].Name && a.Len() != f.Axes[i-1].Len() || want == "" && i == len(axes)-1 && a.Name != f.Axes[i-1].Name {
			return false
		}
	}
	return true
}

// byAxes makes the figures of frames that no kind names and whose axes a drawer
// knows, in the order of the frames.
func byAxes(d Data) ([]*canvas.Figure, error) {
	var named, done []string
	for _, k := range Kinds() {
		named = append(named, k.draws...)
	}
	var figures []*canvas.Figure
	for _, f := range d.Frames {
		if slices.Contains(named, f.Name) || slices.Contains(done, f.Name) || isSignificance(d, f.Name) {
			continue
		}
		for _, x := range drawers {
			if !has(f, x.axes) {
				continue
			}
			figure, err := x.draw(d, f.Name)
			if err != nil {
				return nil, fmt.Errorf("figure of frame %q: %w", f.Name, err)
			}
			figure.Name, figure.Style, figure.Frames = fileName(f.Name), d.style(), []string{f.Name}
			figures, done = append(figures, figure), append(done, f.Name)
			break
		}
		if !slices.Contains(done, f.Name) && chart.Draws(f) {
			figure, err := charted(d, f.Name)
			if err != nil {
				return nil, fmt.Errorf("figure of frame %q: %w", f.Name, err)
			}
			figures, done = append(figures, figure), append(done, f.Name)
		}
	}
	return figures, nil
}

// significance ends the name of a frame of corrected p values of another frame.
const significance = " p"

// isSignificance reports whether a frame has the p values of another one, in whose figure they
// are.
func isSignificance(d Data, name string) bool {
	base, ok := strings.CutSuffix(name, significance)
	return ok && len(d.frames(base)) > 0
}

// charted draws frames of a name as their axes say.
func charted(d Data, name string) (*canvas.Figure, error) {
	var of []series
	for _, f := range d.frames(name) {
		_, one := theOne(f)
		of = append(of, one...)
	}
	o := chart.Options{Style: d.style(), Width: d.Width, Time: d.timeTitle(of), Screens: d.screens(of), End: []string{precisionOf(d, of)}}
	for _, a := range d.Anatomy.Areas {
		o.Areas = append(o.Areas, a.Name)
	}
	figure, err := chart.Of(d.frames(name), o)
	if err != nil {
		return nil, err
	}
	figure.Name, figure.Frames = fileName(name), []string{name}
	return figure, nil
}

func fileName(frame string) string {
	return strings.NewReplacer(" ", "-", "/", "-").Replace(frame)
}

// titleOf is the heading of a figure of a frame: its title, or its name where
// that is only the area's.
func titleOf(f analysis.Frame) string {
	if f.Title == "" || f.Title == f.Label("area") {
		return canvas.Upper(f.Name)
	}
	return f.Title
}

// stepCurves draws frames [area, step, statistic] with the statistic "mean", and
// "low" and "high" where there is an interval: a row for each area.
func stepCurves(d Data, name string) (*canvas.Figure, error) {
	var frames []analysis.Frame
	for _, f := range d.frames(name) {
		frames = append(frames, eachArea(f)...)
	}
	d.Frames = frames
	f := frames[0]
	what := titleOf(f)
	if f.Note != "" {
		what = f.Note
	}
	return rowFigure{title: titleOf(f), interval: "interval", columns: []rowColumn{{name, strings.ToLower(titleOf(f)), canvas.Upper(what)}}}.figure(d)
}

// eachArea cuts a frame of several areas into one for each.
func eachArea(f analysis.Frame) []analysis.Frame {
	at := slices.IndexFunc(f.Axes, func(a analysis.Axis) bool { return a.Name == "area" })
	outer, inner := 1, 1
	for i, a := range f.Axes {
		if i < at {
			outer *= a.Len()
		} else if i > at {
			inner *= a.Len()
		}
	}
	areas := f.Axes[at]
	var list []analysis.Frame
	for i := range areas.Len() {
		g := f
		g.Axes = slices.Clone(f.Axes)
		g.Axes[at] = analysis.Axis{Name: "area", Labels: []string{areas.At(i)}}
		g.Data = nil
		for o := range outer {
			from := (o*areas.Len() + i) * inner
			g.Data = append(g.Data, f.Data[from:from+inner]...)
		}
		list = append(list, g)
	}
	return list
}

// areaMatrices is what a frame has of one area.
type areaMatrices struct {
	name  string
	index int // in the anatomy
	onset int
	data  []float64
	frame analysis.Frame
}

// matricesOf collects the frames of a name, one for each area, of the first
// variant and run; the last area first.
func matricesOf(d Data, name string) (list []areaMatrices, who string, of []series) {
	an := d.Anatomy
	for i := len(an.Areas) - 1; i >= 0; i-- {
		for _, f := range d.frames(name) {
			w, s := theOne(f)
			f = plain(f)
			k := f.Axes[0].Find(an.Areas[i].Name)
			if k < 0 {
				continue
			}
			one := eachArea(f)[k]
			who, of = w, s
			list = append(list, areaMatrices{an.Areas[i].Name, i, an.Areas[i].Onset, one.Data, one})
			break
		}
	}
	return list, who, of
}

// alikeScales returns a scale for each list: one that holds all where each would
// still fill a quarter of it, else each its own.
func alikeScales(lists [][]float64) (scales []canvas.Scale, alike bool) {
	all := canvas.ScaleOf(lists...)
	alike = true
	for _, data := range lists {
		own := canvas.ScaleOf(data)
		scales = append(scales, own)
		alike = alike && (canvas.NoNumbers(data) || max(own.Hi, -own.Lo) >= max(all.Hi, -all.Lo)/4)
	}
	if alike {
		for i := range scales {
			scales[i] = all
		}
	}
	return scales, alike
}

// scalesSaid says in a caption what colours are.
func scalesSaid(scales []canvas.Scale, alike bool, unit string) string {
	text := "One scale for all areas"
	if !alike {
		text = "One scale for each area"
	}
	if len(scales) == 1 {
		text = "Bar: scale"
	}
	if unit != "" {
		text += ", in " + unit
	}
	if slices.ContainsFunc(scales, canvas.Scale.Signed) {
		text += "; white is zero"
	}
	return text
}

// timeTitle is the title of an axis of steps.
func (d Data) timeTitle(of []series) string {
	if ms := d.msPerStep(of); ms > 0 {
		return fmt.Sprintf("time step (× %s ms)", canvas.Number(ms))
	}
	return d.style().Time()
}
