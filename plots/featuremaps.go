package plots

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
	"ventral/plots/screen"
	"ventral/plots/wiring"
)

// featureMaps draws the frames "feature maps" [area, image, step, channel, y,
// x]: a block per image, a group of rows per area with the last on top, a
// column per step. Frames of several variants are not mixed: the first is
// drawn.
func featureMaps(d Data) (*canvas.Figure, error) {
	an := d.Anatomy
	type group struct {
		f     analysis.Frame
		scale canvas.Scale
		onset int
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
				return nil, fmt.Errorf("plots: frame %q of %s is not [area, image, step, channel, y, x]", f.Name, an.Areas[i].Name)
			}
			scale := canvas.ScaleOf(f.Data)
			groups = append(groups, group{f, scale, an.Areas[i].Onset})
			channels, areas = channels+f.Axes[3].Len(), append(areas, an.Areas[i].Name)
			break
		}
	}
	if len(groups) == 0 {
		return nil, errAbsent
	}
	images, stepsN := groups[0].f.Axes[1], groups[0].f.Axes[2]
	for _, g := range groups {
		if g.f.Axes[1].Len() != images.Len() || g.f.Axes[2].Len() != stepsN.Len() {
			return nil, fmt.Errorf("plots: feature maps of areas have different images or steps")
		}
	}
	time := d.timeTitle(of)
	const left, barRoom, blockGap, rowGap, foot = canvas.Pt(46), canvas.Pt(44), canvas.Pt(10), canvas.Pt(7), canvas.Pt(28)
	seen, err := stimuliOf(d, images)
	if err != nil {
		return nil, err
	}
	head := canvas.Pt(24)
	if seen != nil {
		head += stimulusSide + 6
	}
	screens := screen.Columns(d.screens(of), stepsN.Values)
	head += screen.High(screens)
	width := d.width(canvas.TwoColumns)
	shown, cell := images.Len(), canvas.Pt(0)
	for ; shown > 0; shown-- {
		cell = (width - left - barRoom - blockGap*canvas.Pt(shown-1)) / canvas.Pt(shown*stepsN.Len())
		if cell >= 12 || shown == 1 {
			break
		}
	}
	cell = min(cell, 26)
	f := &canvas.Figure{Title: "Feature maps", Width: width, Height: head + foot + canvas.Pt(channels)*cell + rowGap*canvas.Pt(len(groups)-1)}
	if d.Width == 0 { // no wider than pictures and titles ask for
		measure, block := &canvas.Pen{Style: d.style()}, cell*canvas.Pt(stepsN.Len())
		for b := range shown {
			block = max(block, min(measure.Width("image "+images.At(b)), 100)+14, measure.Width(time)+4)
		}
		f.Width = min(width, left+barRoom+blockGap*canvas.Pt(shown-1)+block*canvas.Pt(shown))
	}
	diverging := false
	for _, g := range groups {
		diverging = diverging || g.scale.Signed()
	}
	f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
		cw := (w - left - barRoom - blockGap*canvas.Pt(shown-1)) / canvas.Pt(shown*stepsN.Len())
		ch := (h - head - foot - rowGap*canvas.Pt(len(groups)-1)) / canvas.Pt(channels)
		side := min(cw, ch)
		every := max(1, len(canvas.StepTicks(stepsN.Len(), cw*canvas.Pt(stepsN.Len()), 9)))
		step := (stepsN.Len() + every - 1) / every
		block := cw*canvas.Pt(stepsN.Len()) + blockGap
		for b := range shown {
			x := left + canvas.Pt(b)*block
			if shown > 1 {
				p.Letter(x-blockGap/2, h-3, b)
			}
			title := canvas.Fit(p, "image "+images.At(b), block-blockGap-12)
			p.Text(x+(block-blockGap)/2, h-9, title, canvas.TextStyle{AX: 0.5, AY: 0.5})
			if seen != nil {
				c := x + (block-blockGap)/2
				stimulus(p, canvas.Edges(c-stimulusSide/2, h-18-stimulusSide, c+stimulusSide/2, h-18), *seen, b)
			}
			room := canvas.Pt(0)
			if b == 0 {
				room = left - 6
			}
			screen.Draw(p, canvas.Edges(x, 0, x+cw*canvas.Pt(stepsN.Len()), h-head+screen.High(screens)+1), screens, stepsN.Len(), room)
			for t := 0; t < stepsN.Len(); t += step {
				p.Text(x+(canvas.Pt(t)+0.5)*cw, foot-5, stepsN.At(t), canvas.TextStyle{AX: 0.5, AY: 1})
			}
			p.Text(x+(block-blockGap)/2, foot-5-p.Style.Text-3, canvas.Fit(p, time, block-2), canvas.TextStyle{AX: 0.5, AY: 1})
		}
		y := h - head
		for i, g := range groups {
			k, rows, columns := g.f.Axes[3].Len(), g.f.Axes[4].Len(), g.f.Axes[5].Len()
			top := y
			for c := range k {
				p.Text(left-4, y-ch/2, "ch "+g.f.Axes[3].At(c), canvas.TextStyle{AX: 1, AY: 0.5, Colour: p.Style.Muted})
				for b := range shown {
					for t := range stepsN.Len() {
						x := left + canvas.Pt(b)*block + canvas.Pt(t)*cw
						inset := (side - 1.5) / 2
						r := canvas.Edges(x+cw/2-inset, y-ch/2-inset, x+cw/2+inset, y-ch/2+inset)
						from := ((b*stepsN.Len()+t)*k + c) * rows * columns
						data := g.f.Data[from : from+rows*columns]
						if g.onset < 0 || int(stepsN.Values[t]) < g.onset || canvas.NoNumbers(data) {
							p.Empty(r)
							continue
						}
						canvas.HeatMap(p, r, rows, columns, data, g.scale)
					}
				}
				y -= ch
			}
			p.Text(10, (top+y)/2, canvas.FitAll(p, areas, top-y+rowGap-2, canvas.TextStyle{Bold: true})[i], canvas.TextStyle{AX: 0.5, AY: 0.5, Bold: true, Turned: true})
			if !canvas.NoNumbers(g.f.Data) {
				canvas.ColourBar(p, canvas.Edges(w-barRoom+8, y+2, w-barRoom+14, top-2), g.scale)
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
	f.Caption = canvas.Sentences(fmt.Sprintf("Responses to %s (%s, no average) in every area (%s, from top) over time steps", who, network, strings.Join(names, ", ")),
		pictured(seen != nil), "Rows are "+groups[0].f.Note, fmt.Sprintf("One scale for each area, bar at the right in %s; %s", groups[0].f.Unit, scales),
		"Titles give the image's place in its split and its class", screen.Said(d.screens(of)), "Hatched: before onset, or no numbers", recordedOf(d, of), wiring.StepLasts(d.msPerStep(of)), precisionOf(d, of))
	return f, nil
}

// stimulusSide is the side of a picture of the image that was shown.
const stimulusSide = canvas.Pt(34)

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
func stimulus(p *canvas.Pen, r canvas.Rect, f analysis.Frame, b int) {
	rows, columns, channels := f.Axes[1].Len(), f.Axes[2].Len(), f.Axes[3].Len()
	data := f.Data[b*rows*columns*channels:]
	p.Picture(r, rows, columns, func(i, j int) color.Color {
		c := color.NRGBA{A: 255}
		for k, dst := range []*uint8{&c.R, &c.G, &c.B} {
			*dst = uint8(math.Round(255 * min(max(data[(i*columns+j)*channels+min(k, channels-1)], 0), 1)))
		}
		return c
	})
	p.Frame(r, canvas.Stroke{Colour: p.Style.Faint, Width: 0.3})
}

func pictured(seen bool) string {
	if seen {
		return "On top the image that was shown"
	}
	return ""
}
