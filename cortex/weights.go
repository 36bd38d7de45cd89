package cortex

import (
	"slices"
	"sort"
	"sync"

	"ventral/nn"
	"ventral/nn/rewrite"
)

// Weight is a variable of a cortex.
type Weight struct {
	Name      string
	Shape     nn.Shape
	Count     int // numbers it holds
	Trainable bool
	Init      string
	Uses      []string // the transitions that use it, as "V1@3/V2->V1"; one entry a use
	Set       string   // what it belongs to: a connection, sharing set, net or norm
}

// Weights returns the variables that training at the graph's trained steps uses,
// trainable ones first, in the order of use. Variables that cannot reach the loss are
// not listed.
func Weights(g *Graph) ([]Weight, error) {
	l := learns(g)
	if l.unrolled != nil {
		return nil, l.unrolled
	}
	return slices.Clone(l.weights), l.err
}

// learnt is what training at the graph's trained steps fills. It is found
// once for a graph.
type learnt struct {
	once    sync.Once
	weights []Weight
	places  map[string][]int // steps with statistics, by place, rising
	gains   map[string][]int // steps with a gain and shift of their own, by the place of these
	momenta []float64        // of norms, rising, each once

	unrolled, err error // of unrolling, and of the program of its loss
}

func learns(g *Graph) *learnt {
	if g.found.trained != nil {
		return learns(g.found.trained)
	}
	l := &g.found.learnt
	l.once.Do(func() { l.find(g) })
	return l
}

func (l *learnt) find(g *Graph) {
	b := nn.NewBuilder()
	u := g.Unroll(b, Options{Batch: 2, Train: true, Logits: g.train})
	if l.unrolled = b.Err(); l.unrolled != nil {
		return
	}
	l.fills(b, u)
	loss, _ := Loss(g, b, u, 2)
	b.Output("loss", loss)
	u.Stats.Finish(b)
	p, err := b.Program()
	if l.err = err; err != nil {
		return
	}
	p = rewrite.Prune(p, nil)
	for _, v := range p.Vars {
		w := Weight{Name: v.Name, Shape: p.Shapes[v.Value], Count: p.Shapes[v.Value].Len(), Trainable: v.Trainable, Init: v.Init.Kind, Uses: u.Uses[v.Name], Set: setOf(v.Name)}
		if len(w.Uses) == 0 {
			w.Uses = make([]string, 0)
		}
		l.weights = append(l.weights, w)
	}
	sort.SliceStable(l.weights, func(i, j int) bool { return l.weights[i].Trainable && !l.weights[j].Trainable })
}

// setOf returns the part of a variable's name before its local name.
func setOf(name string) string {
	for i := 0; i < len(name); i++ {
		if name[i] == '/' {
			return name[:i]
		}
	}
	return name
}

// Parameters returns the number of trainable numbers in use.
func Parameters(list []Weight) int {
	n := 0
	for _, w := range list {
		if w.Trainable {
			n += w.Count
		}
	}
	return n
}

// Inference returns the program that answers images with running statistics:
// outputs "logits@t" for each step, and "AREA@t/SIGNAL" for each tap that
// exists. A nil source takes every norm's own step.
func Inference(g *Graph, batch int, logits []int, taps []Tap, source func(place, affine string, step int, n nn.Norm) nn.Sources) (*nn.Program, *Unrolled, error) {
	b := nn.NewBuilder()
	b.Plain = g.Plain
	u := g.Unroll(b, Options{Batch: batch, Logits: logits, Taps: taps, Source: source})
	for _, t := range logits {
		b.Output(LogitsName(t), u.Logits[t])
	}
	for i, t := range taps {
		if u.Taps[i] != nn.None && !slices.Contains(taps[:i], t) {
			b.Output(g.TapName(t), u.Taps[i])
		}
	}
	p, err := b.Program()
	if err != nil {
		return nil, nil, err
	}
	return rewrite.Round(rewrite.Prune(p, nil), g.Bits), u, nil
}
