package cortex

import (
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/nn"
)

// Input is how the image enters: through a net to one or more areas, as a drive
// like any other.
type Input struct {
	To    []string `toml:"to" doc:"areas that the image drives"`
	Steps Slices   `toml:"steps" doc:"slices at which the image is shown"`
	Delay int      `toml:"delay" min:"0" doc:"slices that it takes to arrive"`
	Net   []Layer  `toml:"net" doc:"layers between image and area"`
}

// Readout is how the cortex answers: the post-net of an area.
type Readout struct {
	From       string    `toml:"from" doc:"area that is read"`
	Reads      string    `toml:"state" doc:"signal read: state or response; the area's kind has a default"`
	Net        []Layer   `toml:"net" doc:"layers from the area to the classes"`
	Loss       string    `toml:"loss" oneof:"softmax sigmoid" doc:"cross-entropy of softmax, or of independent sigmoid units"`
	Train      Slices    `toml:"train" doc:"slices that the loss reads; \"any of a..b\" draws one for each batch"`
	Test       Slices    `toml:"test" doc:"slices that are tested"`
	Over       string    `toml:"over" oneof:"sum mean" doc:"losses of several slices are added, or averaged"`
	Weights    []float64 `toml:"weights" doc:"weight of each training slice; empty is 1 each"`
	Cumulative string    `toml:"cumulative" oneof:"none mean sum" doc:"the answer at a slice is that of the slice alone (none), or the mean or sum of the logits from the first training slice on, silent slices left out. Mean and sum have the same largest class; the sum is the surer one, so that entropies and losses differ"`
	Decide     string    `toml:"decide" oneof:"auto argmax top_n" doc:"how an answer is judged: argmax, the largest output, where one class is true of an image; top_n, the n largest, where n are; another than the labels ask for is an error, auto follows them"`
}

// accumulates reports whether an answer reads slices before its own.
func (r *Readout) accumulates() bool { return r.Cumulative == "mean" || r.Cumulative == "sum" }

// Graph is a cortex that has been checked: names resolve, shapes fit, and no
// cycle is without delay.
type Graph struct {
	Image   [3]int // height, width, channels of an image
	Classes int
	Steps   int
	Input   Input
	Areas   []areas.Area
	Matrix  connectivity.Matrix
	Readout Readout
	Plain   nn.Passes // rewritings that Training and Inference leave out
	// Bits are the significant bits of what convolutions multiply, 0 all of
	// float32; see nn.Rounded.
	Bits int
	// Recompute is how many slices Training keeps together; 0 keeps all.
	Recompute int

	index map[string]int
	shown []bool // slices at which the image arrives
	train []int
	test  []int
	order [][]int // areas in the order of updates, by slice
	drive [][][]int
	times *times

	lesions []Lesion
	learnt  *learnt
}

// NewGraph checks g's exported fields and works out what follows from them. An
// error is an *Error.
func NewGraph(g Graph) (*Graph, error) {
	g.index, g.learnt = map[string]int{}, &learnt{}
	for _, check := range []func() error{g.checkImage, g.checkAreas, g.checkConnections, g.checkInput, g.checkReadout, g.checkOrder} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	g.times = newTimes(&g)
	for _, check := range []func() error{g.checkReach, g.checkTested} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return &g, nil
}

// checkImage reports images and classes that no data set can have.
func (g *Graph) checkImage() error {
	for _, n := range g.Image {
		if n < 1 {
			return wrong([]string{"stimuli"}, "found images of %d×%d×%d (height, width, channels), want 1 or more of each", g.Image[0], g.Image[1], g.Image[2])
		}
	}
	if g.Classes < 1 {
		return wrong([]string{"stimuli"}, "found %d classes, want 1 or more", g.Classes)
	}
	return nil
}

func (g *Graph) checkAreas() error {
	if g.Steps < 1 {
		return wrong([]string{"steps"}, "found %d, want 1 or more", g.Steps)
	}
	if len(g.Areas) == 0 {
		return wrong([]string{"areas"}, "found no areas, want at least one")
	}
	for i, a := range g.Areas {
		if j, ok := g.index[a.Name]; ok {
			return wrong([]string{"areas"}, "found %q at places %d and %d, want each area once", a.Name, j+1, i+1)
		}
		g.index[a.Name] = i
		for _, n := range a.Shape {
			if n < 1 || n > 1<<16 {
				return wrong([]string{"area", a.Name, "shape"}, "found %v, want [height, width, channels], each 1 or more", a.Shape)
			}
		}
		if err := a.Dynamics.Check(); err != nil {
			return wrong([]string{"area", a.Name}, "%w", err)
		}
	}
	return nil
}

