package canvas

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/vg"
)

// Widths of a printed page.
const (
	OneColumn  = 85 * vg.Millimeter
	TwoColumns = 180 * vg.Millimeter
)

// Style is the colours and sizes of a figure.
type Style struct {
	Name             string
	Paper, Ink       color.Color
	Muted, Faint     color.Color // secondary text and lines; hatching
	Shade            color.Color // before onset
	Text, Line       vg.Length
	AreaFrom, AreaTo float64 // the part of viridis areas use

	// What a user's own style changes; zero values are the house's.
	Face     string                 // "Sans", "Serif" or "Mono" of Liberation
	Variants []color.Color          // in place of those of Okabe and Ito
	Areas    []color.Color          // in the order of areas, from the first on
	Roles    map[string]color.Color // of connections, by role
	StepMS   float64                // axes of steps are in ms of which a step has this many
	Letters  int                    // added to the letters of panels; NoLetters: there are none
}

// NoLetters is Style.Letters of figures whose panels have no letters.
const NoLetters = -1

// Time is the title of an axis of steps.
func (s Style) Time() string {
	if s.StepMS > 0 {
		return "time (ms)"
	}
	return "time step"
}

// StepTexts are the numbers of an axis of steps.
func (s Style) StepTexts(steps []float64) []string {
	if s.StepMS == 0 {
		return Numerals(steps)
	}
	ms := make([]float64, len(steps))
	for i, t := range steps {
		ms[i] = t * s.StepMS
	}
	return Numerals(ms)
}

// Light is for paper: 7 pt text, 0.75 pt lines.
func Light() Style {
	return Style{Name: "light", Paper: color.NRGBA{255, 255, 255, 255}, Ink: Grey(0x1a), Muted: Grey(0x59), Faint: Grey(0xb0), Shade: Grey(0xe9),
		Text: 7, Line: 0.75, AreaFrom: 0.1, AreaTo: 0.85}
}

// Dark is for screens and slides.
func Dark() Style {
	return Style{Name: "dark", Paper: Grey(0x16), Ink: Grey(0xec), Muted: Grey(0xa8), Faint: Grey(0x60), Shade: Grey(0x2c),
		Text: 7, Line: 0.75, AreaFrom: 0.35, AreaTo: 0.95}
}

// Grey is a grey from 0, black, to 255.
func Grey(v uint8) color.NRGBA { return color.NRGBA{v, v, v, 255} }

// Hex is the colour 0xRRGGBB.
func Hex(v uint32) color.NRGBA { return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }

// Fade gives a colour an opacity.
func Fade(c color.Color, alpha float64) color.Color {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = uint8(math.Round(255 * alpha))
	return n
}

