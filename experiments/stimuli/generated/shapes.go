package generated

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"ventral/experiments/stimuli"
)

// Shapes generates simple objects of which a given part is hidden, for pattern
// completion, as Tang et al. (2018, PNAS) and Rajaei et al. (2019, PLoS Computational
// Biology) have studied it with photographs: a disc, square, triangle, star, cross or
// ring in white on grey, of random place, size and angle, behind a black occluder.
//
// The occluder covers the share Occlusion of the object's pixels, to a pixel, and as much
// of what is around as the same rule gives, so that its outline does not tell the
// object's. Its patches are those where a random field is large:
//
//	bubbles   a sum of 40 Gaussian bumps of random place and sign, of deviation Grain
//	bars      a sine across the image, of random angle and phase, of period 4·Grain
//	squares   noise that is constant in squares of side 2·Grain
//
// Shapes, colours and fields are ours. Labels take turns, and so do the occlusions.
type Shapes struct {
	Size      int       `toml:"size" min:"16" max:"512" doc:"height and width of an image in pixels"`
	Occlusion []float64 `toml:"occlusion" doc:"parts of the object that are hidden, 0 to 0.95; each is as frequent"`
	Between   bool      `toml:"between" doc:"draw the hidden part between the least and the largest of occlusion instead"`
	Occluder  string    `toml:"occluder" oneof:"bubbles bars squares" doc:"what hides the object"`
	Grain     float64   `toml:"grain" min:"0.5" max:"100" doc:"coarseness of the occluder in pixels"`
	Radius    []float64 `toml:"radius" doc:"least and largest radius of an object as parts of the image"`
	Rotation  float64   `toml:"rotation" min:"0" max:"180" doc:"objects are turned by up to this many degrees either way"`
	Ground    float64   `toml:"ground" min:"0" max:"1" doc:"grey of the ground"`
	Object    float64   `toml:"object" min:"0" max:"1" doc:"grey of the object"`
	Cover     float64   `toml:"cover" min:"0" max:"1" doc:"grey of the occluder"`

	Train      int `toml:"train" min:"1" max:"100000000" doc:"number of training images"`
	Validation int `toml:"validation" min:"0" max:"100000000" doc:"number of validation images"`
	Test       int `toml:"test" min:"0" max:"100000000" doc:"number of test images"`
}

// NewShapes returns settings for objects in 32 pixels, of which nothing, a quarter, half
// or three quarters are hidden.
func NewShapes() *Shapes {
	return &Shapes{
		Size: 32, Occlusion: []float64{0, 0.25, 0.5, 0.75}, Occluder: "bubbles", Grain: 2.5, Radius: []float64{0.25, 0.35}, Rotation: 30,
		Ground: 0.5, Object: 1, Cover: 0, Train: 50_000, Validation: 2_000, Test: 5_000,
	}
}

// shapesSet registers Shapes.
var shapesSet = stimuli.Set{
	Name: "shapes", About: "generated simple objects, hidden in part", Source: "after Tang et al. 2018",
	New: func() stimuli.Kind { return NewShapes() },
	Small: func(string) (stimuli.Kind, error) {
		s := NewShapes()
		s.Train, s.Validation, s.Test, s.Occluder = 48, 12, 18, "squares"
		return s, nil
	},
}

// figures are the objects, each by whether a point is in it: of radius 1, y down.
var figures = []struct {
	name string
	has  func(x, y float64) bool
}{
	{"disc", func(x, y float64) bool { return x*x+y*y <= 0.8 }},
	{"square", func(x, y float64) bool { return max(math.Abs(x), math.Abs(y)) <= 0.7 }},
	{"triangle", func(x, y float64) bool { return y <= 0.5 && math.Sqrt(3)*math.Abs(x)-y <= 1 }},
	{"star", func(x, y float64) bool { return star(x, y, 5, 0.45) }},
	{"cross", func(x, y float64) bool {
		return min(math.Abs(x), math.Abs(y)) <= 0.28 && max(math.Abs(x), math.Abs(y)) <= 0.9
	}},
	{"ring", func(x, y float64) bool { r := math.Hypot(x, y); return r <= 0.95 && r >= 0.55 }},
}

