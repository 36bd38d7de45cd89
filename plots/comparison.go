package plots

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// Comparison draws one outcome of several variants: (a) a dot for every run with
// mean and interval, then against parameters and against multiply-adds, as far as
// variants differ in these by more than a tenth. The frame summary is [variant,
// statistic] with "mean", "low", "high", "parameters" and "multiply-adds", and names
// the outcome in its title; runs is [variant, run], NaN where a variant has fewer. A
// number that has no interval is drawn without. A statistic "chance" of summary is a
// dashed line where it is on the scale.
func Comparison(summary, runs analysis.Frame, s canvas.Style) (*canvas.Figure, error) {
	all, err := comparedOf(summary, runs, s)
	if err != nil {
		return nil, err
	}
	row, title := canvas.Pt(15), summary.Title
	if summary.Unit != "" {
		title += " (" + summary.Unit + ")"
	}
	f := &canvas.Figure{Name: "comparison", Title: "Comparison", Width: canvas.TwoColumns, Height: max(150, canvas.Pt(len(all))*row+62), Style: s}
	ticks, ends := outcomeTicks(all, summary.Unit, 4)
	drawn, left := costsOf(all)
	f.Caption = comparisonCaption(all, drawn, left, summary, onScale(all[0].chance, ticks), beyond(ends, ticks))
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		room := canvas.Pt(0)
		for _, v := range all {
			room = max(room, p.Width(v.name))
		}
		room = min(room, w/4)
		each := (w - room) / canvas.Pt(1+len(drawn))
		if len(drawn) == 0 {
			each = min(each, 300)
		}
		a := &canvas.Panel{Pen: p, Rect: canvas.Edges(room+20, 32, room+each-10, h-16)}
		byVariant(a, all, ticks, title)
		if len(drawn) == 0 {
			return nil
		}
		p.Letter(4, h-3, 0)
		for i, c := range drawn {
			l := room + canvas.Pt(i+1)*each
			b := &canvas.Panel{Pen: p, Rect: canvas.Edges(l+36, 32, l+each-8, h-16)}
			against(b, all, ticks, c.of, title, c.name)
			p.Letter(l+6, h-3, i+1)
		}
		return nil
	}
	return f, nil
}

// cost is what an outcome is drawn against.
type cost struct {
	name string
	of   func(compared) float64
}

// costsOf sorts costs into those in which variants differ by more than a tenth, and
// sentences of those in which they are alike.
func costsOf(all []compared) (differ []cost, alike []string) {
	for _, c := range []cost{
		{"parameters", func(v compared) float64 { return v.parameters }},
		{"multiply-adds an image", func(v compared) float64 { return v.multiplyAdds }},
	} {
		least, most := math.Inf(1), 0.0
		for _, v := range all {
			least, most = min(least, c.of(v)), max(most, c.of(v))
		}
		switch {
		case most > 1.1*least:
			differ = append(differ, c)
		case canvas.Quantity(least) == canvas.Quantity(most):
			alike = append(alike, fmt.Sprintf("All have %s %s", canvas.Quantity(least), c.name))
		default:
			alike = append(alike, fmt.Sprintf("All have %s to %s %s, so that it is not drawn against these", canvas.Quantity(least), canvas.Quantity(most), c.name))
		}
	}
	return differ, alike
}

func comparisonCaption(all []compared, drawn []cost, alike []string, summary analysis.Frame, chance, arrows string) string {
	most, fewest := 0, math.MaxInt
	for _, v := range all {
		most, fewest = max(most, len(v.runs)), min(fewest, len(v.runs))
	}
	n := fmt.Sprintf("%d runs of each variant", most)
	if fewest != most {
		n = fmt.Sprintf("%d to %d runs of a variant", fewest, most)
	}
	interval := "bar: 95 % t interval over runs"
	if most < 2 {
		n, interval = "one run of each variant", "no interval over runs is known"
	}
	what := fmt.Sprintf("%s: a small dot for every run, above and below the line by turns, a large one for the mean, %s; n = %s", summary.Title, interval, n)
	var against []string
	for i, c := range drawn {
		against = append(against, fmt.Sprintf("(%c) %s", 'b'+i, c.name))
	}
	costs := ""
	if len(drawn) > 0 {
		what = "(a) " + what
		costs = "The same against " + strings.Join(against, " and ") + ", on a logarithmic scale; colours and shapes are those of (a)"
	} else {
		what = canvas.Upper(what)
	}
	return canvas.Sentences(what, costs, strings.Join(alike, ". "), chance, arrows, summary.Note)
}

// compared is a variant's row.
type compared struct {
	name                     string
	mean, low, high          float64
	parameters, multiplyAdds float64
	chance                   float64 // NaN: unknown
	runs                     []float64
	colour                   color.Color
	shape                    int // of the mean, see pen.marker
}

