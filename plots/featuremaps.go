package plots

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"ventral/cortex/analysis"
)

// featureMaps draws the frames "feature maps" [area, image, slice, channel, y,
// x]: a block per image, a group of rows per area with the last on top, a
// column per slice. Frames of several variants are not mixed: the first is
// drawn.
func featureMaps(d Data) (*Figure, error) {
	an := d.Anatomy
	type group struct {
		f      analysis.Frame
		lo, hi float64
		onset  int
	}
	var groups []group
	channels, areas := 0, []string(nil)
	network, of := "one network", []series(nil)
	for i := len(an.Areas) - 1; i >= 0; i-- {
		for _, f := range d.frames("feature maps") {
			if f.Label("area") != an.Areas[i].Name {
				continue
			}
			network, of = theOne(f)
			for len(f.Axes) > 6 && f.Axes[0].Len() == 1 { // variant and run
				f.Axes = f.Axes[1:]
			}
			if len(f.Axes) != 6 || f.Axes[1].Name != "image" || f.Axes[1].Len() == 0 || f.Axes[3].Len() == 0 {
				return nil, fmt.Errorf("plots: frame %q of %s is not [area, image, slice, channel, y, x]", f.Name, an.Areas[i].Name)
			}
			lo, hi := math.Inf(1), math.Inf(-1)
			for _, v := range f.Data {
				if !math.IsNaN(v) {
					lo, hi = min(lo, v), max(hi, v)
				}
			}
			switch {
			case lo > hi:
				lo, hi = 0, 1
			case lo < 0 && hi > 0: // signed: white is zero
				hi = max(hi, -lo)
				lo = -hi
			case lo >= 0:
				lo = 0
			default:
				hi = 0
			}
			if lo == hi {
				hi = lo + 1
			}
			groups = append(groups, group{f, lo, hi, an.Areas[i].Onset})
			channels, areas = channels+f.Axes[3].Len(), append(areas, an.Areas[i].Name)
			break
		}
	}
	if len(groups) == 0 {
		return nil, errAbsent
	}
	images, slicesN := groups[0].f.Axes[1], groups[0].f.Axes[2]
	for _, g := range groups {
		if g.f.Axes[1].Len() != images.Len() || g.f.Axes[2].Len() != slicesN.Len() {
			return nil, fmt.Errorf("plots: feature maps of areas have different images or slices")
		}
	}
	time := "time slice"
	if ms := d.msPerStep(of); ms > 0 {
		time = fmt.Sprintf("time slice (× %s ms)", number(ms))
	}
	const left, barRoom, blockGap, rowGap, foot = pt(46), pt(44), pt(10), pt(7), pt(28)
	seen, err := stimuliOf(d, images)
	if err != nil {
		return nil, err
	}
	head := pt(24)
	if seen != nil {
		head += stimulusSide + 6
	}
	width := d.width(TwoColumns)
	shown, cell := images.Len(), pt(0)
	for ; shown > 0; shown-- {
		cell = (width - left - barRoom - blockGap*pt(shown-1)) / pt(shown*slicesN.Len())
		if cell >= 12 || shown == 1 {
			break
		}
	}
	cell = min(cell, 26)
	f := &Figure{Title: "Feature maps", Width: width, Height: head + foot + pt(channels)*cell + rowGap*pt(len(groups)-1)}
	if d.Width == 0 { // no wider than pictures and titles ask for
		measure, block := &pen{s: d.style()}, cell*pt(slicesN.Len())
		for b := range shown {
			block = max(block, min(measure.width("image "+images.At(b)), 100)+14, measure.width(time)+4)
		}
		f.Width = min(width, left+barRoom+blockGap*pt(shown-1)+block*pt(shown))
	}
	diverging := false
	for _, g := range groups {
		diverging = diverging || g.lo < 0 && g.hi > 0
	}
	f.paint = func(p *pen, w, h pt) error {
		cw := (w - left - barRoom - blockGap*pt(shown-1)) / pt(shown*slicesN.Len())
		ch := (h - head - foot - rowGap*pt(len(groups)-1)) / pt(channels)
		side := min(cw, ch)
		every := max(1, len(slicesAxis(slicesN.Len(), cw*pt(slicesN.Len()), 9)))
		step := (slicesN.Len() + every - 1) / every
		block := cw*pt(slicesN.Len()) + blockGap
		for b := range shown {
			x := left + pt(b)*block
			if shown > 1 {
				p.letter(x-blockGap/2, h-3, b)
			}
			title := fit(p, "image "+images.At(b), block-blockGap-12)
			p.text(x+(block-blockGap)/2, h-9, title, write{ax: 0.5, ay: 0.5})
			if seen != nil {
				c := x + (block-blockGap)/2
				stimulus(p, rect{c - stimulusSide/2, h - 18 - stimulusSide, c + stimulusSide/2, h - 18}, *seen, b)
			}
			for t := 0; t < slicesN.Len(); t += step {
				p.text(x+(pt(t)+0.5)*cw, foot-5, slicesN.At(t), write{ax: 0.5, ay: 1})
			}
			p.text(x+(block-blockGap)/2, foot-5-p.s.Text-3, fit(p, time, block-2), write{ax: 0.5, ay: 1})
		}
		y := h - head
		for i, g := range groups {
			k, rows, columns := g.f.Axes[3].Len(), g.f.Axes[4].Len(), g.f.Axes[5].Len()
			ramp := Viridis
			if g.lo < 0 && g.hi > 0 {
				ramp = BlueRed
			}
			top := y
			for c := range k {
				p.text(left-4, y-ch/2, "ch "+g.f.Axes[3].At(c), write{ax: 1, ay: 0.5, colour: p.s.Muted})
				for b := range shown {
					for t := range slicesN.Len() {
						x := left + pt(b)*block + pt(t)*cw
						inset := (side - 1.5) / 2
						r := rect{x + cw/2 - inset, y - ch/2 - inset, x + cw/2 + inset, y - ch/2 + inset}
						from := ((b*slicesN.Len()+t)*k + c) * rows * columns
						data := g.f.Data[from : from+rows*columns]
						if g.onset < 0 || int(slicesN.Values[t]) < g.onset || allNaN(data) {
							p.hatch(r)
							p.frame(r, stroke{colour: p.s.Faint, width: 0.3})
							continue
						}
						p.picture(r, rows, columns, func(i, j int) color.Color {
							v := data[i*columns+j]
							if math.IsNaN(v) {
								return p.s.Shade
							}
							return ramp.at((v - g.lo) / (g.hi - g.lo))
						})
					}
				}
				y -= ch
			}
			p.text(10, (top+y)/2, fitAll(p, areas, top-y+rowGap-2, write{bold: true})[i], write{ax: 0.5, ay: 0.5, bold: true, turned: true})
			if !allNaN(g.f.Data) {
				colourBar(p, rect{w - barRoom + 8, y + 2, w - barRoom + 14, top - 2}, ramp, g.lo, g.hi)
			}
			y -= rowGap
		}
		return nil
	}
	scales := "colours run from 0 (dark) to the largest response (bright)"
	if diverging {
		scales = "colours of signed areas are white at zero, others run from 0 (dark) to the largest response (bright)"
	}
	var names []string
	for _, g := range groups {
		names = append(names, g.f.Label("area"))
	}
	who := fmt.Sprintf("%d chosen images", shown)
	if shown == 1 {
		who = "one chosen image"
	}
	if shown < images.Len() {
		who += fmt.Sprintf(" of %d", images.Len())
	}
	f.Caption = caption(fmt.Sprintf("Responses to %s (%s, no average) in every area (%s, from top) over time slices", who, network, strings.Join(names, ", ")),
		pictured(seen != nil), "Rows are "+groups[0].f.Note, fmt.Sprintf("One scale for each area, bar at the right in %s; %s", groups[0].f.Unit, scales),
		"Titles give the image's place in its split and its class", "Hatched: before onset, or no numbers", recordedOf(d, of), msOf(d.msPerStep(of)), precisionOf(d, of))
	return f, nil
}

