package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots/canvas"
	"ventral/plots/screen"
	"ventral/plots/wiring"
)

// Condition is the accuracy of a network in a condition.
type Condition struct {
	Name     string      // "mask[soa=1,lesion=none]"
	Of       string      // "mask": conditions that lists make of one
	Values   [][2]string // name and value of each list
	Anatomy  *recording.Anatomy
	Accuracy analysis.Frame // [step, statistic] with "mean", "low", "high" in per cent, "n" and "chance"
}

// Conditions draws the accuracy of one network in several conditions: (a) at each
// step, a line for each condition; then, where conditions differ in a list of numbers,
// at the last step against these, a line for each combination of other values, or where
// they differ in two such lists a map of both.
func Conditions(list []Condition, s canvas.Style) (*canvas.Figure, error) {
	if len(list) == 0 {
		return nil, errAbsent
	}
	d := Data{Anatomy: list[0].Anatomy, Variants: map[string]*recording.Anatomy{}, Conditions: true, Style: s}
	var all []series
	for _, c := range list {
		x, err := join([]analysis.Frame{c.Accuracy})
		if err != nil {
			return nil, err
		}
		x.variant, d.Variants[c.Name] = c.Name, c.Anatomy
		all = append(all, x)
	}
	over := conditionPanels(list)
	colourConditions(list, over, all, s)
	all = apart(all)
	if len(all) > mostIntervals {
		for i := range all {
			all[i].low = slices.Repeat([]float64{math.NaN()}, len(all[i].mean))
			all[i].high = all[i].low
		}
	}
	screens := namedScreens(list, d.screens(all))
	drawn := screens
	if len(screens) > mostScreens {
		drawn = nil
	}
	pen := &canvas.Pen{Style: s}
	left := canvas.Pt(40)
	for _, x := range drawn {
		left = max(left, min(pen.Width(strings.Join(x.Names, ", ")), 100)+10)
	}
	const below = canvas.Pt(150)
	first := max(136, 9*canvas.Pt(len(all))+46)
	top := 20 + screen.High(drawn)
	if d.msPerStep(all) > 0 {
		top += msRoom
	}
	rows := (len(over) + 1) / 2
	f := &canvas.Figure{Name: "accuracy", Title: "Accuracy in conditions", Width: canvas.TwoColumns, Height: top + first + canvas.Pt(rows)*below, Style: s}
	f.Caption = conditionsCaption(d, list, all, over, screens, len(drawn) > 0)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		a := &canvas.Panel{Pen: p, Rect: canvas.Edges(left, h-top-first+28, w-10-labelRoom(p, several(all)), h-top)}
		accuracyPanel(a, d, all)
		markerKey(p, a.L, h-8, d, all)
		screen.Draw(p, canvas.Edges(a.L, 0, a.R, h-13), drawn, d.steps(all), left-6)
		if len(over) > 0 {
			p.Letter(2, h-2, 0)
		}
		for i, x := range over {
			box := canvas.Edges(w/2*canvas.Pt(i%2), 0, w/2*canvas.Pt(i%2+1), h-top-first-below*canvas.Pt(i/2))
			box.B = box.T - below
			p.Letter(box.L+2, box.T-2, i+1)
			x.draw(p, box, s, all[0].chance)
		}
		return nil
	}
	return f, nil
}

const (
	mostIntervals = 6 // conditions over steps beyond which intervals are not drawn
	mostScreens   = 10
)

// conditionPanel is accuracy at the last step against one list of numbers, or two.
type conditionPanel struct {
	of, across, up string // up is "" where there is one list
	x, y           []float64
	lines          []conditionLine // of one list
	cells          []float64       // of two, [y][x], NaN where there is none
}

// conditionLine are conditions that agree in all other values.
type conditionLine struct {
	name            string
	x               []float64
	mean, low, high []float64
}

