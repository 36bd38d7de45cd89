// Package movie turns frames that have an axis of steps into pictures of one step each: the
// page shows them one after the other, and GIF and APNG files hold them.
package movie

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/plots/canvas"
)

// Movie is what changes from step to step.
type Movie struct {
	Frame    string // whose numbers these are
	Analysis string // "" where its kind's
	Title    string
	Unit     string
	Note     string // what the panels leave out or average
	Steps    []int
	Panels   []Panel
}

// Panel is a map of one place at every step.
type Panel struct {
	Area  string // or another place, in whose row the panel stands
	Name  string // within the row, such as "channel 3"
	Image int    // identity of the image that the map is of; None where it is of all

	Rows, Columns Positions
	Upwards       bool // the first row is the lowest
	Scale         canvas.Scale
	Data          [][]float64 // by step, [row, column]; nil where there are no numbers
}

// None is the image of a panel that is of all images.
const None = -1

// Positions are those along a side of a map.
type Positions struct {
	Axis  string
	Names []string
}

// Of makes movies of frames, one for each name: of feature maps [area, image, step,
// channel, y, x], of pictures [area, step, y, x] and of matrices [area, step, x, x]. Other
// frames have none. Axes of one position in front, such as "condition", are part of the
// names of rows.
func Of(frames []analysis.Frame) (list []Movie) {
	for _, f := range frames {
		panels, steps, note := panelsOf(f)
		if len(panels) == 0 {
			continue
		}
		k := slices.IndexFunc(list, func(m Movie) bool { return m.Frame == f.Name && m.Analysis == f.Analysis })
		if k < 0 {
			title := f.Title
			if title == "" || title == f.Label("area") {
				title = canvas.Upper(f.Name)
			}
			k, list = len(list), append(list, Movie{Frame: f.Name, Analysis: f.Analysis, Title: title, Unit: f.Unit, Note: note, Steps: steps})
		}
		if slices.Equal(list[k].Steps, steps) {
			list[k].Panels = append(list[k].Panels, panels...)
		}
	}
	for i := range list {
		list[i].share()
	}
	return list
}

// fronts are axes of one position that tell frames of one name apart.
var fronts = []string{"variant", "condition", "run"}

// panelsOf are the panels of a frame, none where its axes are others.
func panelsOf(f analysis.Frame) (panels []Panel, steps []int, note string) {
	var who []string
	for len(f.Axes) > 0 && f.Axes[0].Len() == 1 && slices.Contains(fronts, f.Axes[0].Name) {
		who, f.Axes = append(who, f.Axes[0].At(0)), f.Axes[1:]
	}
	names := make([]string, len(f.Axes))
	for i, a := range f.Axes {
		names[i] = a.Name
	}
	switch {
	case slices.Equal(names, []string{"area", "image", "step", "channel", "y", "x"}):
		panels, steps = channels(f), stepsOf(f.Axes[2])
	case len(names) == 4 && names[0] == "area" && names[1] == "step" && names[3] != "statistic" && (names[2] == names[3] && f.Axes[2].Len() == f.Axes[3].Len() || names[2] == "y" && names[3] == "x"):
		panels, steps = matrices(f), stepsOf(f.Axes[1])
		for i := range panels {
			if by := panels[i].shrink(); by > 1 {
				note = fmt.Sprintf("each cell is the mean of %d × %d cells", by, by)
			}
		}
	}
	for i := range panels {
		panels[i].Area = strings.Join(append(slices.Clone(who), panels[i].Area), ", ")
	}
	return panels, steps, note
}

func stepsOf(a analysis.Axis) (steps []int) {
	for i := range a.Len() {
		step := i
		if i < len(a.Values) {
			step = int(a.Values[i])
		}
		steps = append(steps, step)
	}
	return steps
}

func positions(a analysis.Axis) Positions {
	p := Positions{Axis: a.Name}
	for i := range a.Len() {
		p.Names = append(p.Names, a.At(i))
	}
	return p
}

