package cortex

import (
	"slices"

	"ventral/areas"
)

// Node is an area at a time step.
type Node struct {
	Area int // index in the order of areas
	Step int
}

// times is what is known of every area at every step before running.
type times struct {
	present  [][]bool // [step][area]: has a state
	informed [][]bool // … that depends on the image
	onset    []int    // first informed step, -1 where never
}

func newTimes(g *Graph) *times {
	n := len(g.Areas)
	x := &times{onset: make([]int, n)}
	for i := range x.onset {
		x.onset[i] = -1
	}
	for t := range g.Steps {
		x.present = append(x.present, make([]bool, n))
		x.informed = append(x.informed, make([]bool, n))
		for _, i := range g.order[t] {
			l := g.layout[i]
			present, informed := l.Silence == areas.Zero, false
			if g.shown[t] && g.fed(i) {
				present, informed = true, true
			}
			for _, s := range streams(g, i, t) {
				informed = informed || !s.vector()
				for _, port := range s.driven() {
					p, _ := l.Port(port)
					present = present || p.Wakes
				}
			}
			for _, j := range g.drive[t][i] {
				c := &g.Matrix.Connections[j]
				from := g.index[c.From]
				if !x.present[t-c.Delay][from] {
					continue
				}
				informed = informed || x.informed[t-c.Delay][from]
				for _, port := range c.Driven() {
					p, _ := l.Port(port)
					present = present || p.Wakes
				}
			}
			if t > 0 && x.present[t-1][i] {
				present = present || l.Silence == areas.Lasting
				informed = informed || l.Carries && x.informed[t-1][i]
			}
			x.present[t][i] = present
			x.informed[t][i] = present && informed
			if x.informed[t][i] && x.onset[i] < 0 {
				x.onset[i] = t
			}
		}
	}
	return x
}

// fed reports whether the image drives area i.
func (g *Graph) fed(i int) bool { return has(g.Input.To, g.Areas[i].Name) }

// Onset returns the first step at which a path from the image reaches area i,
// -1 where none does.
func (g *Graph) Onset(i int) int { return g.times.onset[i] }

// Present reports whether area i has a state at step t.
func (g *Graph) Present(i, t int) bool { return g.times.present[t][i] }

// Informed reports whether the state of area i at step t depends on the image.
func (g *Graph) Informed(i, t int) bool { return g.times.informed[t][i] }

// arriving returns the connections that deliver something to area i at step t.
func (g *Graph) arriving(i, t int) []int {
	var list []int
	for _, j := range g.drive[t][i] {
		c := &g.Matrix.Connections[j]
		if g.times.present[t-c.Delay][g.index[c.From]] {
			list = append(list, j)
		}
	}
	return list
}

// Live returns which areas at which steps the given ones depend on,
// themselves included: [step][area].
func (g *Graph) Live(ends []Node) [][]bool {
	live := make([][]bool, g.Steps)
	for t := range live {
		live[t] = make([]bool, len(g.Areas))
	}
	for _, n := range ends {
		if g.times.present[n.Step][n.Area] {
			live[n.Step][n.Area] = true
			for _, s := range heldAt(g, n.Area, n.Step) {
				live[s][n.Area] = true
			}
		}
	}
	// What a node depends on comes before it: later steps and updates first.
	for t := g.Steps - 1; t >= 0; t-- {
		for k := len(g.order[t]) - 1; k >= 0; k-- {
			if i := g.order[t][k]; live[t][i] {
				g.sources(i, t, func(n Node) { live[n.Step][n.Area] = true })
			}
		}
	}
	return live
}

// sources calls each with every node that area i at step t reads: the source
// of each connection that delivers something, and its own state of the step
// before where that is carried on. What lesions hold is read of the step that they hold.
func (g *Graph) sources(i, t int, each func(n Node)) {
	for _, j := range g.arriving(i, t) {
		c := &g.Matrix.Connections[j]
		n := Node{g.index[c.From], deliveredAt(g, c, t) - c.Delay}
		each(n)
		for _, s := range heldAt(g, n.Area, n.Step) {
			each(Node{n.Area, s})
		}
	}
	if t > 0 && g.layout[i].Carries && g.times.present[t-1][i] {
		each(Node{i, t - 1})
	}
}

