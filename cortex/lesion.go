package cortex

import (
	"fmt"
	"slices"

	"ventral/connectivity"
)

// Lesion scales what connections deliver: gain 0 silences them, as a lesion,
// between 0 and 1 it weakens them, as cooling does, and above 1 it stimulates.
// Weights keep their names, so a lesion acts on a trained cortex; so do norms
// their statistics, unless they are estimated again.
//
// A silenced connection still delivers zeros: its target does not fall silent,
// and a multiplicative one leaves the other drives as they are.
type Lesion struct {
	Connections []connectivity.Selector `toml:"connections" doc:"connections: \"V2->V1\", \"role:feedback\", \"area:IT\", with \"@a..b\" for a window of their own; an identity must be named, or called role:self"`
	Steps       connectivity.Window     `toml:"steps" doc:"time steps at which signals arrive; all by default"`
	Gain        float64                 `toml:"gain" doc:"factor on what arrives; 0 silences"`
}

// Lesion returns g with lesions. Where several meet at a connection and step,
// their gains multiply. A selector that selects nothing is an error, an *Error
// with path ["connections"].
func (g *Graph) Lesion(lesions ...Lesion) (*Graph, error) {
	out := *g
	out.found = &found{trained: g}
	out.lesions = append(append([]Lesion(nil), g.lesions...), lesions...)
	for _, l := range lesions {
		if len(l.Connections) == 0 {
			return nil, wrong([]string{"connections"}, "found no connections, want at least one, such as \"role:feedback\"")
		}
		for _, s := range l.Connections {
			any := false
			for j := range g.Matrix.Connections {
				c := &g.Matrix.Connections[j]
				for t := range g.Steps {
					any = any || l.hits(s, c, t) && c.Window.Has(t)
				}
			}
			if !any {
				return nil, wrong([]string{"connections"}, "%q selects no connection that delivers at steps %s; the experiment has steps 0..%d and the connections %s", s.Text, l.Steps, g.Steps-1, connectionNames(g))
			}
		}
	}
	return &out, nil
}

// TrainedAs returns g with the weights and norm places that training filled in
// another graph: g is shown other images, or runs longer, after that one was
// trained. Areas and connections are alike.
func TrainedAs(g, trained *Graph) *Graph {
	out := *g
	out.found = &found{trained: trained}
	// A window such as "3.." reaches further in a graph of more steps; training did not.
	out.train = slices.DeleteFunc(slices.Clone(trained.train), func(t int) bool { return t >= g.Steps })
	return &out
}

// hits reports whether selector s of l acts on connection c at step t.
func (l Lesion) hits(s connectivity.Selector, c *connectivity.Connection, t int) bool {
	if c.Role == connectivity.Self && s.Area != "" {
		return false
	}
	return s.Selects(c) && s.Window.Has(t) && l.Steps.Has(t)
}

// gain returns the factor on what connection c delivers at step t.
func (g *Graph) gain(c *connectivity.Connection, t int) float64 {
	gain := c.Gain
	for _, l := range g.lesions {
		for _, s := range l.Connections {
			if l.hits(s, c, t) {
				gain *= l.Gain
				break
			}
		}
	}
	return gain
}

func connectionNames(g *Graph) string {
	text := ""
	for i, c := range g.Matrix.Connections {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", c.Name)
	}
	return text
}
