package cortex

import (
	"fmt"

	"ventral/nn"
)

// Long simulations run in windows of steps, each a program of its own, that
// hand states on: any split into windows gives what the whole gives. In training
// this is truncated backpropagation through time.

// Carry is a state that crosses the beginning of a window.
type Carry struct {
	Node  Node
	Part  int // which of the area's states
	Value nn.Value
}

// CarryName is the name of the input that carries a state into a window. The output of
// the window before is best given the same name.
func (g *Graph) CarryName(c Carry) string {
	return fmt.Sprintf(carryPrefix+"%s@%d/%d", g.Areas[c.Node.Area].Name, c.Node.Step, c.Part)
}

// carryPrefix begins the names of inputs that carry states.
const carryPrefix = "carry/"

// until returns the step after the last one of a window.
func until(g *Graph, o Options) int {
	if o.To == 0 {
		return g.Steps
	}
	return min(o.To, g.Steps)
}

// everything returns all present nodes from a step to the last of the given ones.
func everything(g *Graph, ends []Node, from int) []Node {
	last := 0
	for _, n := range ends {
		last = max(last, n.Step)
	}
	var all []Node
	for t := from; t <= last; t++ {
		for i := range g.Areas {
			if g.times.present[t][i] {
				all = append(all, Node{i, t})
			}
		}
	}
	return all
}

// crossing returns the nodes before step at that steps from it on may read,
// in order.
func crossing(g *Graph, at int) []Node {
	need := map[Node]bool{}
	for t := at; t < g.Steps; t++ {
		for i := range g.Areas {
			if !g.times.present[t][i] {
				continue
			}
			g.sources(i, t, func(n Node) { need[n] = true })
			for _, held := range heldAt(g, i, t) { // for taps and readouts
				need[Node{i, held}] = true
			}
		}
	}
	if g.Readout.accumulates() && at < g.Steps {
		for _, n := range g.readouts([]int{g.Steps - 1}) {
			need[n] = true
		}
	}
	return presentBefore(g, need, at)
}

// presentBefore returns the present nodes among need before step at, in order.
func presentBefore(g *Graph, need map[Node]bool, at int) []Node {
	var list []Node
	for t := range min(at, g.Steps) {
		for i := range g.Areas {
			if n := (Node{i, t}); need[n] && g.times.present[t][i] {
				list = append(list, n)
			}
		}
	}
	return list
}

// carryIn makes inputs of the states before the window that the window reads.
func (u *unroller) carryIn(ends []Node) {
	g, from, need := u.g, u.o.From, map[Node]bool{}
	if from == 0 {
		return
	}
	for _, n := range ends {
		need[n] = true
		for _, s := range heldAt(g, n.Area, n.Step) {
			need[Node{n.Area, s}] = true
		}
	}
	live := g.Live(ends)
	for t := from; t < until(g, u.o); t++ {
		for i := range g.Areas {
			if !live[t][i] {
				continue
			}
			g.sources(i, t, func(n Node) { need[n] = true })
		}
	}
	for _, n := range presentBefore(g, need, from) {
		a := g.Areas[n.Area]
		for part := range g.layout[n.Area].States {
			c := Carry{Node: n, Part: part}
			c.Value = u.b.Input(g.CarryName(c), a.Image(u.o.Batch), true)
			u.out.States[n] = append(u.out.States[n], c.Value)
			u.out.Carried = append(u.out.Carried, c)
		}
	}
}

// carryOut notes the states that cross the end of the window.
func (u *unroller) carryOut() {
	if u.o.To == 0 || u.b.Err() != nil {
		return
	}
	for _, n := range crossing(u.g, u.o.To) {
		for part, v := range u.out.States[n] {
			u.out.Crossed = append(u.out.Crossed, Carry{n, part, v})
		}
	}
}
