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

// Panel is a map of one place at every step, or lines where it has these.
type Panel struct {
	Area  string // or another place, in whose row the panel stands
	Name  string // within the row, such as "channel 3"
	Image int    // identity of the image that the map is of; None where it is of all

	Rows, Columns Positions
	Upwards       bool // the first row is the lowest
	Scale         canvas.Scale
	Data          [][]float64 // by step, [row, column]; nil where there are no numbers

	Lines []Line
	Paths bool // lines are paths: of each step one point is drawn, after those before it
	Axes  [2]string
}

// Line is a curve, or a path, of a panel.
type Line struct {
	Name      string
	X         Positions   // of the numbers of a curve; of a path none
	At        []float64   // where they stand on the x axis; nil: one after the other
	Y         [][]float64 // by step: the numbers of a curve, or the two coordinates of a path
	Low, High [][]float64 // by step, nil where there is no interval
}

// None is the image of a panel that is of all images.
const None = -1

// Positions are those along a side of a map.
type Positions struct {
	Axis   string
	Names  []string
	Groups []string // what each belongs to, such as the class of an image; nil: nothing
}

// Of makes movies of frames, one for each name: of feature maps [area, image, step,
// channel, y, x], of pictures [area, step, y, x], of matrices [area, step, x, x], of paths
// [area, class, step, component], and of curves [area, step, x, statistic] or [step, x,
// statistic] whose x is no step. Other frames have none. Axes of one position in front, such as "condition", are part of the
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
	case len(names) == 4 && names[0] == "area" && names[2] == "step" && names[3] == "component" && f.Axes[3].Len() > 1:
		panels, steps = paths(f), stepsOf(f.Axes[2])
	case len(names) >= 3 && names[len(names)-1] == "statistic" && names[len(names)-3] == "step" && (len(names) == 3 || len(names) == 4 && names[0] == "area") &&
		names[len(names)-2] != "step" && names[len(names)-2] != "image":
		panels, steps = curves(f), stepsOf(f.Axes[len(names)-3])
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
	p := Positions{Axis: a.Name, Groups: a.Groups}
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

// paths are the panels of frames [area, class, step, component], over two components.
func paths(f analysis.Frame) (panels []Panel) {
	areas, classes, steps, n := f.Axes[0], f.Axes[1], f.Axes[2], f.Axes[3].Len()
	for a := range areas.Len() {
		p := Panel{Area: areas.At(a), Image: None, Paths: true, Axes: [2]string{"component 1", "component 2"}}
		for c := range classes.Len() {
			l := Line{Name: classes.At(c)}
			for s := range steps.Len() {
				from := ((a*classes.Len()+c)*steps.Len() + s) * n
				l.Y = append(l.Y, f.Data[from:from+2])
			}
			p.Lines = append(p.Lines, l)
		}
		panels = append(panels, p)
	}
	return panels
}

// curves are the panels of frames [area, step, x, statistic], or without the area.
func curves(f analysis.Frame) (panels []Panel) {
	n := len(f.Axes)
	statistics, x, steps := f.Axes[n-1], f.Axes[n-2], f.Axes[n-3]
	areas := analysis.Axis{Labels: []string{""}}
	if n == 4 {
		areas = f.Axes[0]
	}
	mean := max(statistics.Find("mean"), statistics.Find("count"))
	if mean < 0 {
		return nil
	}
	for a := range areas.Len() {
		l := Line{X: positions(x)}
		if len(x.Labels) == 0 {
			l.At = x.Values
		}
		of := func(statistic, step int) (list []float64) {
			for k := range x.Len() {
				list = append(list, f.Data[((a*steps.Len()+step)*x.Len()+k)*statistics.Len()+statistic])
			}
			return list
		}
		for s := range steps.Len() {
			l.Y = append(l.Y, of(mean, s))
			if low, high := statistics.Find("low"), statistics.Find("high"); low >= 0 && high >= 0 {
				l.Low, l.High = append(l.Low, of(low, s)), append(l.High, of(high, s))
			}
		}
		quantity := f.Name
		if f.Unit != "" {
			quantity += " (" + f.Unit + ")"
		}
		panels = append(panels, Panel{Area: areas.At(a), Image: None, Lines: []Line{l}, Axes: [2]string{x.Name, quantity}})
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
	p.Rows, p.Columns = Positions{Axis: p.Rows.Axis, Names: spans(p.Rows.Names, by)}, Positions{Axis: p.Columns.Axis, Names: spans(p.Columns.Names, by)}
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
		lists[p.Area] = append(lists[p.Area], p.Data...)
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

// Maps reports whether all panels are maps, so that a movie can be written as GIF.
func (m *Movie) Maps() bool {
	return !slices.ContainsFunc(m.Panels, func(p Panel) bool { return p.Lines != nil })
}

// Figure is the name of the figure that shows all steps at once.
func (m *Movie) Figure() string {
	name := strings.NewReplacer(" ", "-", "/", "-").Replace(m.Frame)
	if m.Analysis != "" {
		name = m.Analysis + "-" + name
	}
	return name
}
