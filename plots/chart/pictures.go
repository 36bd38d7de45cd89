package chart

import (
	"image/color"
	"math"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// pictures draws frames [area, step, y, x]: a row for each area with the last on top, a
// column for each step. Each picture has colours of its own, from its least to its
// largest number.
func pictures(frames []analysis.Frame, o Options) (*canvas.Figure, error) {
	type pictureRow struct {
		name string
		f    analysis.Frame // [step, y, x]
	}
	var list []pictureRow
	_, first := parts(frames[0])
	steps := first.Axes[1]
	for _, whole := range frames {
		who, f := parts(whole)
		if f.Axes[1].Len() != steps.Len() {
			continue
		}
		for i, g := range indexed(f, 0) {
			name := f.Axes[0].At(i)
			if n := named(who); n != "" {
				name = n + ", " + name
			}
			list = append(list, pictureRow{name, g})
		}
	}
	width := canvas.Pt(canvas.TwoColumns)
	if o.Width > 0 {
		width = o.Width
	}
	const left, gap, foot = canvas.Pt(30), canvas.Pt(3), canvas.Pt(26)
	var shown []int
	side := canvas.Pt(0)
	for every := 1; ; every++ {
		shown = shown[:0]
		for t := 0; t < steps.Len(); t += every {
			shown = append(shown, t)
		}
		if side = min(72, (width-left-8)/canvas.Pt(len(shown))-gap, 600/canvas.Pt(len(list))); side >= 34 || len(shown) == 1 {
			break
		}
	}
	high := side
	out := &canvas.Figure{Name: first.Name, Title: titleOf(first), Style: o.Style,
		Width: max(left+canvas.Pt(len(shown))*(side+gap)+8, 150), Height: canvas.Pt(len(list))*(high+gap) + foot + 4}
	drawn := ""
	if len(shown) < steps.Len() {
		drawn = canvas.Upper(canvas.Plural("step", ints(steps, shown))) + " are drawn"
	}
	out.Caption = canvas.Sentences(append([]string{canvas.Upper(first.Note), "Each picture has colours of its own, from its least number, dark, to its largest", drawn, "Hatched: no numbers"}, o.End...)...)
	out.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		for i, row := range list {
			n, m := row.f.Axes[1].Len(), row.f.Axes[2].Len()
			t := h - 4 - canvas.Pt(len(list)-1-i)*(high+gap)
			p.Text(10, t-high/2, canvas.FitBold(p, row.name, high+gap), canvas.TextStyle{AX: 0.5, AY: 0.5, Bold: true, Turned: true})
			for k, s := range shown {
				x := left + canvas.Pt(k)*(side+gap)
				r := canvas.Edges(x, t-high, x+side, t)
				data := row.f.Data[s*n*m:][:n*m]
				if canvas.NoNumbers(data) {
					p.Empty(r)
				} else {
					picture(p, r, n, m, data)
				}
				if i == 0 {
					p.Text(r.CX(), r.B-4, steps.At(s), canvas.TextStyle{AX: 0.5, AY: 1})
				}
			}
		}
		p.Text(left+canvas.Pt(len(shown))*(side+gap)/2, 4, canvas.Fit(p, axisTitle(steps, o), w-left), canvas.TextStyle{AX: 0.5})
		return nil
	}
	return out, nil
}

// picture draws numbers from the least to the largest.
func picture(p *canvas.Pen, r canvas.Rect, n, m int, data []float64) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range data {
		if !math.IsNaN(v) {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	p.Picture(r, n, m, func(y, x int) color.Color {
		v := data[y*m+x]
		if math.IsNaN(v) {
			return p.Style.Shade
		}
		if hi == lo {
			return canvas.Viridis.Colour(0)
		}
		return canvas.Viridis.Colour((v - lo) / (hi - lo))
	})
	p.Frame(r, canvas.Stroke{Colour: p.Style.Faint, Width: 0.3})
}

// ints are positions of an axis as whole numbers.
func ints(x analysis.Axis, at []int) (list []int) {
	for _, i := range at {
		v := i
		if i < len(x.Values) {
			v = int(x.Values[i])
		}
		list = append(list, v)
	}
	return list
}
