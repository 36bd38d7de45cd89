package generated

import (
	"cmp"
	"errors"
	"fmt"
	"math/bits"

	"ventral/experiments/stimuli"
)

// lineCentre is how far, in parts of the image, the middle of a line of text
// lies below the middle of its digits in the published generator, which
// measures vertical offsets from the former: its mean offset of 0.076 centres
// a digit in the image.
const lineCentre = 0.076

// Digits generates the stimuli of Spoerer, McClure and Kriegeskorte (2017,
// Frontiers in Psychology 8:1551): digits with an edge on a grey ground, under
// debris or among each other, in grey, one channel. A digit has one size and
// contrast, black with a white edge, and lies anywhere that leaves it in the
// image; the canvas is averaged down to the image.
//
// Debris: one digit, covered by fragments of digits; labels are one-hot.
// Clutter: several different digits, opaque, painted in random order; all of
// them are targets, also one that is wholly covered, and labels are multi-hot.
//
// The defaults are the constants of the published generator (github.com,
// cjspoerer/digitclutter). The font is another one, Go Bold, because Helvetica
// Bold is not free, and its zero has a stroke: absolute errors are not comparable
// with published ones.
type Digits struct {
	Task      string `toml:"task" oneof:"debris clutter" doc:"debris (one digit under fragments) or clutter (several digits)"`
	Digits    int    `toml:"digits" min:"3" max:"10" doc:"digits in an image of clutter; 3, 4 and 5 were published"`
	Fragments int    `toml:"fragments" min:"0" max:"1000" doc:"fragments in an image of debris; 10, 30 and 50 were published"`

	Size       int     `toml:"size" min:"8" max:"512" doc:"height and width of an image in pixels"`
	Canvas     int     `toml:"canvas" min:"8" max:"2048" doc:"height and width of the canvas in pixels, a multiple of size"`
	Background int     `toml:"background" min:"0" max:"255" doc:"grey of the ground, 0 to 255"`
	Face       int     `toml:"face" min:"0" max:"255" doc:"grey of the digits, 0 to 255"`
	Edge       int     `toml:"edge" min:"0" max:"255" doc:"grey of the line around digits, 0 to 255"`
	EdgeWidth  float64 `toml:"edge_width" min:"0" max:"100" doc:"width of that line in canvas pixels; the face covers its inner half"`
	FontSize   float64 `toml:"font_size" min:"8" max:"2048" doc:"size of the font in points, which are canvas pixels"`

	OffsetX     float64 `toml:"offset_x" min:"0" max:"0.5" doc:"horizontal offset is uniform between minus and plus this part of the image"`
	OffsetY     float64 `toml:"offset_y" min:"0" max:"0.5" doc:"vertical offset is uniform between minus and plus this part of the image, about offset_y_mean"`
	OffsetYMean float64 `toml:"offset_y_mean" min:"-0.5" max:"0.5" doc:"mean vertical offset from the centre of a line of text; 0.076 centres the digit"`

	FragmentMin int `toml:"fragment_min" min:"1" max:"512" doc:"smallest side of a fragment in image pixels"`
	FragmentMax int `toml:"fragment_max" min:"1" max:"512" doc:"largest side of a fragment in image pixels"`

	Train      int `toml:"train" min:"1" max:"2000000" doc:"number of training images"`
	Validation int `toml:"validation" min:"0" max:"2000000" doc:"number of validation images"`
	Test       int `toml:"test" min:"0" max:"2000000" doc:"number of test images"`
}

// NewDigits returns the published settings: light debris, 100,000 training and
// 10,000 test images, and 5,000 validation images of their own.
func NewDigits() *Digits {
	return &Digits{
		Task: "debris", Digits: 3, Fragments: 10,
		Size: 32, Canvas: 512, Background: 119, Face: 0, Edge: 255, EdgeWidth: 20, FontSize: 384,
		OffsetX: 0.29, OffsetY: 0.19, OffsetYMean: lineCentre,
		FragmentMin: 6, FragmentMax: 9,
		Train: 100_000, Validation: 5_000, Test: 10_000,
	}
}

// digitsSet registers Digits.
var digitsSet = stimuli.Set{
	Name: "digits", About: "generated digits under debris or among others", Source: "Spoerer et al. 2017",
	New: func() stimuli.Kind { return NewDigits() },
	Small: func(string) (stimuli.Kind, error) {
		d := NewDigits()
		d.Task, d.Train, d.Validation, d.Test = "clutter", 60, 30, 20
		return d, nil
	},
}