// channels are the maps of frames of feature maps.
func channels(f analysis.Frame) (panels []Panel) {
	areas, images, steps, channels := f.Axes[0], f.Axes[1], f.Axes[2], f.Axes[3]
	size := f.Axes[4].Len() * f.Axes[5].Len()
	for a := range areas.Len() {
		for i := range images.Len() {
			for c := range channels.Len() {
				p := Panel{Area: areas.At(a), Name: "channel " + channels.At(c), Image: i, Rows: positions(f.Axes[4]), Columns: positions(f.Axes[5])}
				if i < len(images.Values) {
					p.Image = int(images.Values[i])
				}
				for s := range steps.Len() {
					from := (((a*images.Len()+i)*steps.Len()+s)*channels.Len() + c) * size
					p.Data = append(p.Data, numbers(f.Data[from:from+size]))
				}
				panels = append(panels, p)
			}
		}
	}
	return panels
}

// matrices are the maps of frames [area, step, row, column].
func matrices(f analysis.Frame) (panels []Panel) {
	areas, steps := f.Axes[0], f.Axes[1]
	size := f.Axes[2].Len() * f.Axes[3].Len()
	for a := range areas.Len() {
		p := Panel{Area: areas.At(a), Image: None, Rows: positions(f.Axes[2]), Columns: positions(f.Axes[3])}
		for s := range steps.Len() {
			from := (a*steps.Len() + s) * size
			data := numbers(f.Data[from : from+size])
			if f.Axes[2].Name == "image" && f.Axes[3].Name == "image" && data != nil {
				data = slices.Clone(data)
				for i := 0; i < size; i += f.Axes[3].Len() + 1 {
					data[i] = math.NaN() // an image with itself says nothing
				}
			}
			p.Data = append(p.Data, data)
		}
		panels = append(panels, p)
	}
	return panels
}

// numbers is nil where all are NaN.
func numbers(data []float64) []float64 {
	if canvas.NoNumbers(data) {
		return nil
	}
	return data
}

// MostCells bounds the sides of the maps of movies of frames.
const MostCells = 128

// shrink averages blocks of equal sides until no side is longer than MostCells, and
// returns their side. Blocks at the far edges may be smaller.
func (p *Panel) shrink() (by int) {
	n, m := len(p.Rows.Names), len(p.Columns.Names)
	by = (max(n, m) + MostCells - 1) / MostCells
	if by <= 1 {
		return 1
	}
	for s, data := range p.Data {
		if data != nil {
			p.Data[s] = blocks(data, n, m, by)
		}
	}
	p.Rows.Names, p.Columns.Names = spans(p.Rows.Names, by), spans(p.Columns.Names, by)
	return by
}

// blocks averages data [n, m] in blocks of sides by. NaN is left out.
func blocks(data []float64, n, m, by int) []float64 {
	var out []float64
	for y := 0; y < n; y += by {
		for x := 0; x < m; x += by {
			sum, count := 0.0, 0
			for i := y; i < min(y+by, n); i++ {
				for k := x; k < min(x+by, m); k++ {
					if v := data[i*m+k]; !math.IsNaN(v) {
						sum, count = sum+v, count+1
					}
				}
			}
			out = append(out, sum/float64(count)) // NaN of none
		}
	}
	return out
}

func spans(names []string, by int) (list []string) {
	for i := 0; i < len(names); i += by {
		last := min(i+by, len(names)) - 1
		if last == i {
			list = append(list, names[i])
		} else {
			list = append(list, names[i]+" to "+names[last])
		}
	}
	return list
}

// share gives the panels of a row one scale over all steps, and puts the last row on top.
func (m *Movie) share() {
	lists := map[string][][]float64{}
	for _, p := range m.Panels {
		for _, data := range p.Data {
			lists[p.Area] = append(lists[p.Area], data)
		}
	}
	scales := map[string]canvas.Scale{}
	for i := range m.Panels {
		p := &m.Panels[i]
		s, ok := scales[p.Area]
		if !ok {
			s = canvas.ScaleOf(lists[p.Area]...)
			scales[p.Area] = s
		}
		p.Scale = s
	}
	places := m.Areas()
	slices.SortStableFunc(m.Panels, func(a, b Panel) int { return slices.Index(places, b.Area) - slices.Index(places, a.Area) })
}

// Areas are the names of the rows, in the order of the panels.
func (m *Movie) Areas() (names []string) {
	for _, p := range m.Panels {
		if !slices.Contains(names, p.Area) {
			names = append(names, p.Area)
		}
	}
	return names
}
