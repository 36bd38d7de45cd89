package generated

import (
	"cmp"
	"fmt"
	"math"
	"strconv"

	"ventral/experiments/stimuli"
)

// Pathfinder generates the task of Linsley, Kim, Veerabadran, Windolf and Serre (2018,
// NeurIPS), after Houtkamp and Roelfsema (2010): two long dashed paths and shorter ones
// that distract, in white on black, and two dots. Both dots lie at the ends of one path
// ("same"), or one at an end of each ("different"). What is local to a dot tells nothing:
// the path has to be followed.
//
// The dashes of a path follow each other by Gap, each turned from the last by an angle
// that is uniform between minus and plus Bend. No path comes nearer to another, or to
// itself, than Margin. Labels alternate, and so do the lengths within each label.
//
// Published are images of 150 pixels with paths of 6, 9 and 14 dashes of 5 pixels. The
// rule of the angles, the margin and the default sizes, which suit an image of 48 pixels,
// are ours.
type Pathfinder struct {
	Size             int     `toml:"size" min:"16" max:"512" doc:"height and width of an image in pixels"`
	Length           []int   `toml:"length" doc:"dashes of the two long paths; of several lengths each is as frequent"`
	Distractors      int     `toml:"distractors" min:"0" max:"200" doc:"shorter paths beside the two"`
	DistractorLength int     `toml:"distractor_length" min:"1" max:"100" doc:"dashes of a shorter path"`
	Dash             float64 `toml:"dash" min:"1" max:"100" doc:"length of a dash in pixels"`
	Gap              float64 `toml:"gap" min:"0" max:"100" doc:"pixels from one dash of a path to the next"`
	Width            float64 `toml:"width" above:"0" max:"20" doc:"width of a dash in pixels"`
	Bend             float64 `toml:"bend" min:"0" max:"90" doc:"largest angle between one dash and the next in degrees"`
	Margin           float64 `toml:"margin" min:"0" max:"100" doc:"pixels that are free between paths"`
	Dot              float64 `toml:"dot" above:"0" max:"50" doc:"radius of a dot in pixels"`

	Train      int `toml:"train" min:"1" max:"100000000" doc:"number of training images"`
	Validation int `toml:"validation" min:"0" max:"100000000" doc:"number of validation images"`
	Test       int `toml:"test" min:"0" max:"100000000" doc:"number of test images"`
}

// NewPathfinder returns settings for images of 48 pixels: paths of six dashes among four
// that distract.
func NewPathfinder() *Pathfinder {
	return &Pathfinder{
		Size: 48, Length: []int{6}, Distractors: 4, DistractorLength: 2,
		Dash: 4, Gap: 2, Width: 1.5, Bend: 30, Margin: 3, Dot: 2,
		Train: 50_000, Validation: 2_000, Test: 5_000,
	}
}

// pathfinderSet registers Pathfinder.
var pathfinderSet = stimuli.Set{
	Name: "pathfinder", About: "generated dashed paths: do two dots lie on the same one?", Source: "Linsley et al. 2018",
	New: func() stimuli.Kind { return NewPathfinder() },
	Small: func(string) (stimuli.Kind, error) {
		p := NewPathfinder()
		p.Length, p.Train, p.Validation, p.Test = []int{3, 5}, 40, 12, 16
		return p, nil
	},
}

// Describe implements [stimuli.Kind].
func (p *Pathfinder) Describe(stimuli.Env) (stimuli.Description, error) {
	err := cmp.Or(
		stimuli.Within("size", p.Size, 16, 512),
		stimuli.Within("distractors", p.Distractors, 0, 200),
		stimuli.Within("distractor_length", p.DistractorLength, 1, 100),
		stimuli.Within("dash", p.Dash, 1, 100),
		stimuli.Within("gap", p.Gap, 0, 100),
		stimuli.Within("width", p.Width, 0.1, 20),
		stimuli.Within("bend", p.Bend, 0, 90),
		stimuli.Within("margin", p.Margin, 0, 100),
		stimuli.Within("dot", p.Dot, 0.1, 50),
		counts(p.Train, p.Validation, p.Test),
	)
	if err == nil && len(p.Length) == 0 {
		err = fmt.Errorf("length: found no numbers, want one such as 6, or several")
	}
	for _, n := range p.Length {
		err = cmp.Or(err, stimuli.Within("length", n, 1, 100))
	}
	return stimuli.Description{
		Shape: [3]int{p.Size, p.Size, 1}, Frames: 1,
		Targets: []stimuli.Target{stimuli.Labels([]string{"different", "same"}, 1)},
		Images:  [stimuli.Splits]int{p.Train, p.Validation, p.Test},
	}, err
}

// Open implements [stimuli.Kind].
func (p *Pathfinder) Open(env stimuli.Env) (stimuli.Data, error) {
	about, err := p.Describe(env)
	if err != nil {
		return nil, err
	}
	d, err := newMade("pathfinder", p, env, about, &paths{*p, env.Seed}, "length", "distance")
	if err != nil {
		return nil, err
	}
	return d, nil
}

// paths makes the images of Pathfinder.
type paths struct {
	Pathfinder
	seed uint64
}

// class is 1 where the dots of an image lie on the same path.
func (p *paths) class(image int) int { return image % 2 }

// dashes is the length of the two paths of an image.
func (p *paths) dashes(image int) int { return p.Length[image/2%len(p.Length)] }