// stimulusSide is the side of a picture of the image that was shown.
const stimulusSide = pt(34)

// stimuliOf returns the frame "stimuli" [image, y, x, channel] of the images
// given, nil where there is none. Values are 0 to 1, grey or RGB.
func stimuliOf(d Data, images analysis.Axis) (*analysis.Frame, error) {
	all := d.frames("stimuli")
	if len(all) == 0 {
		return nil, nil
	}
	f := all[0]
	for len(f.Axes) > 4 && f.Axes[0].Len() == 1 {
		f.Axes = f.Axes[1:]
	}
	if len(f.Axes) != 4 || f.Axes[0].Len() < images.Len() || f.Axes[3].Len() != 1 && f.Axes[3].Len() != 3 {
		return nil, fmt.Errorf("plots: frame %q is not [image, y, x, channel] of the images of the feature maps, in grey or RGB", f.Name)
	}
	return &f, nil
}

// stimulus draws image b of a frame of stimuli.
func stimulus(p *pen, r rect, f analysis.Frame, b int) {
	rows, columns, channels := f.Axes[1].Len(), f.Axes[2].Len(), f.Axes[3].Len()
	data := f.Data[b*rows*columns*channels:]
	p.picture(r, rows, columns, func(i, j int) color.Color {
		c := color.NRGBA{A: 255}
		for k, dst := range []*uint8{&c.R, &c.G, &c.B} {
			*dst = uint8(math.Round(255 * min(max(data[(i*columns+j)*channels+min(k, channels-1)], 0), 1)))
		}
		return c
	})
	p.frame(r, stroke{colour: p.s.Faint, width: 0.3})
}

func allNaN(v []float64) bool {
	for _, x := range v {
		if !math.IsNaN(x) {
			return false
		}
	}
	return true
}

// colourBar draws a scale with its ends, and zero inside.
func colourBar(p *pen, r rect, ramp *Ramp, lo, hi float64) {
	p.picture(r, 64, 1, func(y, _ int) color.Color { return ramp.at(1 - (float64(y)+0.5)/64) })
	p.frame(r, stroke{width: 0.4})
	a := &panel{pen: p, rect: r, xhi: 1, ylo: lo, yhi: hi}
	n := 4
	if r.h() < 30 {
		n = 2
	}
	ticks := scale(lo, hi, n, false)
	if len(ticks) < 2 {
		ticks = []float64{lo, hi}
	}
	for i, s := range numerals(ticks) {
		y := a.y(ticks[i])
		p.line(stroke{width: 0.4}, r.r, y, r.r+2, y)
		p.text(r.r+3.5, y, s, toRight)
	}
}

func pictured(seen bool) string {
	if seen {
		return "On top the image that was shown"
	}
	return ""
}