// Tint mixes a colour into the paper.
func (s Style) Tint(c color.Color, part float64) color.Color {
	a, b := color.NRGBAModel.Convert(c).(color.NRGBA), color.NRGBAModel.Convert(s.Paper).(color.NRGBA)
	mix := func(x, y uint8) uint8 { return uint8(math.Round(part*float64(x) + (1-part)*float64(y))) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

// Area returns the colour of area i of n, from viridis.
func (s Style) Area(i, n int) color.Color {
	if i < len(s.Areas) {
		return s.Areas[i]
	}
	v := s.AreaFrom
	if n > 1 {
		v += (s.AreaTo - s.AreaFrom) * float64(i) / float64(n-1)
	}
	return Viridis.Colour(v)
}

// Variant returns the colour (Okabe and Ito 2008) and dashes of variant i of n.
func (s Style) Variant(i, n int) (color.Color, []Pt) {
	if n < 2 {
		return s.Ink, nil
	}
	colours := s.Variants
	if len(colours) == 0 {
		colours = okabeIto
	}
	dashes := [][]Pt{nil, {5, 1.5}, {2, 1.2}, {6, 1.2, 1.2, 1.2}, {1, 1}, {8, 2}}
	return colours[i%len(colours)], dashes[(i+i/len(colours))%len(dashes)]
}

// okabeIto are colours that people with any colour vision tell apart.
var okabeIto = []color.Color{Hex(0x0072b2), Hex(0xd55e00), Hex(0x009e73), Hex(0xcc79a7), Hex(0xe69f00), Hex(0x56b4e9)}

// Ramp is a table of colours between 0 and 1 in equal steps; between them sRGB
// is mixed. It is a palette.ColorMap.
type Ramp struct {
	colours  []uint32
	min, max float64
	alpha    float64
}

var _ palette.ColorMap = (*Ramp)(nil)

// Viridis is matplotlib's (Smith and van der Walt 2015), in 33 colours.
var Viridis = &Ramp{max: 1, alpha: 1, colours: []uint32{
	0x440154, 0x470d60, 0x48186a, 0x482374, 0x472d7b, 0x453781, 0x424086, 0x3e4989, 0x3b528b, 0x375b8d, 0x33638d,
	0x2f6b8e, 0x2c728e, 0x297a8e, 0x26828e, 0x23898e, 0x21918c, 0x1f978b, 0x1f9f88, 0x21a685, 0x27ad81, 0x31b57b,
	0x3dbc74, 0x4cc26c, 0x5cc863, 0x6ece58, 0x81d34d, 0x95d840, 0xaadc32, 0xc0df25, 0xd5e21a, 0xeae51a, 0xfde725}}

// BlueRed diverges around its middle (Brewer's RdBu, reversed).
var BlueRed = &Ramp{max: 1, alpha: 1, colours: []uint32{
	0x053061, 0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b, 0x67001f}}

// Colour returns the colour at 0 … 1, which is a number; what lies outside gets the
// end's.
func (r *Ramp) Colour(v float64) color.NRGBA {
	x := min(max(v, 0), 1) * float64(len(r.colours)-1)
	i := min(int(x), len(r.colours)-2)
	a, b, f := Hex(r.colours[i]), Hex(r.colours[i+1]), x-float64(i)
	mix := func(p, q uint8) uint8 { return uint8(math.Round(float64(p) + f*(float64(q)-float64(p)))) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), uint8(math.Round(255 * r.alpha))}
}

// Table returns the colours in equal steps as #rrggbb.
func (r *Ramp) Table() (list []string) {
	for _, c := range r.colours {
		list = append(list, fmt.Sprintf("#%06x", c))
	}
	return list
}

// At returns the colour of a value between Min and Max.
func (r *Ramp) At(v float64) (color.Color, error) {
	switch {
	case math.IsNaN(v):
		return nil, palette.ErrNaN
	case v < r.min:
		return nil, palette.ErrUnderflow
	case v > r.max:
		return nil, palette.ErrOverflow
	case r.max <= r.min:
		return nil, fmt.Errorf("plots: colours from %g to %g", r.min, r.max)
	}
	return r.Colour((v - r.min) / (r.max - r.min)), nil
}

// With returns a copy for values between min and max, so that the tables of
// this package never change.
func (r *Ramp) With(min, max float64) *Ramp { c := *r; c.min, c.max = min, max; return &c }

// Min and the others complete palette.ColorMap.
func (r *Ramp) Min() float64 { return r.min }

// Max is the value of the last colour.
func (r *Ramp) Max() float64 { return r.max }

// SetMin sets Min.
func (r *Ramp) SetMin(v float64) { r.min = v }

// SetMax sets Max.
func (r *Ramp) SetMax(v float64) { r.max = v }

// Alpha is the opacity.
func (r *Ramp) Alpha() float64 { return r.alpha }

// SetAlpha sets Alpha.
func (r *Ramp) SetAlpha(v float64) { r.alpha = v }

type colours []color.Color

func (c colours) Colors() []color.Color { return c }

// Palette returns n colours in equal steps.
func (r *Ramp) Palette(n int) palette.Palette {
	c := make(colours, n)
	for i := range c {
		c[i] = r.Colour(float64(i) / float64(max(n-1, 1)))
	}
	return c
}
