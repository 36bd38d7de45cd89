package connectivity

import (
	"fmt"
	"strings"

	"ventral/nn"
)

// Sharing says which transitions have their weights in common: the sets S of
// Liao and Poggio (2016). Weights are shared exactly where names are equal, so
// it is a function from a transition, a connection and the step at which its
// signal arrives, to names.
type Sharing struct {
	// Time holds for connections that have no rule of their own, and for the
	// biases of areas.
	Time Tying
	// Between is "none", or "shape": all kernels of one shape are one variable,
	// over all connections and members, with one bias for each number of channels.
	Between string
	// Sets tie the weights of connections, each set by the name that its
	// variables get. A convolution and a transposed convolution in one set are
	// adjoints of each other: they have one kernel, and each its own bias, since
	// their targets differ. So are a BRC and a BRD, the first member of one with
	// the last of the other. A BRC of one member ties as a convolution does.
	Sets []Set
}

// Set is a named sharing set.
type Set struct {
	Name    string
	Members []Selector
}

// Over returns how the weights of c are tied over time.
func (s Sharing) Over(c *Connection) Tying {
	if c.Time != "" {
		return c.Time
	}
	return s.Time
}

// Set returns the label of the weights of a transition: that of its named set,
// or the connection's own, with the step where weights are untied.
func (s Sharing) Set(c *Connection, step int) string {
	return s.base(c, step) + s.Over(c).Step(step)
}

func (s Sharing) base(c *Connection, step int) string {
	for _, set := range s.Sets {
		for _, m := range set.Members {
			if m.Window.Has(step) && m.Selects(c) {
				return set.Name
			}
		}
	}
	return c.Name
}

// member is a transform whose weights have other names in a set than alone.
type member interface {
	// shared returns the name in a set of a weight by its local name: that of
	// the weight it is tied to in a plain convolution, or in the transform whose
	// adjoint it is.
	shared(local string) string
}

// inSet returns the name of a weight of t in a named set.
func inSet(t Transform, local string) string {
	if m, ok := t.(member); ok {
		return m.shared(local)
	}
	return local
}

// Names returns the names of a transition's weights for one of the ports that it
// drives, from their local names and shapes, for nn.Scope. A bias follows its
// kernel.
func (s Sharing) Names(c *Connection, port string, step int) func(local string, shape nn.Shape) string {
	label := s.Set(c, step) + "/" + c.within(port)
	switch {
	case s.Between != "shape" && s.base(c, step) != c.Name:
		return func(local string, _ nn.Shape) string { return label + inSet(c.Transform, local) }
	case s.Between != "shape":
		return func(local string, _ nn.Shape) string { return label + local }
	}
	kernels := map[string]string{}
	return func(local string, shape nn.Shape) string {
		member := local[:strings.LastIndex(local, "/")+1]
		if shape.Rank() == 4 {
			kernels[member] = fmt.Sprintf("shape %dx%dx%dx%d%s", shape[0], shape[1], shape[2], shape[3], s.Over(c).Step(step))
			return kernels[member] + "/kernel"
		}
		name := kernels[member] + "/" + strings.TrimPrefix(local, member)
		return fmt.Sprintf("%s %d", name, shape[0])
	}
}
