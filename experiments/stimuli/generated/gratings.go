package generated

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"ventral/experiments/stimuli"
)

// Gratings generates sinusoidal gratings, plaids of two, and gratings with another in an
// annulus around them, as tuning curves and surround suppression are measured with. Each
// parameter is a list of values. Each of Draw training images has values drawn from the
// lists; if Draw is 0, every split holds each combination of values once. Either way
// orientations take turns, and are the classes, unless there is one alone. The
// parameters of an image are columns. Images of lists that are all short show the same
// again and again, in all splits, which drawn phases prevent.
//
// With x to the right and y down, in parts of the image from its centre, the luminance is
//
//	½ + ½·centre·(contrast·cos(2π·frequency·u(orientation) + phase) + plaid·cos(2π·frequency·u(orientation + plaid_angle) + phase))
//	  + ½·around·surround·cos(2π·frequency·u(orientation + surround_orientation) + phase)
//	u(θ) = x·sin θ + y·cos θ
//
// so that bars of orientation 0 are horizontal, and turn counter-clockwise. Centre is 1
// within the diameter about (x, y), and around is 1 from there, past the gap, to the
// surround's diameter; at an edge both are the part of a pixel that lies inside, linear
// in the distance.
type Gratings struct {
	Size        int       `toml:"size" min:"8" max:"512" doc:"height and width of an image in pixels"`
	Orientation []float64 `toml:"orientation" doc:"orientations of the bars in degrees, 0 for horizontal, counter-clockwise; the classes"`
	Frequency   []float64 `toml:"frequency" doc:"spatial frequencies in cycles an image"`
	Phase       []float64 `toml:"phase" doc:"phases in degrees; without any, each drawn image has its own, uniform over all"`
	Contrast    []float64 `toml:"contrast" doc:"Michelson contrasts, 0 to 1"`
	Diameter    []float64 `toml:"diameter" doc:"diameters as parts of the image; 0 for gratings that fill it"`
	X           []float64 `toml:"x" doc:"horizontal positions of the middle, as parts of the image to the right of its centre"`
	Y           []float64 `toml:"y" doc:"vertical positions of the middle, as parts of the image below its centre"`

	Plaid      []float64 `toml:"plaid" doc:"contrasts of a second grating over the first; 0 for none"`
	PlaidAngle []float64 `toml:"plaid_angle" doc:"orientations of the second grating relative to the first in degrees"`

	Surround            []float64 `toml:"surround" doc:"contrasts of a grating in an annulus around; 0 for none"`
	SurroundOrientation []float64 `toml:"surround_orientation" doc:"orientations of the surround relative to the first grating in degrees"`
	SurroundDiameter    []float64 `toml:"surround_diameter" doc:"outer diameters of the surround as parts of the image"`
	Gap                 []float64 `toml:"gap" doc:"widths of the blank ring within the surround as parts of the image"`

	Draw       int `toml:"draw" min:"0" max:"100000000" doc:"training images, each with values drawn from the lists; 0 for every combination of values once in every split"`
	Validation int `toml:"validation" min:"0" max:"100000000" doc:"validation images where images are drawn"`
	Test       int `toml:"test" min:"0" max:"100000000" doc:"test images where images are drawn"`
}

// NewGratings returns settings for drawn gratings of eight orientations that fill an
// image of 32 pixels.
func NewGratings() *Gratings {
	return &Gratings{
		Size: 32, Orientation: []float64{0, 22.5, 45, 67.5, 90, 112.5, 135, 157.5},
		Frequency: []float64{2, 3, 4, 6}, Contrast: []float64{0.1, 0.25, 0.5, 1},
		Diameter: []float64{0}, X: []float64{0}, Y: []float64{0},
		Plaid: []float64{0}, PlaidAngle: []float64{90},
		Surround: []float64{0}, SurroundOrientation: []float64{0}, SurroundDiameter: []float64{1}, Gap: []float64{0},
		Draw: 10_000, Validation: 1_000, Test: 1_000,
	}
}

// gratingsSet registers Gratings.
var gratingsSet = stimuli.Set{
	Name: "gratings", About: "generated gratings, plaids and surrounds, every combination or drawn; classes are orientations", Source: "closed form",
	New: func() stimuli.Kind { return NewGratings() },
	Small: func(string) (stimuli.Kind, error) {
		g := NewGratings()
		g.Size, g.Orientation, g.Diameter, g.Plaid, g.Contrast, g.Surround = 16, []float64{0, 60, 120}, []float64{0.5, 0.8}, []float64{0, 0.5}, []float64{0.5}, []float64{0, 1}
		g.Draw, g.Validation, g.Test = 30, 9, 12
		return g, nil
	},
}

// list is a parameter: its key, its values and their range.
type list struct {
	key    string
	values []float64
	lo, hi float64
}

// lists are the parameters, in the order of the columns. The first varies fastest.
func (g *Gratings) lists() []list {
	const any = 1e6
	return []list{
		{"orientation", g.Orientation, -any, any}, {"frequency", g.Frequency, 0, any}, {"phase", g.Phase, -any, any},
		{"contrast", g.Contrast, 0, 1}, {"diameter", g.Diameter, 0, 10}, {"x", g.X, -1, 1}, {"y", g.Y, -1, 1},
		{"plaid", g.Plaid, 0, 1}, {"plaid_angle", g.PlaidAngle, -any, any},
		{"surround", g.Surround, 0, 1}, {"surround_orientation", g.SurroundOrientation, -any, any},
		{"surround_diameter", g.SurroundDiameter, 0, 10}, {"gap", g.Gap, 0, 10},
	}
}

