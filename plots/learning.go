package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// learning draws the frames "learning" [epoch, statistic]: validation solid,
// training dashed, drops of the rate as ticks above.
func learning(d Data) (*canvas.Figure, error) {
	frames := d.frames("learning")
	if len(frames) == 0 {
		return nil, errAbsent
	}
	// kind of each panel: loss first
	panels := []string{"loss", "accuracy"}
	var kept []string
	for _, k := range panels {
		if lo, hi := learningSpan(frames, k); lo <= hi {
			kept = append(kept, k)
		}
	}
	if len(kept) == 0 {
		return nil, errAbsent
	}
	width := d.width(canvas.TwoColumns)
	f := &canvas.Figure{Title: "Learning curves", Width: width, Height: 165}
	side := width > 400
	if !side && len(kept) > 1 {
		f.Height = 300
	}
	f.Caption = learningCaption(d, frames, kept)
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		n := canvas.Pt(len(kept))
		for i, kind := range kept {
			box := canvas.Edges(0, 0, w, h)
			if side {
				box.L, box.R = w*canvas.Pt(i)/n, w*canvas.Pt(i+1)/n
			} else {
				box.T, box.B = h-h*canvas.Pt(i)/n, h-h*canvas.Pt(i+1)/n
			}
			learningPanel(p, box, frames, kind)
			if len(kept) > 1 {
				p.Letter(box.L+2, box.T-2, i)
			}
		}
		return nil
	}
	return f, nil
}

func learningSpan(frames []analysis.Frame, kind string) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, f := range frames {
		for _, c := range []string{"training ", "validation "} {
			for _, v := range f.Column(c + kind) {
				if !math.IsNaN(v) && !math.IsInf(v, 0) {
					lo, hi = min(lo, v), max(hi, v)
				}
			}
		}
	}
	return lo, hi
}

// drop is an epoch after which the rate is smaller by a factor.
type drop struct{ epoch, factor float64 }

// drops finds where a schedule falls. A rate that falls at more than ten
// epochs, or after every epoch by another factor, is a smooth schedule, which
// has none.
func drops(f analysis.Frame) (falls []drop, smooth bool) {
	rate, axis := f.Column("rate"), f.Axis("epoch")
	if axis == nil {
		return nil, false
	}
	for i := 1; i < len(rate); i++ {
		if rate[i] < rate[i-1]*0.999 && rate[i] >= 0 && rate[i-1] > 0 {
			falls = append(falls, drop{(axis.Values[i] + axis.Values[i-1]) / 2, rate[i] / rate[i-1]})
		}
	}
	smooth = len(falls) > 10
	if len(falls) > 1 && len(falls) == len(rate)-1 {
		for _, x := range falls {
			smooth = smooth || math.Abs(x.factor-falls[0].factor) > 0.01*falls[0].factor
		}
	}
	if smooth {
		return nil, true
	}
	return falls, false
}

func learningPanel(p *canvas.Pen, box canvas.Rect, frames []analysis.Frame, kind string) {
	lo, hi := learningSpan(frames, kind)
	title := "accuracy (%)"
	chance := math.NaN()
	if kind == "loss" {
		title = "loss"
		if frames[0].Title != "" {
			title = frames[0].Title
		}
	} else {
		if c := frames[0].Column("chance"); len(c) > 0 && c[0] > 0 {
			chance = c[0]
			lo = min(lo, chance)
		}
	}
	if lo >= 0 {
		lo = 0
	}
	first, last := math.Inf(1), math.Inf(-1)
	st := p.Style
	all, of := learners(st, frames, kind)
	for _, f := range frames {
		for _, e := range f.Axis("epoch").Values {
			first, last = min(first, e), max(last, e)
		}
	}
	room := labelRoom(p, several(all))
	ticks := canvas.Ticks(lo, hi, 5, true)
	if kind == "accuracy" && hi > 50 {
		ticks = canvas.Ticks(0, 100, 5, true)
	}
	a := &canvas.Panel{Pen: p, Rect: canvas.Edges(box.L+40, box.B+28, box.R-10-room, box.T-34),
		XLo: first, XHi: last, YLo: ticks[0], YHi: ticks[len(ticks)-1]}
	epochs := canvas.WholeTicks(canvas.Ticks(first, last, 6, false))
	if first == last { // a single epoch stands in the middle
		a.XLo, a.XHi, epochs = first-0.5, last+0.5, []float64{first}
	}
	var curves []series
	for _, f := range frames {
		for _, c := range []string{"training ", "validation "} {
			if v := f.Column(c + kind); v != nil {
				curves = append(curves, series{step: f.Axis("epoch").Values, mean: v, low: v, high: v})
			}
		}
	}
	level, named := namedLevel(a, chance, "chance", curves, several(all), nil)
	level()
	learningKey(p, a.L, box.T-8, first == last)
	reach := a.Left(ticks)
	p.Text(a.L-reach-4, a.CY(), title, canvas.TextStyle{AX: 0.5, Turned: true})
	a.Bottom(epochs, true, "epoch")
	falls, _ := drops(frames[0])
	free := a.L - 100
	for i, s := range falls {
		x := a.X(s.epoch)
		a.Line(canvas.Stroke{Width: 1}, x, a.T+1, x, a.T+5)
		text := "×" + canvas.Number(s.factor)
		if i == 0 {
			text = "rate " + text
		}
		half := a.Width(text) / 2
		if x-half > free+2 {
			at := min(x, box.R-2-half)
			a.Text(at, a.T+7.5, text, canvas.TextStyle{AX: 0.5, Colour: st.Muted})
			free = at + half
		}
	}
	width := canvas.Pt(1)
	if len(frames) > len(all) {
		width = 0.5
	}
	for i, f := range frames {
		xs, colour := a.XS(f.Axis("epoch").Values), all[of[i]].colour
		if v := f.Column("training " + kind); v != nil {
			curve(a, canvas.Stroke{Colour: colour, Width: 0.75 * width, Dash: []canvas.Pt{3, 1.8}}, xs, a.YS(v), false)
		}
		if v := f.Column("validation " + kind); v != nil {
			curve(a, canvas.Stroke{Colour: colour, Width: width}, xs, a.YS(v), true)
		}
	}
	endLabels(a, named)
}

