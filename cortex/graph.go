package cortex

import (
	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex/lesion"
	"ventral/nn"
)

// Input is how the image enters: through a net to one or more areas, as a drive
// like any other.
type Input struct {
	To    []string `toml:"to" doc:"areas that the image drives"`
	Steps Steps    `toml:"steps" doc:"steps at which the image is shown"`
	Delay int      `toml:"delay" min:"0" doc:"steps that it takes to arrive"`
	Net   []Layer  `toml:"net" doc:"layers between image and area"`
}

// Readout is how the cortex answers: the post-net of an area.
type Readout struct {
	From       string    `toml:"from" doc:"area that is read"`
	Reads      string    `toml:"state" doc:"signal read: state or response; the area's kind has a default"`
	Net        []Layer   `toml:"net" doc:"layers from the area to the classes"`
	Loss       string    `toml:"loss" oneof:"softmax sigmoid" doc:"cross-entropy of softmax, or of independent sigmoid units"`
	Train      Steps     `toml:"train" doc:"steps that the loss reads; \"any of a..b\" draws one for each batch"`
	Test       Steps     `toml:"test" doc:"steps that are tested"`
	Over       string    `toml:"over" oneof:"sum mean" doc:"losses of several steps are added, or averaged"`
	Weights    []float64 `toml:"weights" doc:"weight of each trained step; empty is 1 each"`
	Cumulative string    `toml:"cumulative" oneof:"none mean sum" doc:"the answer at a step is that of the step alone (none), or the mean or sum of the logits from the first trained step on, silent steps left out. Mean and sum have the same largest class; the sum is the surer one, so that entropies and losses differ"`
	Decide     string    `toml:"decide" oneof:"auto argmax top_n" doc:"how an answer is judged: argmax, the largest output, where one class is true of an image; top_n, the n largest, where n are; another than the labels ask for is an error, auto follows them"`
}

// accumulates reports whether an answer reads steps before its own.
func (r *Readout) accumulates() bool { return r.Cumulative == "mean" || r.Cumulative == "sum" }

// Graph is a cortex that has been checked: names resolve, shapes fit, and no
// cycle is without delay.
type Graph struct {
	Image   [3]int // height, width, channels of an image
	Classes int
	Steps   int
	Input   Input
	Areas   []areas.Area
	// Functions are the functions that areas call, by area and name; one that is
	// left out is a convolution of 3×3.
	Functions map[string]map[string]connectivity.Transform
	Matrix    connectivity.Matrix
	Readout   Readout
	Plain     nn.Passes // rewritings that Training and Inference leave out
	// Bits are the significant bits of what convolutions multiply, 0 all of
	// float32; see rewrite.Round.
	Bits int
	// Screen says what is shown at each step; nil is one image at Input.Steps.
	Screen *Screen
	// Streams are further inputs.
	Streams []Stream
	// Recompute is how many steps TrainingProgram keeps together; 0 keeps all.
	Recompute int

	index  map[string]int
	layout []areas.Layout // of every area
	shown  []bool         // steps at which the image arrives
	train  []int
	weight []float64 // of each trained step; nil is 1 each
	test   []int
	order  [][]int // areas in the order of updates, by step
	drive  [][][]int
	times  *times

	lesions []lesion.Lesion
	intact  *Graph                                       // without them; nil is the graph itself
	control func(c *connectivity.Connection, t int) bool // see Control
	found   *found
}

// found is what is worked out of a graph once, when it is first asked for. Copies
// of the graph share it, since Recompute changes nothing of it.
type found struct {
	trained *Graph // whose training counts; nil is the graph's own
	learnt  learnt
	demands demands
}

// NewGraph checks g's exported fields and works out what follows from them. An
// error is an *Error.
func NewGraph(g Graph) (*Graph, error) {
	done.graphs.Add(1)
	g.index, g.found = map[string]int{}, &found{}
	for _, check := range []func(*Graph) error{checkImage, checkAreas, checkConnections, checkScreen, checkInput, checkStreams, checkReadout, checkOrder} {
		if err := check(&g); err != nil {
			return nil, err
		}
	}
	g.times = newTimes(&g)
	for _, check := range []func(*Graph) error{checkReach, checkTestSteps} {
		if err := check(&g); err != nil {
			return nil, err
		}
	}
	return &g, nil
}

// shape returns height, width and channels of an area.
func (g *Graph) shape(area string) [3]int { return g.Areas[g.index[area]].Shape }

// Area returns the index of the area called name, -1 where there is none.
func (g *Graph) Area(name string) int {
	if i, ok := g.index[name]; ok {
		return i
	}
	return -1
}

// TrainSteps returns the steps that the loss reads.
func (g *Graph) TrainSteps() []int { return g.train }

// TestSteps returns the steps that are tested and informed by the image.
func (g *Graph) TestSteps() []int {
	i := g.index[g.Readout.From]
	var list []int
	for _, t := range g.test {
		if g.times.informed[t][i] {
			list = append(list, t)
		}
	}
	return list
}
