package cortex

import (
	"encoding/binary"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/nn"
)

// Held returns how many bytes of states TrainingProgram keeps at least: so many for
// each image of the batch, and so many once, whatever the batch. It counts
// shapes; no program is made.
//
// When the logits of the last trained step are there, every state that they
// depend on and that a convolution made and another reads is still needed for
// the gradients of the two kernels. If a batch norm is between them, that is the
// state of all images at once, since the norm waits for the batch; else of one
// image at least. States that are equal because the same arrives, such as those
// of an image that does not change in a cortex without loops, are one. With
// Recompute, only the last group of steps counts.
func Held(g *Graph) (batch, once int64) {
	last, from := g.train[len(g.train)-1], 0
	if g.Recompute > 0 {
		from = last / g.Recompute * g.Recompute
	}
	type held struct {
		made, read, waits bool // by a convolution; the latter by a batch norm
		class             int
	}
	nodes := make([][]held, last+1)
	classes := map[string]int{}
	live, waits := g.Live(g.readouts([]int{last})), waiting(g)
	var key []byte
	for t := range nodes {
		nodes[t] = make([]held, len(g.Areas))
		for _, i := range g.order[t] {
			if !live[t][i] {
				continue
			}
			n := &nodes[t][i]
			key = key[:0]
			if g.shown[t] && g.fed(i) {
				key = append(append(key, "image "...), g.preNet(i).name...)
				key = binary.AppendVarint(key, int64(g.Screen.first(t-g.Input.Delay)))
			}
			for _, s := range streams(g, i, t) {
				key = binary.AppendVarint(append(append(key, 2), s.Name...), int64(s.Screen.first(t-s.Delay)))
			}
			for _, j := range g.arriving(i, t) {
				c := &g.Matrix.Connections[j]
				source := &nodes[t-c.Delay][g.index[c.From]]
				key = binary.AppendVarint(append(append(key, 0), kernelNames(g, c, t)+strings.Join(c.Driven(), ",")...), int64(source.class))
				if c.Transform.Kind() != "identity" {
					n.made, source.read = true, true
					source.waits = source.waits || waits[j]
				}
			}
			if t > 0 && g.layout[i].Carries && live[t-1][i] {
				key = binary.AppendVarint(append(key, 1), int64(nodes[t-1][i].class))
			}
			class, ok := classes[string(key)]
			if !ok {
				class = len(classes)
				classes[string(key)] = class
			}
			n.class = class
		}
	}
	counted := map[int]bool{}
	for t := from; t <= last; t++ {
		for i, n := range nodes[t] {
			if !n.made || !n.read || counted[n.class] {
				continue
			}
			counted[n.class] = true
			s := g.Areas[i].Shape
			elements := int64(s[0]) * int64(s[1]) * int64(s[2])
			switch {
			case n.waits:
				batch += 4 * elements
			case g.Bits == 0:
				once += 4 * elements
			default:
				once += 2 * elements // rounded
			}
		}
	}
	return batch, once
}

// kernelNames names the weights of c at step t; equal weights have equal names, and
// others may.
func kernelNames(g *Graph, c *connectivity.Connection, t int) string {
	if g.Matrix.Sharing.Between == "shape" {
		return c.Transform.String()
	}
	return g.Matrix.Sharing.Set(c, t)
}

// waiting reports of every connection whether what it convolves went through a
// batch norm on its source's state.
func waiting(g *Graph) []bool {
	response := make([]bool, len(g.Areas)) // has a batch norm
	for i, a := range g.Areas {
		b := nn.NewBuilder()
		states := make([]nn.Value, len(g.layout[i].States))
		for k := range states {
			states[k] = b.Input(a.Name, a.Image(2), true)
		}
		s := nn.Scope{Builder: b, Place: a.Name, Train: true, Stats: &nn.Statistics{}, Weights: under(a.Name)}.Enter()
		in, made := b.Producer(a.Dynamics.Read(s, states, areas.Response))
		for made && !response[i] {
			_, response[i] = in.Op.(nn.Normalise)
			in, made = b.Producer(in.Args[0])
		}
	}
	out := make([]bool, len(g.Matrix.Connections))
	for j := range out {
		c := &g.Matrix.Connections[j]
		n, _, ok := normOfState(g, c)
		out[j] = ok && n.Kind == "batch" || c.Signal() == areas.Response && response[g.index[c.From]]
	}
	return out
}