// Describe implements [stimuli.Kind].
func (g *Gratings) Describe(stimuli.Env) (stimuli.Description, error) {
	err := stimuli.Within("size", g.Size, 8, 512)
	combinations := 1
	for _, l := range g.lists() {
		if l.key == "phase" && len(l.values) == 0 && g.Draw > 0 {
			continue
		}
		if len(l.values) == 0 {
			err = cmp.Or(err, fmt.Errorf("%s: found no numbers, want one or more", l.key))
			continue
		}
		for i, v := range l.values {
			err = cmp.Or(err, stimuli.Within(l.key, v, l.lo, l.hi))
			if slices.Contains(l.values[:i], v) {
				err = cmp.Or(err, fmt.Errorf("%s: found %v twice", l.key, v))
			}
		}
		if combinations *= len(l.values); combinations > most {
			return stimuli.Description{}, cmp.Or(err, fmt.Errorf("draw: found 0, and more than %d combinations of values, want a number of images", most))
		}
	}
	err = cmp.Or(err, stimuli.Within("draw", g.Draw, 0, most), stimuli.Within("validation", g.Validation, 0, most), stimuli.Within("test", g.Test, 0, most))
	if err != nil {
		return stimuli.Description{}, err
	}
	if c, p := slices.Max(g.Contrast), slices.Max(g.Plaid); c+p > 1 {
		return stimuli.Description{}, fmt.Errorf("plaid: found %v, and contrast %v, want at most 1 together", p, c)
	}
	about := stimuli.Description{Shape: [3]int{g.Size, g.Size, 1}, Frames: 1, Images: [stimuli.Splits]int{combinations, combinations, combinations}}
	if g.Draw > 0 {
		about.Images = [stimuli.Splits]int{g.Draw, g.Validation, g.Test}
	}
	if len(g.Orientation) > 1 {
		var classes []string
		for _, v := range g.Orientation {
			classes = append(classes, number(v))
		}
		about.Targets = []stimuli.Target{stimuli.Labels(classes, 1)}
	}
	return about, nil
}

// Open implements [stimuli.Kind].
func (g *Gratings) Open(env stimuli.Env) (stimuli.Data, error) {
	about, err := g.Describe(env)
	if err != nil {
		return nil, err
	}
	var columns []string
	for _, l := range g.lists() {
		columns = append(columns, l.key)
	}
	d, err := newMade("gratings", g, env, about, &waves{*g, env.Seed}, columns...)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// waves makes the images of Gratings.
type waves struct {
	Gratings
	seed uint64
}

// values are those of the parameters of an image, in the order of lists.
func (w *waves) values(s stimuli.Split, image int) []float64 {
	draws := stimuli.NewStream(w.seed, stimuli.ForImages(s), 0, image)
	var list []float64
	for i, l := range w.lists() {
		n := len(l.values)
		if n == 0 { // phases, all of them
			list = append(list, draws.Uniform(0, 360))
			continue
		}
		k := image % n
		if image /= n; w.Draw > 0 && i > 0 {
			k = draws.Below(n)
		}
		list = append(list, l.values[k])
	}
	return list
}

func (w *waves) draw(s stimuli.Split, image, _ int, pixels []float32) error {
	v := w.values(s, image)
	orientation, frequency, phase, contrast, diameter, x0, y0 := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	plaid, plaidAngle, surround, around, outer, gap := v[7], v[8], v[9], v[10], v[11], v[12]
	size := float64(w.Size)
	wave := func(x, y, angle float64) float64 {
		sin, cos := math.Sincos(angle * math.Pi / 180)
		return math.Cos(2*math.Pi*frequency*(x*sin+y*cos) + phase*math.Pi/180)
	}
	// inside is how much of a pixel at a distance lies within a diameter.
	inside := func(distance, diameter float64) float64 {
		return min(1, max(0, (diameter/2-distance)*size+0.5))
	}
	for row := range w.Size {
		for column := range w.Size {
			x, y := (float64(column)+0.5)/size-0.5, (float64(row)+0.5)/size-0.5
			distance, centre, ring := math.Hypot(x-x0, y-y0), 1.0, 0.0
			if diameter > 0 {
				centre = inside(distance, diameter)
				ring = max(0, inside(distance, outer)-inside(distance, diameter+2*gap))
			}
			l := 0.5
			if centre > 0 {
				l += 0.5 * centre * contrast * wave(x, y, orientation)
				if plaid > 0 {
					l += 0.5 * centre * plaid * wave(x, y, orientation+plaidAngle)
				}
			}
			if surround > 0 && ring > 0 {
				l += 0.5 * ring * surround * wave(x, y, orientation+around)
			}
			pixels[row*w.Size+column] = float32(min(1, max(0, l)))
		}
	}
	return nil
}

func (w *waves) answer(_ stimuli.Split, image, _ int, _ string, values []float32) error {
	values[image%len(w.Orientation)] = 1
	return nil
}

func (w *waves) factors(s stimuli.Split, image int) ([]string, error) {
	var told []string
	for _, v := range w.values(s, image) {
		told = append(told, strconv.FormatFloat(v, 'g', 7, 64))
	}
	return told, nil
}