// names returns the names of the areas, for messages.
func (g *Graph) names() string {
	names := make([]string, len(g.Areas))
	for i, a := range g.Areas {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}

func (g *Graph) checkConnections() error {
	seen := map[string]bool{}
	for i := range g.Matrix.Connections {
		c := &g.Matrix.Connections[i]
		at := func(key ...string) []string { return append([]string{"connection", c.Name}, key...) }
		if seen[c.Name] {
			return wrong(at(), "found %q twice, want a name of its own for each, such as %q", c.Name, c.Name+" late")
		}
		seen[c.Name] = true
		from, okFrom := g.index[c.From]
		to, okTo := g.index[c.To]
		for _, end := range []struct {
			name string
			ok   bool
		}{{c.From, okFrom}, {c.To, okTo}} {
			if !end.ok {
				return wrong(at(), "no area is called %q; areas: %s", end.name, g.names())
			}
		}
		if c.Delay < 0 {
			return wrong(at("delay"), "found %d, want 0 or more", c.Delay)
		}
		if err := c.Time.Check(); err != nil {
			return wrong(at("time"), "%w", err)
		}
		if _, _, ok := c.Window.Cut(g.Steps); !ok {
			return wrong(at("window"), "found %q, the experiment has slices 0..%d (steps = %d)", c.Window, g.Steps-1, g.Steps)
		}
		src, dst := g.Areas[from], g.Areas[to]
		if err := c.Transform.Check(src.Shape, dst.Shape); err != nil {
			return wrong(at(), "%s from %s to %s: %w", c.Transform.Kind(), c.From, c.To, err)
		}
		if !has(src.Dynamics.Signals(), c.Signal()) {
			return wrong(at("state"), "found %q, area %s of kind %s offers %s", c.Signal(), c.From, src.Dynamics.Kind(), strings.Join(src.Dynamics.Signals(), ", "))
		}
	}
	if err := g.Matrix.Sharing.Time.Check(); err != nil {
		return wrong([]string{"sharing", "time"}, "%w", err)
	}
	if err := g.Matrix.Sharing.Check(g.Matrix.Connections, g.shape); err != nil {
		return wrong([]string{"sharing", "between"}, "%w", err)
	}
	return nil
}

// shape returns height, width and channels of an area.
func (g *Graph) shape(area string) [3]int { return g.Areas[g.index[area]].Shape }

func has(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}

func (g *Graph) checkInput() error {
	if len(g.Input.To) == 0 {
		return wrong([]string{"input", "to"}, "found no area, want at least one of %s", g.names())
	}
	list, err := g.Input.Steps.List(g.Steps)
	if err != nil {
		return wrong([]string{"input", "steps"}, "%w", err)
	}
	if g.Input.Steps.Any {
		return wrong([]string{"input", "steps"}, "found %q, the input has fixed slices", g.Input.Steps)
	}
	g.shown = make([]bool, g.Steps)
	any := false
	for _, t := range list {
		if t += g.Input.Delay; t < g.Steps {
			g.shown[t], any = true, true
		}
	}
	if !any {
		return wrong([]string{"input", "delay"}, "found %d, the image shown at %s never arrives within slices 0..%d", g.Input.Delay, g.Input.Steps, g.Steps-1)
	}
	for _, to := range g.Input.To {
		i, ok := g.index[to]
		if !ok {
			return wrong([]string{"input", "to"}, "no area is called %q; areas: %s", to, g.names())
		}
		if err := g.preNet(i).check(g.Image); err != nil {
			return wrong([]string{"input", "net"}, "from the image %d×%d×%d to area %s %d×%d×%d: %w",
				g.Image[0], g.Image[1], g.Image[2], to, g.Areas[i].Shape[0], g.Areas[i].Shape[1], g.Areas[i].Shape[2], err)
		}
	}
	return nil
}

// preNet is the net between the image and area i.
func (g *Graph) preNet(i int) net {
	name := "input"
	if len(g.Input.To) > 1 {
		name = "input->" + g.Areas[i].Name
	}
	return net{name: name, layers: g.Input.Net, target: g.Areas[i].Shape, lastBias: g.Areas[i].Dynamics.Bias() != "area"}
}

func (g *Graph) checkReadout() (err error) {
	r := &g.Readout
	i, ok := g.index[r.From]
	if !ok {
		return wrong([]string{"readout", "from"}, "no area is called %q; areas: %s", r.From, g.names())
	}
	a := g.Areas[i]
	if r.Reads == "" {
		r.Reads = a.Dynamics.Readout()
	}
	if !has(a.Dynamics.Signals(), r.Reads) {
		return wrong([]string{"readout", "state"}, "found %q, area %s of kind %s offers %s", r.Reads, a.Name, a.Dynamics.Kind(), strings.Join(a.Dynamics.Signals(), ", "))
	}
	if r.Loss != "softmax" && r.Loss != "sigmoid" {
		return wrong([]string{"readout", "loss"}, "found %q, want softmax or sigmoid", r.Loss)
	}
	if g.train, err = r.Train.List(g.Steps); err != nil {
		return wrong([]string{"readout", "train"}, "%w", err)
	}
	if g.test, err = r.Test.List(g.Steps); err != nil {
		return wrong([]string{"readout", "test"}, "%w", err)
	}
	if r.Test.Any {
		return wrong([]string{"readout", "test"}, "found %q, every slice that is tested is tested on all images", r.Test)
	}
	if len(g.train) == 0 {
		return wrong([]string{"readout", "train"}, "found no slices, want at least one")
	}
	if n := len(r.Weights); n != 0 && n != len(g.train) {
		return wrong([]string{"readout", "weights"}, "found %d weights for the %d slices of train = %q", n, len(g.train), r.Train)
	}
	if !has([]string{"", "none", "mean", "sum"}, r.Cumulative) {
		return wrong([]string{"readout", "cumulative"}, "found %q, want none, mean or sum", r.Cumulative)
	}
	if r.accumulates() && len(g.test) > 0 && g.test[0] < g.train[0] {
		return wrong([]string{"readout", "test"}, "found slice %d, a cumulative readout begins at the first training slice %d", g.test[0], g.train[0])
	}
	if len(r.Net) == 0 {
		return wrong([]string{"readout", "net"}, "found no layers, want some that lead to the classes, such as [\"average\", \"dense\"]")
	}
	if err := g.postNet().check(a.Shape); err != nil {
		return wrong([]string{"readout", "net"}, "from area %s %d×%d×%d to %d classes: %w", a.Name, a.Shape[0], a.Shape[1], a.Shape[2], g.Classes, err)
	}
	return nil
}

// postNet is the net from the readout area to the logits.
func (g *Graph) postNet() net {
	a := g.Areas[g.index[g.Readout.From]]
	n := net{name: "readout", layers: g.Readout.Net, target: [3]int{1, 1, g.Classes}, lastBias: true}
	if g.Readout.Reads == areas.State || g.Readout.Reads == areas.Preactivation {
		switch n.layers[0].Kind {
		case "batch", "batch_affine", "norm":
			n.first = g.statePlace(g.index[a.Name], n.layers[0].Norm.SameStatistics)
		}
	}
	return n
}

// normOfState returns the norm that connection c applies directly to the state
// of its source.
func normOfState(c *connectivity.Connection) (n nn.Norm, ok bool) {
	t, ok := c.Transform.(interface{ FirstNorm() nn.Norm })
	if !ok || c.Signal() != areas.State && c.Signal() != areas.Preactivation {
		return n, false
	}
	return t.FirstNorm(), true
}

// statePlace returns the place of a norm that stands directly on the state of
// area i, so that all who normalise it alike do it once: that of the area where
// its response does, or else of the first connection that does; "" where none
// does.
func (g *Graph) statePlace(i int, alike func(nn.Norm) bool) string {
	if n, ok := g.Areas[i].Dynamics.StateNorm(); ok && alike(n) {
		return g.Areas[i].Name
	}
	for j := range g.Matrix.Connections {
		c := &g.Matrix.Connections[j]
		if n, ok := normOfState(c); ok && c.From == g.Areas[i].Name && alike(n) {
			return c.Name + "/1"
		}
	}
	return ""
}

// checkOrder finds the order of updates at every slice; a cycle without delay
// has none.
func (g *Graph) checkOrder() error {
	g.order = make([][]int, g.Steps)
	g.drive = make([][][]int, g.Steps)
	for t := range g.Steps {
		g.drive[t] = make([][]int, len(g.Areas))
		next := make([][]int, len(g.Areas)) // connections without delay, by source
		waits := make([]int, len(g.Areas))
		for j := range g.Matrix.Connections {
			c := &g.Matrix.Connections[j]
			if !c.Window.Has(t) || c.Delay > t {
				continue
			}
			to, from := g.index[c.To], g.index[c.From]
			g.drive[t][to] = append(g.drive[t][to], j)
			if c.Delay == 0 {
				next[from] = append(next[from], j)
				waits[to]++
			}
		}
		done := make([]bool, len(g.Areas))
		for range g.Areas {
			for i := range g.Areas {
				if done[i] || waits[i] > 0 {
					continue
				}
				done[i] = true
				g.order[t] = append(g.order[t], i)
				for _, j := range next[i] {
					waits[g.index[g.Matrix.Connections[j].To]]--
				}
				break
			}
		}
		if len(g.order[t]) < len(g.Areas) {
			cycle := g.cycle(done, next)
			names := make([]string, len(cycle))
			for k, j := range cycle {
				names[k] = g.Matrix.Connections[j].Name
			}
			last := g.Matrix.Connections[cycle[len(cycle)-1]].Name
			return wrong([]string{"connection", last, "delay"}, "cycle without delay at slice %d: %s; want a delay of 1 or more on one of them", t, strings.Join(names, ", "))
		}
	}
	return nil
}

// cycle returns the connections of a cycle among the areas not done.
func (g *Graph) cycle(done []bool, next [][]int) []int {
	var at int
	for i := range done {
		if !done[i] {
			at = i
			break
		}
	}
	// Every area left waits for another one left: walk backwards until one repeats.
	before := map[int]int{} // area → connection that leads into it
	for i := range next {
		for _, j := range next[i] {
			if !done[i] {
				before[g.index[g.Matrix.Connections[j].To]] = j
			}
		}
	}
	seen := map[int]int{}
	var path []int
	for {
		if k, ok := seen[at]; ok {
			path = path[k:]
			break
		}
		seen[at] = len(path)
		j := before[at]
		path = append(path, j)
		at = g.index[g.Matrix.Connections[j].From]
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}

// checkReach reports training readouts that the image cannot have reached.
func (g *Graph) checkReach() error {
	i := g.index[g.Readout.From]
	onset := g.times.onset[i]
	if onset < 0 {
		return wrong([]string{"readout", "from"}, "no path leads from the image to area %s within slices 0..%d; want a connection into it, or more steps", g.Readout.From, g.Steps-1)
	}
	for _, t := range g.train {
		if t < onset {
			return wrong([]string{"readout", "train"}, "found slice %d, the image first reaches %s at slice %d; want %d or later", t, g.Readout.From, onset, onset)
		}
		if g.times.present[t][i] && !g.times.informed[t][i] {
			return wrong([]string{"readout", "train"}, "found slice %d, nothing of the image is left in area %s there: no connection has brought it since, and the area keeps no state", t, g.Readout.From)
		}
		if !g.times.informed[t][i] {
			return wrong([]string{"readout", "train"}, "found slice %d, area %s is silent there: no drive arrives at that slice", t, g.Readout.From)
		}
	}
	return nil
}

// checkTested reports test slices of which none is informed by the image.
func (g *Graph) checkTested() error {
	if len(g.test) > 0 && len(g.TestSlices()) == 0 {
		return wrong([]string{"readout", "test"}, "found %q, %s depends on the image at %s; want one of these", g.Readout.Test, g.Readout.From, g.seen(g.index[g.Readout.From]))
	}
	return nil
}

// seen writes the slices at which area i depends on the image.
func (g *Graph) seen(i int) string {
	var list []connectivity.Range
	for t := range g.Steps {
		if g.times.informed[t][i] {
			list = append(list, connectivity.Range{From: t, To: t})
		}
	}
	text := connectivity.WindowOf(list...).String()
	if len(list) == 1 {
		return "slice " + text
	}
	return "slices " + text
}

// Area returns the index of the area called name, -1 where there is none.
func (g *Graph) Area(name string) int {
	if i, ok := g.index[name]; ok {
		return i
	}
	return -1
}

// TrainSlices returns the slices that the loss reads.
func (g *Graph) TrainSlices() []int { return g.train }

// TestSlices returns the slices that are tested and informed by the image.
func (g *Graph) TestSlices() []int {
	i := g.index[g.Readout.From]
	var list []int
	for _, t := range g.test {
		if g.times.informed[t][i] {
			list = append(list, t)
		}
	}
	return list
}
