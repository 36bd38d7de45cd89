package cortex

import (
	"fmt"
	"slices"
	"sync"

	"ventral/nn"
	"ventral/nn/rewrite"
)

// part is what asks for variables while a cortex is unrolled: the step of a
// node, a signal that a tap reads of it, or the readout's net upon it.
type part struct {
	Node
	signal string // of a tap, "" elsewhere
	net    bool
}

// demands is what the programs that answer ask for, part by part. It is found
// once for a graph, by unrolling every area at every step at which it is
// present.
type demands struct {
	once    sync.Once
	by      map[part]demand
	answers *nn.Program // the logits of every step that can be read, of one image
	err     error
}

// demand is what a part asks for, in order and as often as it does.
type demand struct {
	weights []string // trainable variables by name
	norms   []normDemand
}

// normDemand is a norm that takes running statistics.
type normDemand struct {
	place, affine string
	step          int
	norm          nn.Norm
}

// demandsOf returns what the programs of g ask for.
func demandsOf(g *Graph) (*demands, error) {
	d := &g.found.demands
	d.once.Do(func() { d.err = d.find(g) })
	return d, d.err
}

func (d *demands) find(g *Graph) error {
	norms, err := TrainedNorms(g)
	if err != nil {
		return err
	}
	var taps []Tap
	var logits []int
	for t := range g.Steps {
		for i, area := range g.Areas {
			if !g.Present(i, t) {
				continue
			}
			for _, signal := range g.layout[i].Signals {
				taps = append(taps, Tap{i, signal.Name, t})
			}
			if area.Name == g.Readout.From && (!g.Readout.accumulates() || t >= g.train[0]) {
				logits = append(logits, t)
			}
		}
	}
	d.by = map[part]demand{}
	var now part
	add := func(to func(*demand)) {
		x := d.by[now]
		to(&x)
		d.by[now] = x
	}
	b := nn.NewBuilder()
	b.Plain = g.Plain
	u := g.Unroll(b, Options{Batch: 1, Logits: logits, Taps: taps,
		enter: func(p part) { now = p },
		used:  func(name string) { add(func(x *demand) { x.weights = append(x.weights, name) }) },
		Source: func(place, affine string, step int, norm nn.Norm) nn.Sources {
			add(func(x *demand) { x.norms = append(x.norms, normDemand{place, affine, step, norm}) })
			return nn.Sources{Statistics: step, Affine: norms.affine(affine, step)}
		},
	})
	for _, t := range logits {
		b.Output(LogitsName(t), u.Logits[t])
	}
	for k, t := range taps {
		b.Output(g.TapName(t), u.Taps[k])
	}
	p, err := b.Program()
	if err != nil {
		return err
	}
	// A drive that its target does not read asks for weights in vain.
	read := map[string]bool{}
	for _, v := range rewrite.Prune(p, nil).Vars {
		read[v.Name] = true
	}
	for at, x := range d.by {
		x.weights = slices.DeleteFunc(x.weights, func(name string) bool { return !read[name] })
		d.by[at] = x
	}
	p.Outputs = p.Outputs[:len(logits)]
	d.answers = rewrite.Prune(p, nil)
	return nil
}

// MultiplyAdds returns the multiply-adds of the answers to one image at some
// steps, of what they have in common once.
func MultiplyAdds(g *Graph, logits []int) (int64, error) {
	d, err := demandsOf(g)
	if err != nil {
		return 0, err
	}
	p := *d.answers
	p.Outputs = nil
	for _, t := range logits {
		i := slices.IndexFunc(d.answers.Outputs, func(o nn.Port) bool { return o.Name == LogitsName(t) })
		if i < 0 {
			return 0, fmt.Errorf("%s@%d is read before it exists", g.Readout.From, t)
		}
		p.Outputs = append(p.Outputs, d.answers.Outputs[i])
	}
	return rewrite.Prune(&p, nil).MultiplyAdds(), nil
}

// partsOf returns the parts of the program that gives logits and taps, in its
// order: nodes, the nets of the readout by step, taps.
func partsOf(g *Graph, logits []int, taps []Tap) []part {
	read := g.readouts(logits)
	slices.SortFunc(read, func(a, b Node) int { return a.Step - b.Step })
	ends := slices.Clone(read)
	for _, t := range taps {
		ends = append(ends, Node{t.Area, t.Step})
	}
	live := g.Live(ends)
	var parts []part
	for t := range g.Steps {
		for _, i := range g.order[t] {
			if live[t][i] {
				parts = append(parts, part{Node: Node{i, t}})
			}
		}
	}
	for _, n := range read {
		if live[n.Step][n.Area] {
			parts = append(parts, part{Node: n, net: true})
		}
	}
	for _, t := range taps {
		parts = append(parts, part{Node: Node{t.Area, t.Step}, signal: t.Signal})
	}
	return parts
}

// normsOf returns the norms of the program that gives logits and taps, in its
// order, each place and step once.
func normsOf(g *Graph, logits []int, taps []Tap) ([]normDemand, error) {
	d, err := demandsOf(g)
	if err != nil {
		return nil, err
	}
	var list []normDemand
	seen := map[string]bool{}
	for _, p := range partsOf(g, logits, taps) {
		for _, q := range d.by[p].norms {
			if at := key(q.place, q.step); !seen[at] {
				seen[at] = true
				list = append(list, q)
			}
		}
	}
	return list, nil
}
