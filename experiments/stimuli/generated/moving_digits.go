package generated

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"ventral/experiments/stimuli"
)

// MovingDigits generates clips: a digit moves over the image in a straight line and is
// reflected at its borders; several digits follow one another, each for as many frames.
// A frame is labelled by the digit that it shows, so that a clip of several digits is a
// sequence to label frame by frame, and a clip of one is labelled alike throughout.
// Digits are drawn as those of [Digits], in white on black without an edge, and noise
// is added to each frame anew.
//
// Clips of moving digits as a task are from Srivastava, Mansimov and Salakhutdinov (2015,
// ICML), whose digits are those of MNIST and stay for the whole clip.
type MovingDigits struct {
	Size   int     `toml:"size" min:"8" max:"256" doc:"height and width of a frame in pixels"`
	Frames int     `toml:"frames" min:"1" max:"1000" doc:"frames of a clip"`
	Digits int     `toml:"digits" min:"1" max:"1000" doc:"digits that follow one another in a clip, each for the same number of frames"`
	Speed  float64 `toml:"speed" min:"0" max:"100" doc:"pixels that a digit moves from one frame to the next, in a direction drawn for each digit"`
	Height float64 `toml:"height" min:"0.1" max:"1" doc:"height of a digit as a part of that of the frame"`
	Noise  float64 `toml:"noise" min:"0" max:"1" doc:"standard deviation of Gaussian noise that each pixel has anew in each frame, cut off at black and white"`

	Train      int `toml:"train" min:"1" max:"100000000" doc:"number of training clips"`
	Validation int `toml:"validation" min:"0" max:"100000000" doc:"number of validation clips"`
	Test       int `toml:"test" min:"0" max:"100000000" doc:"number of test clips"`
}

// NewMovingDigits returns settings for clips of eight frames with two digits.
func NewMovingDigits() *MovingDigits {
	return &MovingDigits{Size: 32, Frames: 8, Digits: 2, Speed: 2, Height: 0.5, Noise: 0.1, Train: 20_000, Validation: 1_000, Test: 2_000}
}

// movingDigitsSet registers MovingDigits.
var movingDigitsSet = stimuli.Set{
	Name: "moving_digits", About: "generated clips of digits that move and follow one another, with a label a frame", Source: "after Srivastava et al. 2015",
	New: func() stimuli.Kind { return NewMovingDigits() },
	Small: func(string) (stimuli.Kind, error) {
		d := NewMovingDigits()
		d.Train, d.Validation, d.Test, d.Frames = 40, 10, 12, 4
		return d, nil
	},
}

// Describe implements [stimuli.Kind].
func (d *MovingDigits) Describe(stimuli.Env) (stimuli.Description, error) {
	err := cmp.Or(
		stimuli.Within("size", d.Size, 8, 256),
		stimuli.Within("frames", d.Frames, 1, 1000),
		stimuli.Within("digits", d.Digits, 1, d.Frames),
		stimuli.Within("speed", d.Speed, 0, 100),
		stimuli.Within("height", d.Height, 0.1, 1),
		stimuli.Within("noise", d.Noise, 0, 1),
		counts(d.Train, d.Validation, d.Test),
	)
	if err == nil && d.Frames%d.Digits != 0 {
		err = fmt.Errorf("digits: found %d, want a divisor of frames, %d, so that each is shown for as many", d.Digits, d.Frames)
	}
	return stimuli.Description{
		Shape: [3]int{d.Size, d.Size, 1}, Frames: d.Frames,
		Targets: []stimuli.Target{stimuli.Labels(strings.Split("0123456789", ""), 1)},
		Images:  [stimuli.Splits]int{d.Train, d.Validation, d.Test},
	}, err
}