// conditionPanels finds the panels: one for each table that has a list of numbers.
func conditionPanels(list []Condition) (panels []conditionPanel) {
	var tables []string
	for _, c := range list {
		if !slices.Contains(tables, c.Of) {
			tables = append(tables, c.Of)
		}
	}
	for _, of := range tables {
		var these []Condition
		for _, c := range list {
			if c.Of == of {
				these = append(these, c)
			}
		}
		numbers := numberLists(these)
		if len(numbers) == 0 {
			continue
		}
		p := conditionPanel{of: of, across: numbers[0]}
		if len(numbers) > 1 {
			p.up = numbers[1]
		}
		if p.up != "" && 2*len(these) > len(valuesOf(these, p.across))*len(valuesOf(these, p.up)) && len(othersOf(these, p.across, p.up)) == 1 {
			p.x, p.y = valuesOf(these, p.across), valuesOf(these, p.up)
			p.cells = slices.Repeat([]float64{math.NaN()}, len(p.x)*len(p.y))
			for _, c := range these {
				i, j := slices.Index(p.y, c.number(p.up)), slices.Index(p.x, c.number(p.across))
				if i >= 0 && j >= 0 {
					p.cells[i*len(p.x)+j] = lastOf(c, "mean")
				}
			}
			panels = append(panels, p)
			continue
		}
		p.up, p.x = "", valuesOf(these, p.across)
		for _, name := range othersOf(these, p.across) {
			line := conditionLine{name: name}
			for _, v := range p.x {
				for _, c := range these {
					if c.number(p.across) == v && c.others(p.across) == name {
						line.x = append(line.x, v)
						line.mean, line.low, line.high = append(line.mean, lastOf(c, "mean")), append(line.low, lastOf(c, "low")), append(line.high, lastOf(c, "high"))
					}
				}
			}
			p.lines = append(p.lines, line)
		}
		panels = append(panels, p)
	}
	return panels
}

// numberLists are the lists whose values are numbers, at least two.
func numberLists(list []Condition) (names []string) {
	for _, v := range list[0].Values {
		if values := valuesOf(list, v[0]); len(values) > 1 && !slices.ContainsFunc(values, math.IsNaN) {
			names = append(names, v[0])
		}
	}
	return names
}

// number is the value of a list, NaN where it is none.
func (c Condition) number(of string) float64 {
	for _, v := range c.Values {
		if v[0] == of {
			if x, err := strconv.ParseFloat(v[1], 64); err == nil {
				return x
			}
		}
	}
	return math.NaN()
}

// others are the values of all other lists.
func (c Condition) others(but ...string) string {
	var parts []string
	for _, v := range c.Values {
		if !slices.Contains(but, v[0]) {
			parts = append(parts, v[0]+"="+v[1])
		}
	}
	return strings.Join(parts, ", ")
}

