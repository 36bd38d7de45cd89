package plots

import (
	"fmt"
	"math"

	"ventral/cortex/analysis"
)

// Scaling draws the frame "scaling" [point, statistic]: how time and memory of a
// step grow as one quantity of an experiment changes. Points are labelled with
// their quantity; statistics are "factor", the change of the quantity, "time" and
// "memory", relative to the experiment as it is. Axes are logarithmic; what grows
// with the quantity runs along the dotted line.
func Scaling(f analysis.Frame, s Style) (*Figure, error) {
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
	fig := &Figure{Name: "scaling", Title: "How cost grows", Width: TwoColumns, Height: 190, style: s,
		Caption: caption(f.Title, f.Note, "(a) time and (b) peak memory of the process, relative to the experiment as it is; dotted: in proportion")}
	fig.paint = func(p *pen, w, h pt) error {
		half := w / 2
		for k, statistic := range []string{"time", "memory"} {
			room := labelRoom(p, all[statistic])
			a := &panel{pen: p, rect: rect{pt(k)*half + 44, 36, pt(k+1)*half - room - 4, h - 18}}
			scalingPanel(a, all[statistic], "relative "+statistic)
			p.letter(pt(k)*half+4, h-4, k)
		}
		return nil
	}
	return fig, nil
}

// scalingSeries collects a line for each quantity, in log2, from the experiment
// itself on both sides.
func scalingSeries(f analysis.Frame, s Style, statistic string, k int) []series {
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
		x.colour, x.dash = s.variant(i, len(names))
		points := at[name]
		for a := range points { // few: sort by factor
			for b := a; b > 0 && points[b][0] < points[b-1][0]; b-- {
				points[b], points[b-1] = points[b-1], points[b]
			}
		}
		for _, p := range points {
			x.slice, x.mean = append(x.slice, p[0]), append(x.mean, p[1])
		}
		all = append(all, x)
	}
	return all
}

// scalingPanel draws one panel.
func scalingPanel(a *panel, all []series, title string) {
	a.xlo, a.xhi, a.ylo, a.yhi = 0, 0, 0, 0
	for _, s := range all {
		for i := range s.slice {
			a.xlo, a.xhi = min(a.xlo, s.slice[i]), max(a.xhi, s.slice[i])
			a.ylo, a.yhi = min(a.ylo, s.mean[i]), max(a.yhi, s.mean[i])
		}
	}
	a.xlo, a.xhi, a.ylo, a.yhi = math.Floor(a.xlo), math.Ceil(a.xhi), math.Floor(a.ylo), math.Ceil(a.yhi)
	if a.xlo == a.xhi {
		a.xhi++
	}
	if a.ylo == a.yhi {
		a.yhi++
	}
	line := stroke{}
	a.line(line, a.l, a.b, a.r, a.b)
	a.line(line, a.l, a.b, a.l, a.t)
	for v := a.xlo; v <= a.xhi; v++ {
		a.line(line, a.x(v), a.b, a.x(v), a.b-tickLength)
		a.text(a.x(v), a.b-tickLength-tickGap, times(v), write{ax: 0.5, ay: 1})
	}
	for v := a.ylo; v <= a.yhi; v++ {
		a.line(line, a.l, a.y(v), a.l-tickLength, a.y(v))
		a.text(a.l-tickLength-tickGap, a.y(v), times(v), toLeft)
	}
	a.text(a.cx(), a.b-tickLength-2*tickGap-1.9*a.s.Text*capital, "change of the quantity", write{ax: 0.5, ay: 1})
	a.text(a.l-30, a.cy(), title, write{ax: 0.5, turned: true})
	lo, hi := max(a.xlo, a.ylo), min(a.xhi, a.yhi)
	a.line(stroke{colour: a.s.Muted, width: 0.5, dash: []pt{0.8, 1.2}}, a.x(lo), a.y(lo), a.x(hi), a.y(hi))
	for _, s := range all {
		a.broken(stroke{colour: s.colour, width: 1, dash: s.dash}, a.xs(s.slice), a.ys(s.mean))
		for i := range s.slice {
			a.circle(a.x(s.slice[i]), a.y(s.mean[i]), 1.4, s.colour, true)
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
