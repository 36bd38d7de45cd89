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
	who, f := parts(frames[0])
	areas, steps, n, m := f.Axes[0], f.Axes[1], f.Axes[2].Len(), f.Axes[3].Len()
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
		if side = min(72, (width-left-8)/canvas.Pt(len(shown))-gap); side >= 34 || len(shown) == 1 {
			break
		}
	}
	high := side * canvas.Pt(n) / canvas.Pt(m)
	out := &canvas.Figure{Name: f.Name, Title: titleOf(f), Style: o.Style,
		Width: left + canvas.Pt(len(shown))*(side+gap) + 8, Height: canvas.Pt(areas.Len())*(high+gap) + foot + 4}
	drawn := ""
	if len(shown) < steps.Len() {
		drawn = canvas.Plural("Drawn: step", ints(steps, shown))
	}
	of := ""
	if name := named(who); name != "" {
		of = "Of " + name
	}
	out.Caption = canvas.Sentences(append([]string{canvas.Upper(f.Note), of, "Each picture has colours of its own, from its least number, dark, to its largest", drawn, "Hatched: no numbers"}, o.End...)...)
	out.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		for i := range areas.Len() {
			t := h - 4 - canvas.Pt(areas.Len()-1-i)*(high+gap)
			p.Text(10, t-high/2, canvas.FitBold(p, areas.At(i), high+gap), canvas.TextStyle{AX: 0.5, AY: 0.5, Bold: true, Turned: true})
			for k, s := range shown {
				x := left + canvas.Pt(k)*(side+gap)
				r := canvas.Edges(x, t-high, x+side, t)
				data := f.Data[(i*steps.Len()+s)*n*m:][:n*m]
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
