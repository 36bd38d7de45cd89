package cortex

import (
	"fmt"
	"slices"
)

// Usable returns the taps whose weights and statistics training has filled, or
// that norms may re-estimate or borrow, and why each of the others is not. A tap
// lacks what any step of an area that it depends on lacks. Taps that the image
// does not inform are left out.
func Usable(g *Graph, taps []Tap, n *Norms) (ok []Tap, why map[string]string, err error) {
	l, err := newLacks(g, n)
	if err != nil {
		return nil, nil, err
	}
	taps = slices.DeleteFunc(slices.Clone(taps), func(t Tap) bool { return !g.Informed(t.Area, t.Step) })
	own, asked := map[Node]lack{}, map[part]lack{}
	for _, p := range partsOf(g, nil, taps) {
		if is := l.of(p); is == (lack{}) {
			continue
		} else if p.signal != "" {
			asked[p] = is
		} else {
			own[p.Node] = is
		}
	}
	ends := make([]Node, len(taps))
	for k, t := range taps {
		ends[k] = Node{t.Area, t.Step}
	}
	of := inherited(g, ends, own)
	why = map[string]string{}
	for k, t := range taps {
		if reason := l.reason(asked[part{Node: ends[k], signal: t.Signal}].with(of[ends[k]])); reason != "" {
			why[g.TapName(t)] = reason
		} else {
			ok = append(ok, t)
		}
	}
	return ok, why, nil
}

// lack is what training has not filled: the first weight by name, "" where none
// is, and the first norm place, counted from 1 in lacks.places.
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

// lacks finds what the parts of a graph's programs lack.
type lacks struct {
	demands *demands
	norms   *Norms
	trained map[string]bool // weights
	places  []string        // that are lacking, in the order of finding
}

func newLacks(g *Graph, n *Norms) (*lacks, error) {
	weights, err := Weights(g)
	if err != nil {
		return nil, err
	}
	l := &lacks{norms: n, trained: map[string]bool{}}
	for _, w := range weights {
		if w.Trainable {
			l.trained[w.Name] = true
		}
	}
	l.demands, err = demandsOf(g)
	return l, err
}

// of returns what a part lacks by itself.
func (l *lacks) of(p part) (is lack) {
	d := l.demands.by[p]
	for _, name := range d.weights {
		if !l.trained[name] {
			is = is.with(lack{weight: name})
		}
	}
	for _, q := range d.norms {
		if _, ok := l.norms.source(q); !ok {
			l.places = append(l.places, missing(q.place, q.step))
			is = is.with(lack{place: len(l.places)})
		}
	}
	return is
}

// reason says what is lacking, "" where nothing is.
func (l *lacks) reason(is lack) string {
	switch {
	case is.place > 0:
		return "training never filled the statistics of " + l.places[is.place-1]
	case is.weight != "":
		return fmt.Sprintf("no trained step depends on its weights %s", is.weight)
	}
	return ""
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

// CheckTested reports test steps whose weights or statistics training never
// fills.
func CheckTested(g *Graph, n *Norms) error {
	i := g.index[g.Readout.From]
	var taps []Tap
	var logits []int
	for _, t := range g.TestSteps() {
		if g.found.trained != nil || !slices.Contains(g.train, t) { // else training reads it
			taps = append(taps, Tap{i, g.Readout.Reads, t})
			logits = append(logits, t)
		}
	}
	if len(taps) == 0 {
		return nil
	}
	_, why, err := Usable(g, taps, n)
	if err != nil {
		return err
	}
	never := func(step int, reason string) error {
		return wrong([]string{"readout", "test"}, "found step %d, but %s; test steps up to the last trained step, or tie the weights, or see norm.untrained", step, reason)
	}
	for _, t := range taps {
		if reason, ok := why[g.TapName(t)]; ok {
			return never(t.Step, reason)
		}
	}
	// What is left are the norms of the readout's own net, and of what a
	// cumulative answer has read before.
	norms, err := normsOf(g, logits, nil)
	if err != nil {
		return err
	}
	for _, q := range norms {
		if _, ok := n.source(q); !ok {
			return never(q.step, "training never filled the statistics of "+missing(q.place, q.step))
		}
	}
	return nil
}
