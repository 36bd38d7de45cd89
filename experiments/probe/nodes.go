package probe

import (
	"fmt"
	"math"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/nn"
)

// mostNumbers bounds the numbers of states and gradients that a program delivers at
// once: 64 MiB of them.
const mostNumbers = 16 << 20

// nodes are the areas at the steps whose states training has reached.
type nodes struct {
	s    *Subject
	list []cortex.Node
	has  map[cortex.Node]bool
}

// nodesOf returns those of a subject.
func nodesOf(s *Subject) *nodes {
	n := &nodes{s: s, has: map[cortex.Node]bool{}}
	for _, t := range s.Taps {
		at := cortex.Node{Area: t.Area, Step: t.Step}
		n.list, n.has[at] = append(n.list, at), true
	}
	return n
}

// parts is how many states an area has.
func (n *nodes) parts(area int) int { return len(n.s.Graph.Areas[area].Dynamics.Layout().States) }

// units are the numbers of one state of an area in one image.
func (n *nodes) units(area int) int { return n.s.Graph.Areas[area].Image(1).Len() }

// numbers are those of all states of one image.
func (n *nodes) numbers() (sum int) {
	for _, x := range n.list {
		sum += n.parts(x.Area) * n.units(x.Area)
	}
	return sum
}

// batch is how many images are shown at once where each takes so many numbers.
func (n *nodes) batch(numbers int) int { return min(n.s.Batch, max(mostNumbers/max(numbers, 1), 1)) }

// port names a port for a part of the state of a node.
func (n *nodes) port(of string, x cortex.Node, part int) string {
	return fmt.Sprintf("%s/%s/%d", of, n.name(x), part)
}

// name is that of a node, "V1@3".
func (n *nodes) name(x cortex.Node) string {
	return fmt.Sprintf("%s@%d", n.s.Graph.Areas[x.Area].Name, x.Step)
}

// frame is a frame [area, step, image] of NaN.
func (n *nodes) frame(name, unit, note string) *analysis.Frame {
	f := &analysis.Frame{Name: name, Unit: unit, Note: note, Axes: []analysis.Axis{{Name: "area"}, {Name: "step"}, imageAxis(n.s)}}
	for _, a := range n.s.Graph.Areas {
		f.Axes[0].Labels = append(f.Axes[0].Labels, a.Name)
	}
	for t := range n.s.Graph.Steps {
		f.Axes[1].Values = append(f.Axes[1].Values, float64(t))
	}
	f.Data = missing(len(n.s.Graph.Areas) * n.s.Graph.Steps * len(n.s.IDs))
	return f
}

// put sets the number of a node and an image, by its place among those shown.
func put(f *analysis.Frame, x cortex.Node, image int, v float64) {
	f.Data[(x.Area*f.Axes[1].Len()+x.Step)*f.Axes[2].Len()+image] = v
}

// imageAxis is the axis of the images shown, with their classes as groups.
func imageAxis(s *Subject) analysis.Axis {
	a := analysis.Axis{Name: "image"}
	for _, id := range s.IDs {
		a.Values = append(a.Values, float64(id))
	}
	return a
}

// missing are so many numbers that do not exist.
func missing(n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = math.NaN()
	}
	return list
}

// mark adds an input of zeros to every state, so that each has a gradient of its own,
// also where two steps have equal states. It returns the inputs by node.
func (n *nodes) mark(b *nn.Builder) (each func(x cortex.Node, before, states []nn.Value) []nn.Value, marks map[cortex.Node][]nn.Value) {
	marks = map[cortex.Node][]nn.Value{}
	return func(x cortex.Node, _, states []nn.Value) []nn.Value {
		if !n.has[x] {
			return states
		}
		var list []nn.Value
		for part, v := range states {
			d := b.Input(n.port("change", x, part), b.Shape(v), true)
			marks[x] = append(marks[x], d)
			list = append(list, b.Sum(v, d))
		}
		return list
	}, marks
}