// star tells whether a point is in a star of n points of radius 1, whose inner corners
// have another radius, one point up.
func star(x, y float64, n int, inner float64) bool {
	half := math.Pi / float64(n)
	angle := math.Abs(math.Mod(math.Atan2(x, -y)+2*math.Pi+half, 2*half) - half) // from the nearest point
	r := math.Hypot(x, y)
	px, py := r*math.Cos(angle), r*math.Sin(angle)
	cx, cy := inner*math.Cos(half), inner*math.Sin(half)
	return (cx-1)*py-cy*(px-1) >= 0 // on the centre's side of the line from (1, 0) to the corner
}

// Describe implements [stimuli.Kind].
func (x *Shapes) Describe(stimuli.Env) (stimuli.Description, error) {
	err := cmp.Or(
		stimuli.Within("size", x.Size, 16, 512),
		stimuli.OneOf("occluder", x.Occluder, "bubbles", "bars", "squares"),
		stimuli.Within("grain", x.Grain, 0.5, 100),
		stimuli.Within("rotation", x.Rotation, 0, 180),
		stimuli.Within("ground", x.Ground, 0, 1),
		stimuli.Within("object", x.Object, 0, 1),
		stimuli.Within("cover", x.Cover, 0, 1),
		counts(x.Train, x.Validation, x.Test),
	)
	for _, v := range x.Occlusion {
		err = cmp.Or(err, stimuli.Within("occlusion", v, 0, 0.95))
	}
	for _, v := range x.Radius {
		err = cmp.Or(err, stimuli.Within("radius", v, 0.1, 0.5))
	}
	switch {
	case err != nil:
	case len(x.Occlusion) == 0:
		err = fmt.Errorf("occlusion: found no numbers, want one such as 0.5, or several")
	case len(x.Radius) != 2 || x.Radius[0] > x.Radius[1]:
		err = fmt.Errorf("radius: found %v, want the least and the largest", x.Radius)
	case x.Ground == x.Object:
		err = fmt.Errorf("object: found %v, the grey of the ground, want another", x.Object)
	}
	var classes []string
	for _, f := range figures {
		classes = append(classes, f.name)
	}
	return stimuli.Description{
		Shape: [3]int{x.Size, x.Size, 1}, Frames: 1, Targets: []stimuli.Target{stimuli.Labels(classes, 1)},
		Images: [stimuli.Splits]int{x.Train, x.Validation, x.Test},
	}, err
}

// Open implements [stimuli.Kind].
func (x *Shapes) Open(env stimuli.Env) (stimuli.Data, error) {
	about, err := x.Describe(env)
	if err != nil {
		return nil, err
	}
	d, err := newMade("shapes", x, env, about, &objects{*x, env.Seed}, "occlusion", "hidden", "radius", "angle")
	if err != nil {
		return nil, err
	}
	return d, nil
}

// objects makes the images of Shapes.
type objects struct {
	Shapes
	seed uint64
}

// scene is an object with its occluder.
type scene struct {
	occlusion, radius, angle float64   // the angle in degrees
	cover                    []float64 // of each pixel, the part that the object fills
	hidden                   []bool    // whether the occluder is there
	share                    float64   // of the object that is hidden
}

// lay makes the scene of an image.
func (o *objects) lay(s stimuli.Split, image int) *scene {
	draws := stimuli.NewStream(o.seed, stimuli.ForImages(s), 0, image)
	c := &scene{occlusion: o.Occlusion[image/len(figures)%len(o.Occlusion)]}
	if u := draws.Uniform(0, 1); o.Between {
		lo, hi := slices.Min(o.Occlusion), slices.Max(o.Occlusion)
		c.occlusion = lo + u*(hi-lo)
	}
	c.radius, c.angle = draws.Uniform(o.Radius[0], o.Radius[1]), draws.Uniform(-o.Rotation, o.Rotation)
	room := 0.5 - c.radius
	c.fill(o.Size, image%len(figures), 0.5+draws.Uniform(-room, room), 0.5+draws.Uniform(-room, room))
	c.hide(o.field(draws))
	return c
}