func comparedOf(summary, runs analysis.Frame, s canvas.Style) ([]compared, error) {
	for _, f := range []analysis.Frame{summary, runs} {
		if err := f.Check(); err != nil {
			return nil, err
		}
	}
	columns := map[string][]float64{}
	for _, name := range []string{"mean", "low", "high", "parameters", "multiply-adds"} {
		if columns[name] = summary.Column(name); columns[name] == nil || len(summary.Axes) != 2 {
			return nil, fmt.Errorf("plots: frame %q is not [variant, statistic] with %s", summary.Name, name)
		}
	}
	if len(runs.Axes) != 2 || runs.Axes[0].Len() != summary.Axes[0].Len() {
		return nil, fmt.Errorf("plots: frame %q is not [variant, run] of the same variants", runs.Name)
	}
	n := summary.Axes[0].Len()
	if n == 0 {
		return nil, fmt.Errorf("plots: a comparison of no variants")
	}
	var all []compared
	for i := range n {
		v := compared{name: summary.Axes[0].At(i), mean: columns["mean"][i], low: columns["low"][i], high: columns["high"][i],
			parameters: columns["parameters"][i], multiplyAdds: columns["multiply-adds"][i], shape: i}
		v.colour, _ = s.Variant(i, n)
		v.chance = math.NaN()
		if c := summary.Column("chance"); c != nil {
			v.chance = c[i]
		}
		for k := range runs.Axes[1].Len() {
			if x := runs.At(i, k); !math.IsNaN(x) {
				v.runs = append(v.runs, x)
			}
		}
		all = append(all, v)
	}
	return all, nil
}

// outcomeTicks are ticks that hold every run, and intervals as far beyond the runs
// as these lie apart. Ends are those of the intervals.
func outcomeTicks(all []compared, unit string, n int) (ticks, ends []float64) {
	var values []float64
	for _, v := range all {
		values, ends = append(append(values, v.mean), v.runs...), append(ends, v.low, v.high)
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return bounded(values, ends, max(hi-lo, 0), unit, n), ends
}

// byVariant draws a row for each variant, the first on top.
func byVariant(a *canvas.Panel, all []compared, ticks []float64, title string) {
	a.XLo, a.XHi = ticks[0], ticks[len(ticks)-1]
	a.YLo, a.YHi = float64(len(all))-0.5, -0.5
	a.Bottom(ticks, true, title)
	a.Line(canvas.Stroke{}, a.L, a.B, a.L, a.T)
	if c := all[0].chance; c >= a.XLo && c <= a.XHi {
		a.Line(canvas.Stroke{Colour: a.Style.Muted, Dash: []canvas.Pt{2, 1.5}}, a.X(c), a.B, a.X(c), a.T)
		a.Text(a.X(c), a.T+3, "chance", canvas.TextStyle{AX: 0.5, Colour: a.Style.Muted})
	}
	var names []string
	for _, v := range all {
		names = append(names, v.name)
	}
	names = canvas.FitAll(a.Pen, names, a.L-20, canvas.TextStyle{})
	for i, v := range all {
		y := a.Y(float64(i))
		a.Line(canvas.Stroke{Colour: a.Style.Shade, Width: 0.5}, a.L, y, a.R, y)
		a.Text(a.L-5, y, names[i], canvas.ToLeft)
		for k, x := range v.runs {
			a.Circle(a.X(x), y+aside(k, len(v.runs)), 1.1, canvas.Fade(v.colour, 0.75), true)
		}
		canvas.Across(a, canvas.Stroke{Colour: v.colour, Width: 1}, y, v.low, v.high)
		a.Marker(v.shape, a.X(v.mean), y, 2.4, v.colour)
	}
}

// aside is how far above the line of its variant the dot of run k of n is drawn:
// above and below by turns, each at a height of its own between the mean and the
// row's end, so that runs that agree are all seen.
func aside(k, n int) canvas.Pt {
	const least, most = 2.4, 6.2
	height := canvas.Pt((least + most) / 2)
	if side := (n + 1) / 2; side > 1 {
		height = most - (most-least)*canvas.Pt(k/2)/canvas.Pt(side-1)
	}
	if k%2 == 1 {
		return -height
	}
	return height
}

// against draws the outcome over a quantity, on a logarithmic scale.
func against(a *canvas.Panel, all []compared, ticks []float64, of func(compared) float64, left, below string) {
	a.YLo, a.YHi = ticks[0], ticks[len(ticks)-1]
	reach := a.Left(ticks)
	a.Text(a.L-reach-4, a.CY(), left, canvas.TextStyle{AX: 0.5, Turned: true})
	var list []float64
	for _, v := range all {
		list = append(list, of(v))
	}
	canvas.Logarithmic(a, list, below)
	a.Level(all[0].chance)
	for _, v := range all {
		x := a.X(math.Log10(of(v)))
		for _, y := range v.runs {
			a.Circle(x, a.Y(y), 0.9, canvas.Fade(v.colour, 0.6), true)
		}
		canvas.Upright(a, canvas.Stroke{Colour: v.colour, Width: 1}, x, v.low, v.high)
		a.Marker(v.shape, x, a.Y(v.mean), 2.2, v.colour)
	}
}
