package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"

	"ventral/plots/canvas"
)

// mostClasses bounds the classes of a confusion matrix that can be read.
const mostClasses = 30

// confusion draws the frame "confusion" [true, chosen] as per cent of the
// images of a class. Of several the first is drawn. It is left out where there
// are more than mostClasses classes.
func confusion(d Data) (*canvas.Figure, error) {
	frames := d.frames("confusion")
	if len(frames) == 0 {
		return nil, errAbsent
	}
	f := frames[0]
	who, of := theOne(f)
	for len(f.Axes) > 2 && f.Axes[0].Len() == 1 {
		f.Axes = f.Axes[1:]
	}
	if len(f.Axes) != 2 || f.Axes[0].Len() != f.Axes[1].Len() || f.Axes[0].Len() == 0 {
		return nil, fmt.Errorf("plots: frame %q is not [true, chosen]", f.Name)
	}
	n, total := f.Axes[0].Len(), 0.0
	sums := make([]float64, n)
	for i, v := range f.Data {
		if math.IsNaN(v) || v < 0 {
			return nil, errAbsent
		}
		sums[i/n] += v
		total += v
	}
	if n > mostClasses || total == 0 {
		return nil, errAbsent
	}
	percent := func(i, j int) float64 { // NaN: the class has no images
		return 100 * f.Data[i*n+j] / sums[i]
	}
	measure := &canvas.Pen{Style: d.style()}
	long := canvas.Pt(0)
	for i := range n {
		long = max(long, measure.Width(f.Axes[0].At(i)))
	}
	long = min(long, 60)
	out := &canvas.Figure{Title: "Confusion of classes", Width: d.width(canvas.OneColumn)}
	const bar, right = canvas.Pt(34), canvas.Pt(6)
	side := out.Width - long - 22 - bar - right
	turned := long > side/canvas.Pt(n)-3 // names wider than a cell stand on end
	drop := long
	if !turned {
		drop = measure.Style.Text * canvas.Capital
	}
	out.Height = side + drop + 28
	empty := ""
	if slices.Contains(sums, 0) {
		empty = "Hatched: classes without images"
	}
	out.Caption = canvas.Sentences(fmt.Sprintf("Chosen class against true class at %s, in per cent of the images of the true class (rows add to 100); %s, n = %s", f.Title, who, canvas.Many(total, "image")),
		"Cells below 0.5 % have no number", empty, f.Note, reestimatedOf(d, of), precisionOf(d, of))
	out.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		side := min(w-long-22-bar-right, h-drop-28)
		cell := side / canvas.Pt(n)
		l, t := long+22, h-6
		every := 1
		for cell*canvas.Pt(every) < p.Style.Text+1 {
			every++
		}
		numbers := cell > p.Width("100")+1
		var names []string
		for i := range n {
			names = append(names, f.Axes[0].At(i))
		}
		names = canvas.FitAll(p, names, long, canvas.TextStyle{})
		p.Picture(canvas.Edges(l, t-side, l+side, t), n, n, func(i, j int) color.Color {
			if sums[i] == 0 {
				return p.Style.Paper
			}
			return canvas.Viridis.Colour(percent(i, j) / 100)
		})
		for i := range n {
			if sums[i] == 0 {
				r := canvas.Edges(l, t-canvas.Pt(i+1)*cell, l+side, t-canvas.Pt(i)*cell)
				p.Hatch(r)
			}
			for j := range n {
				v := percent(i, j)
				r := canvas.Edges(l+canvas.Pt(j)*cell, t-canvas.Pt(i+1)*cell, l+canvas.Pt(j+1)*cell, t-canvas.Pt(i)*cell)
				if numbers && v >= 0.5 {
					ink := canvas.Grey(0xff)
					if v > 55 {
						ink = canvas.Grey(0)
					}
					p.Text(r.CX(), r.CY(), strconv.Itoa(int(v+0.5)), canvas.TextStyle{AX: 0.5, AY: 0.5, Colour: ink})
				}
			}
			if i%every == 0 {
				name := names[i]
				p.Text(l-3, t-(canvas.Pt(i)+0.5)*cell, name, canvas.ToLeft)
				if turned {
					p.Text(l+(canvas.Pt(i)+0.5)*cell, t-side-3, name, canvas.TextStyle{AX: 1, AY: 0.5, Turned: true})
				} else {
					p.Text(l+(canvas.Pt(i)+0.5)*cell, t-side-3, name, canvas.TextStyle{AX: 0.5, AY: 1})
				}
			}
		}
		p.Frame(canvas.Edges(l, t-side, l+side, t), canvas.Stroke{})
		p.Text(8, t-side/2, "true class", canvas.TextStyle{AX: 0.5, AY: 0.5, Turned: true})
		p.Text(l+side/2, t-side-drop-9, "chosen class", canvas.TextStyle{AX: 0.5, AY: 1})
		canvas.ColourBar(p, canvas.Edges(l+side+8, t-side, l+side+14, t), canvas.Scale{Hi: 100})
		p.Text(l+side+14, t-side-9, "%", canvas.TextStyle{AX: 0.5, AY: 1})
		return nil
	}
	return out, nil
}