func (p *paths) draw(s stimuli.Split, image, _ int, pixels []float32) error {
	l, err := p.lay(s, image)
	if err != nil {
		return err
	}
	clear(pixels)
	for _, path := range l.paths {
		for _, d := range path {
			line(pixels, p.Size, d.x0, d.y0, d.x1, d.y1, p.Width, 1)
		}
	}
	for _, dot := range l.dots {
		line(pixels, p.Size, dot.x, dot.y, dot.x, dot.y, 2*p.Dot, 1)
	}
	return nil
}

func (p *paths) answer(_ stimuli.Split, image, _ int, _ string, values []float32) error {
	values[p.class(image)] = 1
	return nil
}

func (p *paths) factors(s stimuli.Split, image int) ([]string, error) {
	l, err := p.lay(s, image)
	if err != nil {
		return nil, err
	}
	a, b := l.dots[0], l.dots[1]
	return []string{strconv.Itoa(p.dashes(image)), strconv.FormatFloat(math.Hypot(a.x-b.x, a.y-b.y), 'f', 2, 64)}, nil
}

// dash is a line from one end to the other, in pixels.
type dash struct{ x0, y0, x1, y1 float64 }

type point struct{ x, y float64 }

// layout is where everything of an image lies: the two long paths first.
type layout struct {
	paths [][]dash
	dots  [2]point
}

// lay finds a layout. Paths are laid one after another, each tried many times, and all
// again where one finds no room.
func (p *paths) lay(s stimuli.Split, image int) (*layout, error) {
	draws := stimuli.NewStream(p.seed, stimuli.ForImages(s), 0, image)
	n := p.dashes(image)
	const again = 200
	for range again {
		l := &layout{}
		for k := range 2 + p.Distractors {
			length := p.DistractorLength
			if k < 2 {
				length = n
			}
			path := p.path(draws, l.paths, length)
			if path == nil {
				break
			}
			l.paths = append(l.paths, path)
		}
		if len(l.paths) < 2+p.Distractors {
			continue
		}
		end := func(path []dash, last bool) point {
			if last {
				return point{path[len(path)-1].x1, path[len(path)-1].y1}
			}
			return point{path[0].x0, path[0].y0}
		}
		// The same numbers are drawn for both labels.
		which, first, second := draws.Below(2), draws.Below(2) == 1, draws.Below(2) == 1
		l.dots[0] = end(l.paths[which], first)
		if p.class(image) == 1 {
			l.dots[1] = end(l.paths[which], !first)
		} else {
			l.dots[1] = end(l.paths[1-which], second)
		}
		return l, nil
	}
	return nil, fmt.Errorf("length: found %d, and %d distractors of %d dashes, for which there is no room in %d pixels; a larger size, or less of the others would do",
		n, p.Distractors, p.DistractorLength, p.Size)
}

// path lays a path of n dashes beside others; it returns nil where it finds no room.
func (p *paths) path(draws *stimuli.Stream, others [][]dash, n int) []dash {
	const tries, turns = 100, 6
	border := p.Dot + 1
	within := func(v float64) bool { return v >= border && v <= float64(p.Size)-border }
	// Dashes that are next but one are no further apart than a dash and two gaps.
	own := min(p.Margin+p.Width, 0.7*(p.Dash+2*p.Gap))
	free := func(path []dash, d dash) bool {
		if !within(d.x0) || !within(d.y0) || !within(d.x1) || !within(d.y1) {
			return false
		}
		for k, other := range path {
			if k < len(path)-1 && between(d, other) < own {
				return false
			}
		}
		for _, path := range others {
			for _, other := range path {
				if between(d, other) < p.Margin+p.Width {
					return false
				}
			}
		}
		return true
	}
	for range tries {
		x, y := draws.Uniform(border, float64(p.Size)-border), draws.Uniform(border, float64(p.Size)-border)
		angle := draws.Uniform(0, 2*math.Pi)
		var path []dash
		for range n {
			placed := false
			for range turns {
				a := angle
				if len(path) > 0 {
					a += draws.Uniform(-1, 1) * p.Bend * math.Pi / 180
				}
				cos, sin := math.Cos(a), math.Sin(a)
				at := point{x, y}
				if len(path) > 0 {
					at = point{x + p.Gap*cos, y + p.Gap*sin}
				}
				d := dash{at.x, at.y, at.x + p.Dash*cos, at.y + p.Dash*sin}
				if free(path, d) {
					path, angle, x, y, placed = append(path, d), a, d.x1, d.y1, true
					break
				}
			}
			if !placed {
				break
			}
		}
		if len(path) == n {
			return path
		}
	}
	return nil
}

// between is the distance of two dashes that do not cross: the least of those of an end
// of one from the other; 0 where they cross.
func between(a, b dash) float64 {
	side := func(d dash, x, y float64) float64 { return (d.x1-d.x0)*(y-d.y0) - (d.y1-d.y0)*(x-d.x0) }
	if side(a, b.x0, b.y0)*side(a, b.x1, b.y1) < 0 && side(b, a.x0, a.y0)*side(b, a.x1, a.y1) < 0 {
		return 0
	}
	from := func(d dash, x, y float64) float64 {
		dx, dy := d.x1-d.x0, d.y1-d.y0
		t := min(1, max(0, ((x-d.x0)*dx+(y-d.y0)*dy)/max(dx*dx+dy*dy, 1e-12)))
		return math.Hypot(x-d.x0-t*dx, y-d.y0-t*dy)
	}
	return min(from(a, b.x0, b.y0), from(a, b.x1, b.y1), from(b, a.x0, a.y0), from(b, a.x1, a.y1))
}
