package cortex

import (
	"ventral/connectivity"
	"ventral/nn"
)

// preNet is the net between the image and area i.
func (g *Graph) preNet(i int) net {
	name := "input"
	if len(g.Input.To) > 1 {
		name = "input->" + g.Areas[i].Name
	}
	return net{name: name, layers: g.Input.Net, target: g.Areas[i].Shape, lastBias: g.layout[i].Bias != "area"}
}

// postNet is the net from the readout area to the logits.
func (g *Graph) postNet() net {
	i := g.index[g.Readout.From]
	n := net{name: "readout", layers: g.Readout.Net, target: [3]int{1, 1, g.Classes}, lastBias: true}
	if read, _ := g.layout[i].Signal(g.Readout.Reads); read.State != "" {
		switch n.layers[0].Kind {
		case "batch", "batch_affine", "norm":
			n.first = statePlace(g, i, read.State, n.layers[0].Norm.SameStatistics)
		}
	}
	return n
}

// normOfState returns the norm that connection c applies directly to a state of
// its source, and which state that is.
func normOfState(g *Graph, c *connectivity.Connection) (n nn.Norm, state string, ok bool) {
	t, ok := c.Transform.(interface{ FirstNorm() nn.Norm })
	read, _ := g.layout[g.index[c.From]].Signal(c.Signal())
	if !ok || read.State == "" {
		return n, "", false
	}
	return t.FirstNorm(), read.State, true
}

// statePlace returns the place of a norm that stands directly on a state of area
// i, so that all who normalise it alike do it once: that of the area's signal
// that does, or else of the first connection that does; "" where none does.
func statePlace(g *Graph, i int, state string, alike func(nn.Norm) bool) string {
	for _, s := range g.layout[i].Signals {
		if s.Normalises == state && alike(s.Norm) {
			return signalPlace(g, i, s.Name)
		}
	}
	for j := range g.Matrix.Connections {
		c := &g.Matrix.Connections[j]
		if n, of, ok := normOfState(g, c); ok && of == state && c.From == g.Areas[i].Name && alike(n) {
			return c.Name + "/1"
		}
	}
	return ""
}

// signalPlace returns the norm place of a signal of area i: the area's name for
// the first signal with a norm, that of the signal within it for the others.
func signalPlace(g *Graph, i int, signal string) string {
	for _, s := range g.layout[i].Signals {
		if s.Name == signal {
			break
		}
		if s.Norm != (nn.Norm{}) {
			return g.Areas[i].Name + "/" + signal
		}
	}
	return g.Areas[i].Name
}