// check reports the first setting that is out of its range.
func (d *Digits) check() error {
	const most = 2_000_000
	err := cmp.Or(
		stimuli.OneOf("task", d.Task, "debris", "clutter"),
		stimuli.Within("digits", d.Digits, 3, 10),
		stimuli.Within("fragments", d.Fragments, 0, 1000),
		stimuli.Within("size", d.Size, 8, 512),
		stimuli.Within("canvas", d.Canvas, d.Size, 2048),
		stimuli.Within("background", d.Background, 0, 255),
		stimuli.Within("face", d.Face, 0, 255),
		stimuli.Within("edge", d.Edge, 0, 255),
		stimuli.Within("edge_width", d.EdgeWidth, 0, 100),
		stimuli.Within("font_size", d.FontSize, 8, 2048),
		stimuli.Within("offset_x", d.OffsetX, 0, 0.5),
		stimuli.Within("offset_y", d.OffsetY, 0, 0.5),
		stimuli.Within("offset_y_mean", d.OffsetYMean, -0.5, 0.5),
		stimuli.Within("fragment_min", d.FragmentMin, 1, d.Size),
		stimuli.Within("fragment_max", d.FragmentMax, d.FragmentMin, d.Size),
		stimuli.Within("train", d.Train, 1, most),
		stimuli.Within("validation", d.Validation, 0, most),
		stimuli.Within("test", d.Test, 0, most),
	)
	if err == nil && d.Canvas%d.Size != 0 {
		err = fmt.Errorf("canvas: found %d, want a multiple of size, %d", d.Canvas, d.Size)
	}
	return err
}

// Describe implements [stimuli.Kind].
func (d *Digits) Describe(stimuli.Env) (stimuli.Description, error) {
	if err := d.check(); err != nil {
		return stimuli.Description{}, err
	}
	digits := make([]string, 10)
	for digit := range digits {
		digits[digit] = string(rune('0' + digit))
	}
	shape := [3]int{d.Size, d.Size, 1}
	return stimuli.Description{
		Shape: shape, Frames: 1, Targets: []stimuli.Target{stimuli.Labels(digits, d.shown())},
		Images: [stimuli.Splits]int{d.Train, d.Validation, d.Test}, Held: stimuli.Held(d.Train+d.Validation+d.Test, shape, d.shown()),
	}, nil
}

// Open implements [stimuli.Kind]: it generates all images, in parallel. Each is a
// function of the seed, its split and its index, so that a smaller count gives
// the first images of a larger one. [stimuli.Data.Hashes] has an entry for each split.
func (d *Digits) Open(env stimuli.Env) (stimuli.Data, error) {
	data, err := d.generate(env, 0)
	if err != nil {
		return nil, err
	}
	return data, nil
}

// generate is Open with a number of workers, 0 for the usual one.
func (d *Digits) generate(env stimuli.Env, workers int) (*stimuli.Memory, error) {
	about, err := d.Describe(env)
	if err != nil {
		return nil, err
	}
	p, err := newPainter(d)
	if err != nil {
		return nil, err
	}
	m := stimuli.NewMemory(about)
	done, total := 0, d.Train+d.Validation+d.Test
	for s, n := range about.Images {
		report := func(made int) { env.Report(int64(done+made), int64(total)) }
		m.Parts[s], err = p.split(env, stimuli.Split(s), n, workers, report)
		if err != nil {
			return nil, err
		}
		done += n
		m.SetHash(stimuli.Split(s).String(), hashOf(m.Parts[s], p.shown()))
	}
	return m, nil
}

// painter makes images of digits. It is not changed after newPainter, so that
// several goroutines can use it, each with a canvas of its own.
type painter struct {
	Digits
	sprites   [10]*sprite
	templates [10]template // for debris
}

func newPainter(d *Digits) (*painter, error) {
	p := &painter{Digits: *d}
	var err error
	p.sprites, err = digitSprites(look{d.FontSize, d.EdgeWidth, d.Face, d.Edge})
	if err != nil || d.Task != "debris" {
		return p, err
	}
	for digit := range p.templates {
		t := newTemplate(p, digit)
		if d.Fragments > 0 && t.width == 0 {
			return nil, errors.New("stimuli: digits: no fragment can be cut, as no pixel of the image is covered by half; a larger font_size or size would do")
		}
		p.templates[digit] = t
	}
	return p, nil
}

func (p *painter) canvas(background int) *canvas {
	return newCanvas(p.Canvas, p.Canvas/p.Size, uint8(background))
}

// shown is the number of digits in an image.
func (d *Digits) shown() int {
	if d.Task == "clutter" {
		return d.Digits
	}
	return 1
}

// paint makes the image that s draws in dst and returns the digits in it, a
// bit for each.
func (p *painter) paint(c *canvas, s *stimuli.Stream, dst []uint8) uint16 {
	digits := stimuli.Indices(10)
	n := p.shown()
	s.Shuffle(digits, n)
	c.clear()
	var truth uint16
	for _, digit := range digits[:n] {
		x := s.Uniform(-p.OffsetX, p.OffsetX)
		y := p.OffsetYMean + s.Uniform(-p.OffsetY, p.OffsetY)
		p.put(c, p.sprites[digit], x, y)
		truth |= 1 << digit
	}
	c.shrink(dst)
	if p.Task == "debris" {
		for range p.Fragments {
			p.fragment(s, dst)
		}
	}
	if bits.OnesCount16(truth) != n {
		panic("stimuli: digits: a digit was drawn twice")
	}
	return truth
}

// put paints a sprite at an offset from the centre, in parts of the canvas;
// like the published generator it drops fractions of a pixel.
func (p *painter) put(c *canvas, s *sprite, x, y float64) {
	side := float64(c.side)
	line := c.side/2 - int(lineCentre*side+0.5)
	c.paint(s, c.side/2+int(side*x), line+int(side*y))
}