// curve draws a line, or the point of one that has just one.
func curve(a *canvas.Panel, k canvas.Stroke, xs, ys []canvas.Pt, filled bool) {
	switch {
	case len(xs) > 1:
		a.Broken(k, xs, ys)
	case len(xs) == 1 && !math.IsNaN(float64(ys[0])):
		a.Circle(xs[0], ys[0], 2, k.Colour, filled)
	}
}

// learners returns a series for each variant, whose mean is of the last epoch
// alone, and which of them a frame belongs to.
func learners(s canvas.Style, frames []analysis.Frame, kind string) (all []series, of []int) {
	sums, runs := []float64{}, []float64{}
	for _, f := range frames {
		v := f.Label("variant")
		k := slices.IndexFunc(all, func(s series) bool { return s.variant == v })
		if k < 0 {
			k = len(all)
			all, sums, runs = append(all, series{variant: v}), append(sums, 0), append(runs, 0)
		}
		of = append(of, k)
		for _, c := range []string{"training ", "validation "} {
			col := f.Column(c + kind)
			if n := len(col); n > 0 && !math.IsNaN(col[n-1]) && (c == "validation " || f.Column("validation "+kind) == nil) {
				sums[k], runs[k] = sums[k]+col[n-1], runs[k]+1
			}
		}
	}
	for k := range all {
		all[k].colour, _ = s.Variant(k, len(all))
		all[k].mean = []float64{sums[k] / runs[k]}
	}
	return all, of
}

// learningKey says above a panel what solid and dashed lines are, or of a single
// epoch filled and hollow points.
func learningKey(p *canvas.Pen, x, y canvas.Pt, points bool) {
	for _, k := range []struct {
		s    canvas.Stroke
		text string
	}{{canvas.Stroke{Width: 1}, "validation"}, {canvas.Stroke{Dash: []canvas.Pt{3, 1.8}}, "training"}} {
		if points {
			p.Circle(x+8, y, 2, p.Style.Ink, k.text == "validation")
		} else {
			p.Line(k.s, x, y, x+16, y)
		}
		p.Text(x+19, y, k.text, canvas.ToRight)
		x += 19 + p.Width(k.text) + 10
	}
}

func learningCaption(d Data, frames []analysis.Frame, kept []string) string {
	all, _ := learners(d.style(), frames, kept[0])
	what := map[string]string{"loss": "loss", "accuracy": "accuracy in per cent"}
	var parts []string
	for i, k := range kept {
		text := what[k]
		if k == "loss" && frames[0].Title != "" {
			text = "loss: " + frames[0].Title
		}
		if len(kept) > 1 {
			text = fmt.Sprintf("(%c) %s", 'a'+i, text)
		}
		parts = append(parts, text)
	}
	who := "One network, no interval"
	if len(frames) > 1 {
		who = fmt.Sprintf("n = %d networks, a line each, no interval", len(frames))
	}
	rate := ""
	if falls, smooth := drops(frames[0]); smooth {
		r := frames[0].Column("rate")
		rate = fmt.Sprintf("The learning rate falls smoothly; at the beginning of the first epoch it is %s, of the last %s", canvas.Number(r[0]), canvas.Number(r[len(r)-1]))
	} else if len(falls) > 0 {
		rate = "Ticks above: drops of the learning rate and their factors"
	}
	over, lines := ", over epochs", "Solid: validation; dashed: training, averaged over the epoch as it was trained"
	if !slices.ContainsFunc(frames, func(f analysis.Frame) bool {
		e := f.Axis("epoch").Values
		return len(e) != 1 || e[0] != frames[0].Axis("epoch").Values[0]
	}) {
		over, lines = fmt.Sprintf(", of epoch %s alone", canvas.Number(frames[0].Axis("epoch").Values[0])), "Filled: validation; hollow: training, averaged over the epoch as it was trained"
		who = strings.Replace(who, "a line each", "two points each", 1)
	}
	chance := ""
	if c := frames[0].Column("chance"); len(c) > 0 && c[0] > 0 && slices.Contains(kept, "accuracy") {
		chance = fmt.Sprintf("Dashed grey: chance (%s %%)", canvas.Number(c[0]))
	}
	return canvas.Sentences(canvas.Upper(strings.Join(parts, "; "))+over, lines,
		who, rate, chance, frames[0].Note, precisionOf(d, all))
}