// fill draws the object by 4×4 points in each pixel, where the corners of the pixel and
// its middle are not all in the object, or all outside.
func (c *scene) fill(size, figure int, cx, cy float64) {
	const points = 4
	c.cover = make([]float64, size*size)
	sin, cos := math.Sincos(c.angle * math.Pi / 180)
	in := func(column, row float64) bool {
		x, y := (column/float64(size)-cx)/c.radius, (row/float64(size)-cy)/c.radius
		return x*x+y*y <= 1 && figures[figure].has(x*cos+y*sin, y*cos-x*sin)
	}
	corner := make([]bool, (size+1)*(size+1))
	for i := range corner {
		corner[i] = in(float64(i%(size+1)), float64(i/(size+1)))
	}
	for i := range c.cover {
		column, row := i%size, i/size
		a, b := row*(size+1)+column, (row+1)*(size+1)+column
		n := 0
		for _, on := range []bool{corner[a], corner[a+1], corner[b], corner[b+1], in(float64(column)+0.5, float64(row)+0.5)} {
			if on {
				n++
			}
		}
		if n%5 == 0 {
			c.cover[i] = float64(n / 5)
			continue
		}
		n = 0
		for k := range points * points {
			if in(float64(column)+(float64(k%points)+0.5)/points, float64(row)+(float64(k/points)+0.5)/points) {
				n++
			}
		}
		c.cover[i] = float64(n) / (points * points)
	}
}

// field draws the random field whose large values are the occluder.
func (o *objects) field(draws *stimuli.Stream) []float64 {
	f := make([]float64, o.Size*o.Size)
	switch o.Occluder {
	case "bubbles":
		for range 40 {
			x, y := draws.Uniform(0, float64(o.Size)), draws.Uniform(0, float64(o.Size))
			sign := float64(2*draws.Below(2) - 1)
			across, down := bump(o.Size, x, o.Grain), bump(o.Size, y, o.Grain)
			for row, v := range down {
				v *= sign
				for column, u := range across {
					f[row*o.Size+column] += v * u
				}
			}
		}
	case "bars":
		sin, cos := math.Sincos(draws.Uniform(0, math.Pi))
		phase := draws.Uniform(0, 2*math.Pi)
		for i := range f {
			f[i] = math.Sin(2*math.Pi*(float64(i%o.Size)*sin+float64(i/o.Size)*cos)/(4*o.Grain) + phase)
		}
	case "squares":
		x, y := draws.Uniform(0, 2*o.Grain), draws.Uniform(0, 2*o.Grain)
		columns := int(float64(o.Size)/(2*o.Grain)) + 2
		values := make([]float64, columns*columns)
		for i := range values {
			values[i] = draws.Uniform(0, 1)
		}
		for i := range f {
			f[i] = values[int((float64(i/o.Size)+y)/(2*o.Grain))*columns+int((float64(i%o.Size)+x)/(2*o.Grain))]
		}
	}
	return f
}

// bump is a Gaussian bump of that deviation along a row of pixels.
func bump(size int, middle, deviation float64) []float64 {
	list := make([]float64, size)
	for i := range list {
		d := (float64(i) + 0.5 - middle) / deviation
		list[i] = math.Exp(-d * d / 2)
	}
	return list
}

// hide puts the occluder where the field is larger than at the pixel of the object at
// which the share that is to be hidden is reached.
func (c *scene) hide(field []float64) {
	var pixels []int // of the object, the largest value of the field first
	total := 0.0
	for i, v := range c.cover {
		if v > 0 {
			pixels, total = append(pixels, i), total+v
		}
	}
	slices.SortStableFunc(pixels, func(a, b int) int { return cmp.Compare(field[b], field[a]) })
	c.hidden = make([]bool, len(field))
	least, sum := math.Inf(1), 0.0
	for _, i := range pixels {
		// To the nearest: a pixel is hidden where that comes closer.
		if sum+c.cover[i]/2 > c.occlusion*total {
			break
		}
		sum, least = sum+c.cover[i], field[i]
		c.hidden[i] = true
	}
	for i, v := range field {
		c.hidden[i] = c.hidden[i] || c.cover[i] == 0 && v >= least
	}
	c.share = sum / total
}

func (o *objects) draw(s stimuli.Split, image, _ int, pixels []float32) error {
	c := o.lay(s, image)
	for i, v := range c.cover {
		pixels[i] = float32(o.Ground + v*(o.Object-o.Ground))
		if c.hidden[i] {
			pixels[i] = float32(o.Cover)
		}
	}
	return nil
}

func (o *objects) answer(_ stimuli.Split, image, _ int, _ string, values []float32) error {
	values[image%len(figures)] = 1
	return nil
}

// factors are the part that is to be hidden, that which is, and radius and angle.
func (o *objects) factors(s stimuli.Split, image int) ([]string, error) {
	c := o.lay(s, image)
	short := func(v float64, digits int) string { return strconv.FormatFloat(v, 'f', digits, 64) }
	return []string{number(c.occlusion), short(c.share, 3), short(c.radius, 3), short(c.angle, 1)}, nil
}
