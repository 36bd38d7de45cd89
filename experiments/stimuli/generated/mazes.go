package generated

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"ventral/experiments/stimuli"
)

// Mazes generates mazes with a way from a start to a goal, as Schwarzschild, Borgnia,
// Gupta and others (2021, NeurIPS) do: a depth-first search over Size×Size cells opens
// walls until every cell is reached by one way only. Walls are black, cells and openings
// white, the start is red and the goal green.
//
// In half of the mazes ("cut") one opening on the way is closed; in the others
// ("connected") one beside it is, so that no number of openings tells them apart. The
// target "solution" is a map of the pixels on the way, with start and goal, all 0 where
// there is none. Labels, the cut and the map are ours; published is the map alone, of
// mazes that are all connected.
//
// A maze lies at a random place within Canvas×Canvas cells, so that mazes of several
// sizes, such as small ones to learn from and larger ones for the test, have images of
// one size. The side of an image is Scale·(2·Canvas + 1) + 2·Border pixels.
type Mazes struct {
	Size   int `toml:"size" min:"3" max:"100" doc:"cells along a side of a maze"`
	Canvas int `toml:"canvas" min:"0" max:"100" doc:"cells along a side for which an image has room; 0 for as many as size"`
	Scale  int `toml:"scale" min:"1" max:"32" doc:"pixels along a side of a cell, and of a wall"`
	Border int `toml:"border" min:"0" max:"64" doc:"black pixels around"`

	Train      int `toml:"train" min:"1" max:"100000000" doc:"number of training images"`
	Validation int `toml:"validation" min:"0" max:"100000000" doc:"number of validation images"`
	Test       int `toml:"test" min:"0" max:"100000000" doc:"number of test images"`
}

// NewMazes returns settings for mazes of 7×7 cells in images of 32 pixels.
func NewMazes() *Mazes {
	return &Mazes{Size: 7, Scale: 2, Border: 1, Train: 50_000, Validation: 2_000, Test: 5_000}
}

// mazesSet registers Mazes.
var mazesSet = stimuli.Set{
	Name: "mazes", About: "generated mazes: is there a way from red to green, and which?", Source: "Schwarzschild et al. 2021",
	New: func() stimuli.Kind { return NewMazes() },
	Small: func(string) (stimuli.Kind, error) {
		m := NewMazes()
		m.Size, m.Canvas, m.Train, m.Validation, m.Test = 4, 5, 40, 10, 14
		return m, nil
	},
}

// cells is how many cells an image has room for along a side.
func (m *Mazes) cells() int { return cmp.Or(m.Canvas, m.Size) }

// side is that of an image in pixels.
func (m *Mazes) side() int { return m.Scale*(2*m.cells()+1) + 2*m.Border }

// Describe implements [stimuli.Kind].
func (m *Mazes) Describe(stimuli.Env) (stimuli.Description, error) {
	err := cmp.Or(
		stimuli.Within("size", m.Size, 3, 100),
		stimuli.Within("canvas", m.Canvas, 0, 100),
		stimuli.Within("scale", m.Scale, 1, 32),
		stimuli.Within("border", m.Border, 0, 64),
		counts(m.Train, m.Validation, m.Test),
	)
	if err == nil && m.cells() < m.Size {
		err = fmt.Errorf("canvas: found %d, want as many as size, %d, or more", m.Canvas, m.Size)
	}
	side := m.side()
	return stimuli.Description{
		Shape: [3]int{side, side, 3}, Frames: 1,
		Targets: []stimuli.Target{stimuli.Labels([]string{"cut", "connected"}, 1), {Name: "solution", Shape: [3]int{side, side, 1}}},
		Images:  [stimuli.Splits]int{m.Train, m.Validation, m.Test},
	}, err
}

// Open implements [stimuli.Kind].
func (m *Mazes) Open(env stimuli.Env) (stimuli.Data, error) {
	about, err := m.Describe(env)
	if err != nil {
		return nil, err
	}
	d, err := newMade("mazes", m, env, about, &ways{*m, env.Seed}, "size", "way")
	if err != nil {
		return nil, err
	}
	return d, nil
}

// ways makes the images of Mazes.
type ways struct {
	Mazes
	seed uint64
}

// maze is one of them as squares: cells at odd rows and columns, walls or openings
// between. Squares count row by row, 2·Size+1 in each.
type maze struct {
	side   int
	open   []bool
	way    []int // squares from the start to the goal, both with it
	closed int   // the opening that was closed: of the way where the maze is cut
	x, y   int   // of the first square on the canvas
}

