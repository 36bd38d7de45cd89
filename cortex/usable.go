package cortex

import (
	"fmt"
	"slices"

	"ventral/nn"
)

// Usable returns the taps whose weights and statistics training has filled, or
// that norms may re-estimate or borrow, and why each of the others is not.
//
// All taps are unrolled together: what a slice of an area asks for itself is
// noted, and a tap lacks what any slice that it depends on lacks.
func Usable(g *Graph, taps []Tap, n *Norms) (ok []Tap, why map[string]string, err error) {
	weights, err := Weights(g)
	if err != nil {
		return nil, nil, err
	}
	l := &lacks{norms: n, trained: map[string]bool{}, own: map[Node]lack{}}
	for _, w := range weights {
		if w.Trainable {
			l.trained[w.Name] = true
		}
	}
	taps = slices.DeleteFunc(slices.Clone(taps), func(t Tap) bool { return !g.times.informed[t.Slice][t.Area] })
	asked := make([]lack, len(taps)) // by the signals themselves
	n.Missing = nil
	b := nn.NewBuilder()
	g.Unroll(b, Options{Batch: 1, Taps: taps, Source: l.source, used: l.used, begin: l.begin, read: func(k int) { l.now = &asked[k] }})
	l.end()
	if err := b.Err(); err != nil {
		return nil, nil, err
	}
	ends := make([]Node, len(taps))
	for k, t := range taps {
		ends[k] = Node{t.Area, t.Slice}
	}
	of := inherited(g, ends, l.own)
	why = map[string]string{}
	for k, t := range taps {
		if reason := n.reason(asked[k].with(of[ends[k]])); reason != "" {
			why[g.TapName(t)] = reason
		} else {
			ok = append(ok, t)
		}
	}
	n.Missing = nil
	return ok, why, nil
}

// lack is what training has not filled: the first weight by name, "" where none
// is, and the first norm place, counted from 1 in Norms.Missing.
type lack struct {
	weight string
	place  int
}

func (l lack) with(m lack) lack {
	if l.weight == "" || m.weight != "" && m.weight < l.weight {
		l.weight = m.weight
	}
	if l.place == 0 || m.place != 0 && m.place < l.place {
		l.place = m.place
	}
	return l
}

// reason says what is lacking, "" where nothing is.
func (n *Norms) reason(l lack) string {
	switch {
	case l.place > 0:
		return "training never filled the statistics of " + n.Missing[l.place-1]
	case l.weight != "":
		return fmt.Sprintf("no training slice depends on its weights %s", l.weight)
	}
	return ""
}

// lacks notes what each part of a cortex lacks while it is unrolled.
type lacks struct {
	norms   *Norms
	trained map[string]bool
	own     map[Node]lack // without those of what a node depends on
	node    Node
	is      lack  // of node
	now     *lack // is, or that of a tap
}

// begin says that node n follows.
func (l *lacks) begin(n Node) {
	l.end()
	l.node, l.is, l.now = n, lack{}, &l.is
}

func (l *lacks) end() {
	if l.is != (lack{}) {
		l.own[l.node] = l.is
		l.is = lack{}
	}
}

func (l *lacks) used(name string) {
	if !l.trained[name] {
		*l.now = l.now.with(lack{weight: name})
	}
}

func (l *lacks) source(place, affine string, step int, norm nn.Norm) nn.Sources {
	before := len(l.norms.Missing)
	from := l.norms.Source(place, affine, step, norm)
	if len(l.norms.Missing) > before {
		*l.now = l.now.with(lack{place: len(l.norms.Missing)})
	}
	return from
}

// inherited returns of every node that the ends depend on what it or any node
// that it depends on lacks.
func inherited(g *Graph, ends []Node, own map[Node]lack) map[Node]lack {
	all := map[Node]lack{}
	if len(own) == 0 {
		return all
	}
	live := g.Live(ends)
	for t := range g.Steps {
		for _, i := range g.order[t] {
			if !live[t][i] {
				continue
			}
			l := own[Node{i, t}]
			g.sources(i, t, func(n Node) { l = l.with(all[n]) })
			if l != (lack{}) {
				all[Node{i, t}] = l
			}
		}
	}
	return all
}

// CheckTested reports test slices whose weights or statistics training never
// fills.
func CheckTested(g *Graph, n *Norms) error {
	i := g.index[g.Readout.From]
	trained := map[int]bool{}
	for _, t := range g.train {
		trained[t] = true
	}
	var taps []Tap
	for _, t := range g.TestSlices() {
		if !trained[t] { // else training reads it
			taps = append(taps, Tap{i, g.Readout.Reads, t})
		}
	}
	if len(taps) == 0 {
		return nil
	}
	_, why, err := Usable(g, taps, n)
	if err != nil {
		return err
	}
	never := func(slice int, reason string) error {
		return wrong([]string{"readout", "test"}, "found slice %d, but %s; test slices up to the last training slice, or tie the weights, or see norm.untrained", slice, reason)
	}
	var logits []int
	for _, t := range taps {
		if reason, ok := why[g.TapName(t)]; ok {
			return never(t.Slice, reason)
		}
		logits = append(logits, t.Slice)
	}
	// What is left are the norms of the readout's own net.
	slice := -1
	b := nn.NewBuilder()
	g.Unroll(b, Options{Batch: 1, Logits: logits, Source: func(place, affine string, step int, norm nn.Norm) nn.Sources {
		from := n.Source(place, affine, step, norm)
		if slice < 0 && len(n.Missing) > 0 {
			slice = step
		}
		return from
	}})
	if err := b.Err(); err != nil {
		return err
	}
	missing := n.Missing
	n.Missing = nil
	if len(missing) > 0 {
		return never(slice, "training never filled the statistics of "+missing[0])
	}
	return nil
}
