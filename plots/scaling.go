package plots

import (
	"fmt"
	"math"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// Scaling draws the frame "scaling" [point, statistic]: how time and memory of a
// batch grow as one quantity of an experiment changes. Points are labelled with
// their quantity; statistics are "factor", the change of the quantity, "time" and
// "memory", relative to the experiment as it is. Axes are logarithmic; what grows
// with the quantity runs along the dotted line.
func Scaling(f analysis.Frame, s canvas.Style) (*canvas.Figure, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	if len(f.Axes) != 2 || f.Axes[0].Len() == 0 || f.Column("factor") == nil || f.Column("time") == nil {
		return nil, fmt.Errorf("plots: frame %q is not [point, statistic] with factor and time", f.Name)
	}
	all := map[string][]series{}
	for k, statistic := range []string{"time", "memory"} {
		all[statistic] = scalingSeries(f, s, statistic, k)
	}
	fig := &canvas.Figure{Name: "scaling", Title: "How cost grows", Width: canvas.TwoColumns, Height: 190, Style: s,
		Caption: canvas.Sentences(f.Title, f.Note, "(a) time and (b) peak memory of the process, relative to the experiment as it is; dotted: in proportion")}
	fig.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		half := w / 2
		for k, statistic := range []string{"time", "memory"} {
			room := labelRoom(p, all[statistic])
			a := &canvas.Panel{Pen: p, Rect: canvas.Edges(canvas.Pt(k)*half+44, 36, canvas.Pt(k+1)*half-room-4, h-18)}
			scalingPanel(a, all[statistic], "relative "+statistic)
			p.Letter(canvas.Pt(k)*half+4, h-4, k)
		}
		return nil
	}
	return fig, nil
}

// scalingSeries collects a line for each quantity, in log2, from the experiment
// itself on both sides.
func scalingSeries(f analysis.Frame, s canvas.Style, statistic string, k int) []series {
	factor, value := f.Column("factor"), f.Column(statistic)
	var names []string
	at := map[string][][2]float64{}
	for i, name := range f.Axes[0].Labels {
		if value == nil || math.IsNaN(value[i]) {
			continue
		}
		if at[name] == nil {
			names = append(names, name)
			at[name] = [][2]float64{{0, 0}}
		}
		at[name] = append(at[name], [2]float64{math.Log2(factor[i]), math.Log2(value[i])})
	}
	var all []series
	for i, name := range names {
		x := series{variant: name}
		x.colour, x.dash = s.Variant(i, len(names))
		points := at[name]
		for a := range points { // few: sort by factor
			for b := a; b > 0 && points[b][0] < points[b-1][0]; b-- {
				points[b], points[b-1] = points[b-1], points[b]
			}
		}
		for _, p := range points {
			x.step, x.mean = append(x.step, p[0]), append(x.mean, p[1])
		}
		all = append(all, x)
	}
	return all
}

// scalingPanel draws one panel.
func scalingPanel(a *canvas.Panel, all []series, title string) {
	a.XLo, a.XHi, a.YLo, a.YHi = 0, 0, 0, 0
	for _, s := range all {
		for i := range s.step {
			a.XLo, a.XHi = min(a.XLo, s.step[i]), max(a.XHi, s.step[i])
			a.YLo, a.YHi = min(a.YLo, s.mean[i]), max(a.YHi, s.mean[i])
		}
	}
	a.XLo, a.XHi, a.YLo, a.YHi = math.Floor(a.XLo), math.Ceil(a.XHi), math.Floor(a.YLo), math.Ceil(a.YHi)
	if a.XLo == a.XHi {
		a.XHi++
	}
	if a.YLo == a.YHi {
		a.YHi++
	}
	line := canvas.Stroke{}
	a.Line(line, a.L, a.B, a.R, a.B)
	a.Line(line, a.L, a.B, a.L, a.T)
	for v := a.XLo; v <= a.XHi; v++ {
		a.Line(line, a.X(v), a.B, a.X(v), a.B-canvas.TickLength)
		a.Text(a.X(v), a.B-canvas.TickLength-canvas.TickGap, times(v), canvas.TextStyle{AX: 0.5, AY: 1})
	}
	for v := a.YLo; v <= a.YHi; v++ {
		a.Line(line, a.L, a.Y(v), a.L-canvas.TickLength, a.Y(v))
		a.Text(a.L-canvas.TickLength-canvas.TickGap, a.Y(v), times(v), canvas.ToLeft)
	}
	a.Text(a.CX(), a.B-canvas.TickLength-2*canvas.TickGap-1.9*a.Style.Text*canvas.Capital, "change of the quantity", canvas.TextStyle{AX: 0.5, AY: 1})
	a.Text(a.L-30, a.CY(), title, canvas.TextStyle{AX: 0.5, Turned: true})
	lo, hi := max(a.XLo, a.YLo), min(a.XHi, a.YHi)
	a.Line(canvas.Stroke{Colour: a.Style.Muted, Width: 0.5, Dash: []canvas.Pt{0.8, 1.2}}, a.X(lo), a.Y(lo), a.X(hi), a.Y(hi))
	for _, s := range all {
		a.Broken(canvas.Stroke{Colour: s.colour, Width: 1, Dash: s.dash}, a.XS(s.step), a.YS(s.mean))
		for i := range s.step {
			a.Circle(a.X(s.step[i]), a.Y(s.mean[i]), 1.4, s.colour, true)
		}
	}
	endLabels(a, all)
}

// times writes 2^v: "×4", "×½", "×¼", "×1/8".
func times(v float64) string {
	switch {
	case v >= 0:
		return fmt.Sprintf("×%d", 1<<int(v))
	case v == -1:
		return "×½"
	case v == -2:
		return "×¼"
	}
	return fmt.Sprintf("×1/%d", 1<<int(-v))
}
