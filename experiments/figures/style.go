package figures

import (
	"fmt"
	"image/color"
	"regexp"
	"strconv"

	"ventral/cortex/recording"
	"ventral/experiments/decode"
	"ventral/plots/canvas"
)

// Style is a style file: what figures for a paper look like. The zero value of each key is
// the house style.
type Style struct {
	Base     string   `toml:"base" oneof:"light dark" doc:"the house style that the file changes"`
	Font     string   `toml:"font" oneof:"sans serif mono" doc:"Liberation Sans, which has the widths of Arial and Helvetica, Liberation Serif or Mono"`
	Text     float64  `toml:"text" min:"4" max:"12" doc:"size of text, in pt"`
	Line     float64  `toml:"line" min:"0.1" max:"3" doc:"width of lines, in pt"`
	Width    Length   `toml:"width" doc:"width of a figure, such as \"89mm\"; by default each figure's own"`
	MS       bool     `toml:"ms" doc:"axes of steps are in milliseconds, of runs that say how long a step is"`
	Letters  bool     `toml:"letters" doc:"panels have letters"`
	Variants []Colour `toml:"variants" doc:"colours of runs, variants and conditions, such as \"#0072b2\""`
	Areas    []Colour `toml:"areas" doc:"colours of areas, from the first on; others go on in viridis"`
	Ink      Colour   `toml:"ink" doc:"colour of text and axes"`
	Paper    Colour   `toml:"paper" doc:"colour of the paper"`

	Roles Roles `toml:"roles" doc:"colours of connections"`
}

// NewStyle is the house style.
func NewStyle() *Style {
	return &Style{Base: "light", Font: "sans", Text: 7, Line: 0.75, Letters: true}
}

// Length is a length with its unit.
type Length canvas.Pt

var lengthText = regexp.MustCompile(`^(\d+(?:\.\d+)?)\s*(mm|cm|pt|in)$`)

// UnmarshalText implements encoding.TextUnmarshaler.
func (l *Length) UnmarshalText(text []byte) error {
	m := lengthText.FindStringSubmatch(string(text))
	if m == nil {
		return fmt.Errorf("found %q, want a length with its unit, such as \"85mm\"; units are mm, cm, pt and in", text)
	}
	v, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return err
	}
	pt := v * map[string]float64{"mm": 72 / 25.4, "cm": 72 / 2.54, "pt": 1, "in": 72}[m[2]]
	if pt < 85 || pt > 1500 {
		return fmt.Errorf("found %q, want a width of 30mm to 500mm", text)
	}
	*l = Length(pt)
	return nil
}

// Colour is a colour as #rrggbb; the zero value is none.
type Colour struct{ text string }

var colourText = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *Colour) UnmarshalText(text []byte) error {
	if !colourText.Match(text) {
		return fmt.Errorf("found %q, want a colour, such as \"#0072b2\"", text)
	}
	c.text = string(text)
	return nil
}

// of is the colour, nil where there is none.
func (c Colour) of() color.Color {
	if c.text == "" {
		return nil
	}
	v, _ := strconv.ParseUint(c.text[1:], 16, 32)
	return canvas.Hex(uint32(v))
}

// Roles are the colours of connections by role.
type Roles struct {
	Feedforward Colour `toml:"feedforward" doc:"of feedforward connections"`
	Lateral     Colour `toml:"lateral" doc:"of lateral connections"`
	Feedback    Colour `toml:"feedback" doc:"of feedback connections"`
	Bypass      Colour `toml:"bypass" doc:"of bypass connections"`
	Self        Colour `toml:"self" doc:"of identity shortcuts"`
}

// ReadStyle reads a style file. File is its name in messages. An error is a *decode.Fault.
func ReadStyle(file, text string) (*Style, error) {
	s := decode.New(file, text, hints)
	root, err := s.Decode()
	if err != nil {
		return nil, err
	}
	x := NewStyle()
	return x, s.Bind(nil, root, nil, x)
}

// hints propose what a wrong word may mean.
var hints = decode.Hints{Near: decode.Meant, Unknown: func(_ []string, key string, known []string) string { return decode.Meant(key, known) }}

// Canvas is the style of figures.
func (s *Style) Canvas() canvas.Style {
	c := canvas.Light()
	if s.Base == "dark" {
		c = canvas.Dark()
	}
	c.Text, c.Line = canvas.Pt(s.Text), canvas.Pt(s.Line)
	c.Face = map[string]string{"sans": "", "serif": "Serif", "mono": "Mono"}[s.Font]
	if !s.Letters {
		c.Letters = canvas.NoLetters
	}
	for _, v := range s.Variants {
		c.Variants = append(c.Variants, v.of())
	}
	for _, v := range s.Areas {
		c.Areas = append(c.Areas, v.of())
	}
	if v := s.Ink.of(); v != nil {
		c.Ink = v
	}
	if v := s.Paper.of(); v != nil {
		c.Paper = v
	}
	c.Roles = map[string]color.Color{}
	for role, v := range map[string]Colour{recording.Feedforward: s.Roles.Feedforward, recording.Lateral: s.Roles.Lateral, recording.Feedback: s.Roles.Feedback, recording.Bypass: s.Roles.Bypass, recording.Self: s.Roles.Self} {
		if v.text != "" {
			c.Roles[role] = v.of()
		}
	}
	return c
}