// valuesOf are the values of a list of numbers, rising, with a NaN where one is none.
func valuesOf(list []Condition, of string) (values []float64) {
	for _, c := range list {
		if v := c.number(of); math.IsNaN(v) {
			return []float64{v}
		} else if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values
}

func othersOf(list []Condition, but ...string) (names []string) {
	for _, c := range list {
		if name := c.others(but...); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// lastOf is a statistic at the last step.
func lastOf(c Condition, statistic string) float64 {
	list := c.Accuracy.Column(statistic)
	if len(list) == 0 {
		return math.NaN()
	}
	return list[len(list)-1]
}

// colourConditions gives lines their colours: of a list of numbers rising along
// viridis, dashed by the other values; else those of variants.
func colourConditions(list []Condition, over []conditionPanel, all []series, s canvas.Style) {
	if len(over) == 0 {
		for i := range all {
			all[i].colour, all[i].dash = s.Variant(i, len(all))
		}
		return
	}
	plain := 0
	for i, c := range list {
		k := slices.IndexFunc(over, func(p conditionPanel) bool { return p.of == c.Of })
		if k < 0 {
			_, all[i].dash = s.Variant(plain, max(len(all), 2))
			all[i].colour = s.Ink
			plain++
			continue
		}
		p := over[k]
		all[i].colour = s.Area(slices.Index(p.x, c.number(p.across)), len(p.x))
		var these []Condition
		for _, o := range list {
			if o.Of == c.Of {
				these = append(these, o)
			}
		}
		kind := slices.Index(othersOf(these, p.across), c.others(p.across))
		_, all[i].dash = s.Variant(kind+2*k, max(len(all), 2))
	}
}

// namedScreens names strips by the values that tell them apart, where one list does,
// else by their conditions.
func namedScreens(list []Condition, screens []screen.Strip) []screen.Strip {
	of := func(name string) Condition {
		return list[slices.IndexFunc(list, func(c Condition) bool { return c.Name == name })]
	}
	for i := range screens {
		var shared [][2]string
		for k, name := range screens[i].Names {
			c := of(name)
			if k == 0 {
				shared = slices.Clone(c.Values)
			}
			shared = slices.DeleteFunc(shared, func(v [2]string) bool { return !slices.Contains(c.Values, v) })
		}
		shared = slices.DeleteFunc(shared, func(v [2]string) bool { // those that other strips have, too
			return slices.ContainsFunc(list, func(c Condition) bool {
				return !slices.Contains(screens[i].Names, c.Name) && slices.Contains(c.Values, v)
			})
		})
		if len(shared) > 0 && len(screens) > 1 {
			screens[i].Names = []string{shared[0][0] + "=" + shared[0][1]}
		} else if k := len(screens[i].Names); k > 2 {
			screens[i].Names = []string{screens[i].Names[0], fmt.Sprintf("%d more", k-1)}
		}
	}
	return screens
}

// draw draws a panel into a box.
func (x conditionPanel) draw(p *canvas.Pen, box canvas.Rect, s canvas.Style, chance float64) {
	if x.up != "" {
		x.drawMap(p, box)
		return
	}
	var all []series
	var low, high float64 = math.Inf(1), math.Inf(-1)
	for i, l := range x.lines {
		y := series{variant: l.name, step: l.x, mean: l.mean, low: l.low, high: l.high, chance: chance, interval: bars}
		y.colour, y.dash = s.Variant(i, len(x.lines))
		all = append(all, y)
		low, high = min(low, l.x[0]), max(high, l.x[len(l.x)-1])
	}
	a := &canvas.Panel{Pen: p, Rect: canvas.Edges(box.L+40, box.B+30, box.R-12-labelRoom(p, several(all)), box.T-14)}
	margin := 0.06 * (high - low)
	a.XLo, a.XHi = low-margin, high+margin
	_, most := span(all)
	ticks := canvas.Ticks(0, 100, 5, true)
	if most <= 50 {
		ticks = canvas.Ticks(0, max(most, chance), 5, true)
	}
	a.YLo, a.YHi = ticks[0], ticks[len(ticks)-1]
	a.Level(chance)
	at := x.x
	if len(at) > 10 || crowded(a, at) {
		at = canvas.Ticks(low, high, 5, false)
	}
	a.Bottom(at, true, x.across)
	reach := a.Left(ticks)
	a.Text(a.L-reach-4, a.CY(), "accuracy, last step (%)", canvas.TextStyle{AX: 0.5, Turned: true})
	for i, y := range all {
		shift := (float64(i) - float64(len(all)-1)/2) * 0.012 * (high - low)
		xs := a.XS(y.step)
		for k := range xs {
			xs[k] = a.X(y.step[k] + shift)
			canvas.Upright(a, canvas.Stroke{Colour: y.colour, Width: 0.6}, xs[k], y.low[k], y.high[k])
		}
		a.Broken(canvas.Stroke{Colour: y.colour, Width: 1, Dash: y.dash}, xs, a.YS(y.mean))
		for k := range xs {
			p.Marker(i, xs[k], a.Y(y.mean[k]), 1.8, y.colour)
		}
	}
	p.Text(a.L, box.T-3, canvas.Fit(p, x.of, a.W()), canvas.TextStyle{AY: 1})
	endLabels(a, several(all))
}

// crowded reports whether the numbers of ticks would touch.
func crowded(a *canvas.Panel, at []float64) bool {
	texts := canvas.Numerals(at)
	for i := 1; i < len(at); i++ {
		if a.X(at[i])-a.X(at[i-1]) < (a.Width(texts[i])+a.Width(texts[i-1]))/2+3 {
			return true
		}
	}
	return false
}

// drawMap draws accuracy against two lists, with its numbers where they fit.
func (x conditionPanel) drawMap(p *canvas.Pen, box canvas.Rect) {
	r := canvas.Edges(box.L+40, box.B+30, box.R-46, box.T-14)
	_, most := span([]series{{mean: x.cells}})
	scale := canvas.Scale{Lo: 0, Hi: 100}
	if most <= 50 {
		ticks := canvas.Ticks(0, max(most, 1), 5, true)
		scale.Hi = ticks[len(ticks)-1]
	}
	columns, rows := len(x.x), len(x.y)
	p.Picture(r, rows, columns, func(i, j int) color.Color {
		if v := x.cells[(rows-1-i)*columns+j]; !math.IsNaN(v) {
			return scale.Colour(v)
		}
		return p.Style.Shade
	})
	p.Frame(r, canvas.Stroke{Width: 0.4})
	wide, high := r.W()/canvas.Pt(columns), r.H()/canvas.Pt(rows)
	for i := range rows {
		for j := range columns {
			v := x.cells[i*columns+j]
			if text := fmt.Sprintf("%.0f", v); !math.IsNaN(v) && p.Width(text)+3 < wide && p.Style.Text+2 < high {
				ink := color.Color(canvas.Grey(0xff))
				if v > 0.55*scale.Hi {
					ink = canvas.Grey(0x1a)
				}
				p.Text(r.L+(canvas.Pt(j)+0.5)*wide, r.B+(canvas.Pt(i)+0.5)*high, text, canvas.TextStyle{AX: 0.5, AY: 0.5, Colour: ink})
			}
		}
	}
	names := canvas.Numerals(x.x)
	for j := range columns {
		if at := r.L + (canvas.Pt(j)+0.5)*wide; j%(1+int(20/wide)) == 0 {
			p.Text(at, r.B-4, names[j], canvas.TextStyle{AX: 0.5, AY: 1})
		}
	}
	names = canvas.Numerals(x.y)
	for i := range rows {
		if i%(1+int(9/high)) == 0 {
			p.Text(r.L-4, r.B+(canvas.Pt(i)+0.5)*high, names[i], canvas.ToLeft)
		}
	}
	p.Text(r.CX(), r.B-15, x.across, canvas.TextStyle{AX: 0.5, AY: 1})
	p.Text(box.L+16, r.CY(), x.up, canvas.TextStyle{AX: 0.5, AY: 0.5, Turned: true})
	canvas.ColourBar(p, canvas.Edges(r.R+8, r.B, r.R+14, r.T), scale)
	p.Text(r.L, box.T-3, canvas.Fit(p, x.of+": accuracy at the last step (%)", r.W()+40), canvas.TextStyle{AY: 1})
}

func conditionsCaption(d Data, list []Condition, all []series, over []conditionPanel, screens []screen.Strip, shown bool) string {
	a := fmt.Sprintf("Per cent of images that are answered rightly, at every time step, in %d conditions of one network", len(list))
	if len(over) > 0 {
		a = "(a) " + a
	}
	a += ", " + nOf(all)
	interval := "Wilson 95 % intervals over images"
	if missing(all) {
		interval = "Intervals are not drawn over the steps of so many conditions"
	}
	for i, p := range over {
		if i == 0 {
			a += "; the colour rises with "
		} else {
			a += ", "
		}
		a += p.across + " of " + p.of
	}
	text := canvas.Sentences(a, interval)
	for i, p := range over {
		what := fmt.Sprintf("(%c) Accuracy at the last step of %s against %s, with Wilson 95 %% intervals over images", 'b'+i, p.of, p.across)
		if p.up != "" {
			what = fmt.Sprintf("(%c) Accuracy at the last step of %s against %s and %s", 'b'+i, p.of, p.across, p.up)
		}
		text = canvas.Sentences(text, what)
	}
	if c := all[0].chance; !math.IsNaN(c) {
		text = canvas.Sentences(text, fmt.Sprintf("Dashed grey: chance (%s %%)", canvas.Number(c)))
	}
	screen := screen.Said(screens)
	if !shown {
		screen = fmt.Sprintf("%d screens differ and are not drawn: that of each condition is in its own figures", len(screens))
	}
	return canvas.Sentences(text, screen, onsetOf(d, all), reestimatedOf(d, all), wiring.StepLasts(d.msPerStep(all)), precisionOf(d, all))
}