// Open implements [stimuli.Kind].
func (d *MovingDigits) Open(env stimuli.Env) (stimuli.Data, error) {
	about, err := d.Describe(env)
	if err != nil {
		return nil, err
	}
	c := &clips{MovingDigits: *d, seed: env.Seed, block: max(2, (256+d.Size-1)/d.Size)}
	// Digits of Go Bold are 0.74 of the font size high.
	c.sprites, err = digitSprites(look{fontSize: d.Height * float64(c.block*d.Size) / 0.74, face: 255})
	if err != nil {
		return nil, err
	}
	c.canvases.New = func() any { return newCanvas(c.block*d.Size, c.block, 0) }
	m, err := newMade("moving_digits", d, env, about, c, "digits")
	if err != nil {
		return nil, err
	}
	return m, nil
}

// clips makes the frames of MovingDigits.
type clips struct {
	MovingDigits
	seed     uint64
	block    int // pixels of the canvas along a pixel of a frame
	sprites  [10]*sprite
	canvases sync.Pool // of *canvas
}

// movement is a digit, where it begins and how it moves, in pixels from the centre.
type movement struct {
	digit        int
	x, y, vx, vy float64
}

// movements draws those of a clip. The first digits of clips take turns; none follows
// itself.
func (c *clips) movements(s stimuli.Split, clip int) []movement {
	draws := stimuli.NewStream(c.seed, stimuli.ForImages(s), 0, clip)
	reach := c.reach()
	list := make([]movement, c.Digits)
	for k := range list {
		digit := clip % 10
		if k > 0 {
			digit = (list[k-1].digit + 1 + draws.Below(9)) % 10
		}
		angle := draws.Uniform(0, 2*math.Pi)
		list[k] = movement{digit, draws.Uniform(-reach, reach), draws.Uniform(-reach, reach), c.Speed * math.Cos(angle), c.Speed * math.Sin(angle)}
	}
	return list
}

// reach is how far the middle of a digit goes from the centre: as far as it stays inside.
func (c *clips) reach() float64 { return float64(c.Size) * (1 - c.Height) / 2 }

// reflected is a position that has left -reach … reach, brought back as a mirror at each
// end would.
func reflected(x, reach float64) float64 {
	if reach <= 0 {
		return 0
	}
	x = math.Mod(x+reach, 4*reach)
	if x < 0 {
		x += 4 * reach
	}
	if x > 2*reach {
		x = 4*reach - x
	}
	return x - reach
}

// shown is the movement of a frame, and how many frames it has gone on.
func (c *clips) shown(s stimuli.Split, clip, frame int) (movement, int) {
	each := c.Frames / c.Digits
	return c.movements(s, clip)[frame/each], frame % each
}

func (c *clips) draw(s stimuli.Split, clip, frame int, pixels []float32) error {
	m, t := c.shown(s, clip, frame)
	area := c.canvases.Get().(*canvas)
	defer c.canvases.Put(area)
	area.clear()
	at := func(x, v float64) int {
		return area.side/2 + int(math.Round(float64(c.block)*reflected(x+v*float64(t), c.reach())))
	}
	area.paint(c.sprites[m.digit], at(m.x, m.vx), at(m.y, m.vy))
	small := make([]uint8, c.Size*c.Size)
	area.shrink(small)
	var noise *stimuli.Stream
	if c.Noise > 0 {
		noise = stimuli.NewStream(c.seed, stimuli.ForImages(s), 1+frame, clip)
	}
	for i, v := range small {
		pixels[i] = stimuli.Unit[v]
		if noise != nil {
			pixels[i] = float32(min(1, max(0, float64(pixels[i])+c.Noise*normal(noise))))
		}
	}
	return nil
}

// normal draws a number of mean 0 and standard deviation 1 (Box and Muller 1958).
func normal(s *stimuli.Stream) float64 {
	return math.Sqrt(-2*math.Log(1-s.Uniform(0, 1))) * math.Cos(2*math.Pi*s.Uniform(0, 1))
}

func (c *clips) answer(s stimuli.Split, clip, frame int, _ string, values []float32) error {
	m, _ := c.shown(s, clip, frame)
	values[m.digit] = 1
	return nil
}

func (c *clips) factors(s stimuli.Split, clip int) ([]string, error) {
	var list []string
	for _, m := range c.movements(s, clip) {
		list = append(list, strconv.Itoa(m.digit))
	}
	return []string{strings.Join(list, " ")}, nil
}
