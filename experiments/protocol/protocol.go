package protocol

import (
	"fmt"
	"strings"
)

// Protocol is a table [protocol.NAME].
type Protocol struct {
	Name string
	Settings
	Axes       []Axis      // what its lists make conditions of
	Conditions []Condition // the values of the axes, crossed; the last axis runs fastest
	Text       [][2]string // its own keys and values as written, for the resolved file
}

// Settings are the keys of a protocol itself.
type Settings struct {
	About  string `toml:"about" doc:"what the protocol is for"`
	Ground string `toml:"ground" oneof:"mean grey black white" doc:"what contrast is about, and what fills places that nothing covers: the mean colour of the training images, grey (0.5), black or white"`
	Label  int    `toml:"label" min:"-1" max:"15" doc:"the image of a trial whose label is that of the trial; -1 is the only one that is shown"`
}

// Axis is a value of a protocol that is a list: each of its values is a condition.
type Axis struct {
	Name   string
	Values []string
}

// Condition is a protocol with one value of every axis.
type Condition struct {
	Name string // "masking[soa=2]", or that of a protocol without lists
	Settings
	Values []string // of the axes
	Items  []Item

	Builtin bool // of a protocol that travels with the program
}

// Item is one thing that is on the screen for a while.
type Item struct {
	Steps     string   `toml:"steps" doc:"steps at which it is shown, such as \"0..2\" or \"7..\""`
	For       Duration `toml:"for" doc:"how long it is shown, from the end of the item before: a number of steps, a time such as \"40ms\", a key of the protocol, or \"rest\""`
	Image     Which    `toml:"image" doc:"true or 0 is the image of the trial; 1, 2, … are others of the same split, of other classes"`
	Frame     Clip     `toml:"frame" doc:"of a clip: \"step\" goes on by a frame a step, a number stands still"`
	Every     int      `toml:"every" min:"1" max:"1000" doc:"steps for which each frame of a clip stays"`
	Blank     string   `toml:"blank" oneof:"mean grey black white absent" doc:"an empty screen; absent is no input at all"`
	Mask      string   `toml:"mask" oneof:"phase_scrambled tiles noise image" doc:"of the image of the trial: its amplitudes with random phases, or its tiles in random order; noise, each value uniform; or the image of another class"`
	Tiles     int      `toml:"tiles" min:"2" max:"256" doc:"tiles along each side of a mask of tiles"`
	Fresh     string   `toml:"fresh" oneof:"trial step" doc:"a mask is drawn once a trial, or anew at each step"`
	Contrast  Ramp     `toml:"contrast" doc:"about the ground: a number, or \"a..b\" from the first step of the item to its last"`
	Luminance Ramp     `toml:"luminance" doc:"factor on what is shown: a number, or \"a..b\""`
	Noise     Noise    `toml:"noise" doc:"added to what is shown: { kind, sd, fraction, fresh }"`
	Occlude   Occlude  `toml:"occlude" doc:"hides parts of what is shown: { kind, fraction, size, fresh }"`
	Shift     [2]int   `toml:"shift" min:"-1024" max:"1024" doc:"pixels to the right and down by which it moves from one step to the next"`
	Scale     Ramp     `toml:"scale" doc:"size about the centre: a number, or \"a..b\""`
	Blur      Ramp     `toml:"blur" doc:"standard deviation of a Gaussian in pixels: a number, or \"a..b\""`
}

// Noise is added to each value of a frame, which is kept within 0 to 1.
type Noise struct {
	Kind     string  `toml:"kind" oneof:"gaussian uniform salt_and_pepper" doc:"how it is distributed"`
	SD       float64 `toml:"sd" min:"0" max:"10" doc:"standard deviation of gaussian and uniform noise; images are 0 to 1"`
	Fraction float64 `toml:"fraction" min:"0" max:"1" doc:"share of pixels that salt_and_pepper makes black or white"`
	Fresh    string  `toml:"fresh" oneof:"trial step" doc:"drawn once a trial, or anew at each step"`
}

// Occlude hides parts of a frame behind the ground.
type Occlude struct {
	Kind     string  `toml:"kind" oneof:"bubbles bars patches fragments" doc:"bubbles are Gaussian holes through which alone the image is seen; bars and patches of the ground cover it, or fragments, which are patches of an image of another class"`
	Fraction float64 `toml:"fraction" min:"0" max:"1" doc:"share of the image that is hidden"`
	Size     int     `toml:"size" min:"0" max:"1024" doc:"width of bars and patches, standard deviation of bubbles, in pixels; 0 is an eighth of the image"`
	Fresh    string  `toml:"fresh" oneof:"trial step" doc:"drawn once a trial, or anew at each step"`
}

// NewItem returns an item with the defaults of its keys.
func NewItem() Item {
	return Item{
		Image: NoImage, Frame: NoFrame, Every: 1, Tiles: 8, Fresh: "trial",
		Contrast: Ramp{1, 1}, Luminance: Ramp{1, 1}, Scale: Ramp{1, 1},
		Noise: Noise{Fresh: "trial", SD: 0.1, Fraction: 0.1}, Occlude: Occlude{Fresh: "trial", Fraction: 0.5},
	}
}

// Error is a fault of a protocol: Path leads to it through the tables of a file.
type Error struct {
	Path []string
	Err  error
}

// Error returns the message without the path.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Place returns the path and the error at its end.
func (e *Error) Place() ([]string, error) { return e.Path, e.Err }

// wrong is a fault of item i of a condition, at a key; "" is the item itself, and i
// below 0 the protocol.
func (c *Condition) wrong(i int, key, format string, args ...any) error {
	name, _, _ := strings.Cut(c.Name, "[")
	path := []string{"protocol", name}
	if i >= 0 {
		path = append(path, "show", fmt.Sprintf("#%d", i))
	}
	if key != "" {
		path = append(path, key)
	}
	return &Error{path, fmt.Errorf(format, args...)}
}