// readouts returns the nodes that logits at the given steps read, each once.
func (g *Graph) readouts(steps []int) []Node {
	i := g.index[g.Readout.From]
	var nodes []Node
	read := make([]bool, g.Steps)
	for _, t := range steps {
		// What an answer before it has read, a cumulative one has read as well.
		for s := t; s >= 0 && !read[s]; s-- {
			read[s] = true
			nodes = append(nodes, Node{i, s})
			if !g.Readout.accumulates() || s <= g.train[0] {
				break
			}
		}
	}
	return nodes
}

// Transition is a connection whose signal arrives at a step.
type Transition struct {
	Connection int // index in the matrix
	Step       int
}

// Transitions returns the transitions into live nodes, by step.
func Transitions(g *Graph, live [][]bool) []Transition {
	var list []Transition
	for t := range g.Steps {
		for i := range g.Areas {
			if !live[t][i] {
				continue
			}
			for _, j := range g.arriving(i, t) {
				list = append(list, Transition{j, t})
			}
		}
	}
	return list
}

// TrainedTransitions returns how many transitions the loss depends on.
func TrainedTransitions(g *Graph) int {
	return len(Transitions(g, g.Live(g.readouts(g.train))))
}

// Reach is when a connection delivers signals, and which of them depend on the image
// or change a readout.
type Reach struct {
	First     int // first step at which it delivers something to an area that is not silent, -1 never
	Informed  int // first step at which that depends on the image, -1 never
	Influence int // first tested or trained step of the readout that it can change, -1 none
	Trained   int // how many of its transitions the loss depends on
}

// Reaches returns the reach of every connection of the matrix.
func Reaches(g *Graph) []Reach {
	out := make([]Reach, len(g.Matrix.Connections))
	for j := range out {
		out[j] = Reach{-1, -1, -1, 0}
	}
	for t := range g.Steps {
		for i := range g.Areas {
			if !g.times.present[t][i] {
				continue // a multiplicative drive alone
			}
			for _, j := range g.arriving(i, t) {
				c := &g.Matrix.Connections[j]
				if out[j].First < 0 {
					out[j].First = t
				}
				if out[j].Informed < 0 && g.times.informed[t-c.Delay][g.index[c.From]] {
					out[j].Informed = t
				}
			}
		}
	}
	for _, tr := range Transitions(g, g.Live(g.readouts(g.train))) {
		out[tr.Connection].Trained++
	}
	for j, t := range influences(g, append(slices.Clone(g.train), g.TestSteps()...)) {
		out[j].Influence = t
	}
	return out
}

// influences returns for every connection the first of the given steps of the
// readout that it can change, -1 where it changes none.
func influences(g *Graph, read []int) []int {
	out := make([]int, len(g.Matrix.Connections))
	for j := range out {
		out[j] = -1
	}
	first := make([][]int, g.Steps) // [step][area]: that it can change, -1 none
	for t := range first {
		first[t] = make([]int, len(g.Areas))
		for i := range first[t] {
			first[t][i] = -1
		}
	}
	earlier := func(at *int, t int) {
		if *at < 0 || t < *at {
			*at = t
		}
	}
	read = slices.Clone(read)
	slices.Sort(read)
	next := len(read) // reads from here on come at t or later
	for t := g.Steps - 1; t >= 0; t-- {
		for next > 0 && read[next-1] >= t {
			next--
		}
		// A cumulative answer reads every step from the first trained one on.
		if i := g.index[g.Readout.From]; next < len(read) && g.times.present[t][i] && (read[next] == t || g.Readout.accumulates() && t >= g.train[0]) {
			earlier(&first[t][i], read[next])
		}
		for k := len(g.order[t]) - 1; k >= 0; k-- {
			i := g.order[t][k]
			at := first[t][i]
			if at < 0 {
				continue
			}
			for _, j := range g.arriving(i, t) {
				earlier(&out[j], at)
			}
			g.sources(i, t, func(n Node) { earlier(&first[n.Step][n.Area], at) })
		}
	}
	return out
}
