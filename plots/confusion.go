package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
)

// mostClasses bounds the classes of a confusion matrix that can be read.
const mostClasses = 30

// confusion draws the frame "confusion" [true, chosen] as per cent of the
// images of a class. Of several the first is drawn. It is left out where there
// are more than mostClasses classes.
func confusion(d Data) (*Figure, error) {
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
	measure := &pen{s: d.style()}
	long := pt(0)
	for i := range n {
		long = max(long, measure.width(f.Axes[0].At(i)))
	}
	long = min(long, 60)
	out := &Figure{Title: "Confusion of classes", Width: d.width(OneColumn)}
	const bar, right = pt(34), pt(6)
	side := out.Width - long - 22 - bar - right
	turned := long > side/pt(n)-3 // names wider than a cell stand on end
	drop := long
	if !turned {
		drop = measure.s.Text * capital
	}
	out.Height = side + drop + 28
	empty := ""
	if slices.Contains(sums, 0) {
		empty = "Hatched: classes without images"
	}
	out.Caption = caption(fmt.Sprintf("Chosen class against true class at %s, in per cent of the images of the true class (rows add to 100); %s, n = %s", f.Title, who, many(total, "image")),
		"Cells below 0.5 % have no number", empty, f.Note, reestimatedOf(d, of), precisionOf(d, of))
	out.paint = func(p *pen, w, h pt) error {
		side := min(w-long-22-bar-right, h-drop-28)
		cell := side / pt(n)
		l, t := long+22, h-6
		every := 1
		for cell*pt(every) < p.s.Text+1 {
			every++
		}
		numbers := cell > p.width("100")+1
		var names []string
		for i := range n {
			names = append(names, f.Axes[0].At(i))
		}
		names = fitAll(p, names, long, write{})
		p.picture(rect{l, t - side, l + side, t}, n, n, func(i, j int) color.Color {
			if sums[i] == 0 {
				return p.s.Paper
			}
			return Viridis.at(percent(i, j) / 100)
		})
		for i := range n {
			if sums[i] == 0 {
				r := rect{l, t - pt(i+1)*cell, l + side, t - pt(i)*cell}
				p.hatch(r)
			}
			for j := range n {
				v := percent(i, j)
				r := rect{l + pt(j)*cell, t - pt(i+1)*cell, l + pt(j+1)*cell, t - pt(i)*cell}
				if numbers && v >= 0.5 {
					ink := grey(0xff)
					if v > 55 {
						ink = grey(0)
					}
					p.text(r.cx(), r.cy(), strconv.Itoa(int(v+0.5)), write{ax: 0.5, ay: 0.5, colour: ink})
				}
			}
			if i%every == 0 {
				name := names[i]
				p.text(l-3, t-(pt(i)+0.5)*cell, name, toLeft)
				if turned {
					p.text(l+(pt(i)+0.5)*cell, t-side-3, name, write{ax: 1, ay: 0.5, turned: true})
				} else {
					p.text(l+(pt(i)+0.5)*cell, t-side-3, name, write{ax: 0.5, ay: 1})
				}
			}
		}
		p.frame(rect{l, t - side, l + side, t}, stroke{})
		p.text(8, t-side/2, "true class", write{ax: 0.5, ay: 0.5, turned: true})
		p.text(l+side/2, t-side-drop-9, "chosen class", write{ax: 0.5, ay: 1})
		colourBar(p, rect{l + side + 8, t - side, l + side + 14, t}, Viridis, 0, 100)
		p.text(l+side+14, t-side-9, "%", write{ax: 0.5, ay: 1})
		return nil
	}
	return out, nil
}