// lay makes the maze of an image. A maze whose way takes all openings, so that none
// beside it could be closed, is made again.
func (w *ways) lay(s stimuli.Split, image int) *maze {
	draws := stimuli.NewStream(w.seed, stimuli.ForImages(s), 0, image)
	for {
		m := w.grow(draws)
		room := 2 * (w.cells() - w.Size)
		m.x, m.y = draws.Below(room+1), draws.Below(room+1)
		n := w.Size * w.Size
		from := draws.Below(n)
		to := (from + 1 + draws.Below(n-1)) % n
		m.way = m.solve(m.cell(from, w.Size), m.cell(to, w.Size))
		var on, beside []int // openings
		for i, open := range m.open {
			if y, x := i/m.side, i%m.side; !open || y%2 == x%2 {
				continue
			}
			if slices.Contains(m.way, i) {
				on = append(on, i)
			} else {
				beside = append(beside, i)
			}
		}
		if len(beside) == 0 {
			continue
		}
		a, b := on[draws.Below(len(on))], beside[draws.Below(len(beside))]
		if m.closed = b; w.class(image) == 0 {
			m.closed = a
		}
		m.open[m.closed] = false
		return m
	}
}

// class is 1 where there is a way.
func (w *ways) class(image int) int { return image % 2 }

// cell is the square of a cell.
func (m *maze) cell(i, size int) int { return (2*(i/size)+1)*m.side + 2*(i%size) + 1 }

// neighbours are the four squares beside one.
func (m *maze) neighbours(i int) [4]int { return [4]int{i - m.side, i - 1, i + 1, i + m.side} }

// grow opens a maze by a depth-first search from a random cell, to a random
// neighbour that was not reached.
func (w *ways) grow(draws *stimuli.Stream) *maze {
	m := &maze{side: 2*w.Size + 1}
	m.open = make([]bool, m.side*m.side)
	start := m.cell(draws.Below(w.Size*w.Size), w.Size)
	m.open[start] = true
	for stack := []int{start}; len(stack) > 0; {
		at := stack[len(stack)-1]
		var next []int // openings to cells that were not reached
		for _, wall := range m.neighbours(at) {
			y, x := wall/m.side, wall%m.side
			if y > 0 && x > 0 && y < m.side-1 && x < m.side-1 && !m.open[2*wall-at] {
				next = append(next, wall)
			}
		}
		if len(next) == 0 {
			stack = stack[:len(stack)-1]
			continue
		}
		wall := next[draws.Below(len(next))]
		m.open[wall], m.open[2*wall-at] = true, true
		stack = append(stack, 2*wall-at)
	}
	return m
}

// solve returns the squares from one to another, of which there is one series alone.
func (m *maze) solve(from, to int) []int {
	before := make([]int, len(m.open)) // the square from which each was reached, plus 1
	before[from] = from + 1
	for queue := []int{from}; before[to] == 0; queue = queue[1:] {
		for _, i := range m.neighbours(queue[0]) {
			if m.open[i] && before[i] == 0 {
				before[i] = queue[0] + 1
				queue = append(queue, i)
			}
		}
	}
	way := []int{to}
	for at := to; at != from; {
		at = before[at] - 1
		way = append(way, at)
	}
	slices.Reverse(way)
	return way
}

// square fills a square of the maze in an image of so many channels.
func (w *ways) square(m *maze, i int, pixels []float32, colour ...float32) {
	y0, x0 := w.Border+w.Scale*(m.y+i/m.side), w.Border+w.Scale*(m.x+i%m.side)
	for y := range w.Scale {
		for x := range w.Scale {
			copy(pixels[((y0+y)*w.side()+x0+x)*len(colour):], colour)
		}
	}
}

func (w *ways) draw(s stimuli.Split, image, _ int, pixels []float32) error {
	m := w.lay(s, image)
	clear(pixels)
	for i, open := range m.open {
		if open {
			w.square(m, i, pixels, 1, 1, 1)
		}
	}
	w.square(m, m.way[0], pixels, 1, 0, 0)
	w.square(m, m.way[len(m.way)-1], pixels, 0, 1, 0)
	return nil
}

func (w *ways) answer(s stimuli.Split, image, _ int, target string, values []float32) error {
	if target == stimuli.Label {
		values[w.class(image)] = 1
		return nil
	}
	if w.class(image) == 0 {
		return nil
	}
	m := w.lay(s, image)
	for _, i := range m.way {
		w.square(m, i, values, 1)
	}
	return nil
}

// factors are the cells along a side, and the steps from cell to cell that the way has, or
// had before it was cut.
func (w *ways) factors(s stimuli.Split, image int) ([]string, error) {
	return []string{strconv.Itoa(w.Size), strconv.Itoa(len(w.lay(s, image).way) / 2)}, nil
}
