package cortex

import (
	"ventral/areas"
	"ventral/connectivity"
	"ventral/nn"
)

// preNet is the net between the image and area i.
func (g *Graph) preNet(i int) net {
	name := "input"
	if len(g.Input.To) > 1 {
		name = "input->" + g.Areas[i].Name
	}
	return net{name: name, layers: g.Input.Net, target: g.Areas[i].Shape, lastBias: g.Areas[i].Dynamics.Bias() != "area"}
}

// postNet is the net from the readout area to the logits.
func (g *Graph) postNet() net {
	a := g.Areas[g.index[g.Readout.From]]
	n := net{name: "readout", layers: g.Readout.Net, target: [3]int{1, 1, g.Classes}, lastBias: true}
	if g.Readout.Reads == areas.State || g.Readout.Reads == areas.Preactivation {
		switch n.layers[0].Kind {
		case "batch", "batch_affine", "norm":
			n.first = statePlace(g, g.index[a.Name], n.layers[0].Norm.SameStatistics)
		}
	}
	return n
}

// normOfState returns the norm that connection c applies directly to the state
// of its source.
func normOfState(c *connectivity.Connection) (n nn.Norm, ok bool) {
	t, ok := c.Transform.(interface{ FirstNorm() nn.Norm })
	if !ok || c.Signal() != areas.State && c.Signal() != areas.Preactivation {
		return n, false
	}
	return t.FirstNorm(), true
}

// statePlace returns the place of a norm that stands directly on the state of
// area i, so that all who normalise it alike do it once: that of the area where
// its response does, or else of the first connection that does; "" where none
// does.
func statePlace(g *Graph, i int, alike func(nn.Norm) bool) string {
	if n, ok := g.Areas[i].Dynamics.StateNorm(); ok && alike(n) {
		return g.Areas[i].Name
	}
	for j := range g.Matrix.Connections {
		c := &g.Matrix.Connections[j]
		if n, ok := normOfState(c); ok && c.From == g.Areas[i].Name && alike(n) {
			return c.Name + "/1"
		}
	}
	return ""
}
