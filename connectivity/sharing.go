package connectivity

import (
	"fmt"
	"strings"

	"ventral/nn"
)

// Sharing says which transitions have their weights in common: the sets S of
// Liao and Poggio (2016). Weights are shared exactly where names are equal, so
// it is a function from a transition, a connection and the slice at which its
// signal arrives, to names.
type Sharing struct {
	// Time is "tied", "untied", or "tied ..k": tied up to slice k, untied beyond.
	Time string
	// Between is "none", or "shape": all kernels of one shape are one variable,
	// over all connections and members, with one bias for each number of channels.
	Between string
	// Sets tie the weights of connections, each set by the name that its
	// variables get. A convolution and a transposed convolution in one set are
	// adjoints of each other: they have one kernel, and each its own bias, since
	// their targets differ. So are a BRC and a BRD, the first member of one with
	// the last of the other.
	Sets []Set
}

// Set is a named sharing set.
type Set struct {
	Name    string
	Members []Selector
}

// tiedUntil returns the last slice up to which weights are tied over time.
func (s Sharing) tiedUntil() (int, error) {
	switch {
	case s.Time == "tied" || s.Time == "":
		return 1 << 30, nil
	case s.Time == "untied":
		return -1, nil
	case strings.HasPrefix(s.Time, "tied ..") || strings.HasPrefix(s.Time, "tied 0.."):
		w, err := ParseWindow(strings.TrimPrefix(s.Time, "tied "))
		if err == nil && !w.Open {
			return w.To, nil
		}
	}
	return 0, fmt.Errorf("found %q, want \"tied\", \"untied\", or \"tied ..k\" with the last slice that shares", s.Time)
}

// CheckTime reports a Time that cannot be read.
func (s Sharing) CheckTime() error {
	_, err := s.tiedUntil()
	return err
}

// Check reports sets that select nothing or overlap.
func (s Sharing) Check(connections []Connection) error {
	type use struct {
		set    int
		window Window
	}
	used := map[string][]use{}
	for i, set := range s.Sets {
		for _, m := range set.Members {
			any := false
			for j := range connections {
				c := &connections[j]
				if !m.Selects(c) {
					continue
				}
				if !m.Window.Meets(c.Window) {
					continue
				}
				any = true
				for _, u := range used[c.Name] {
					// Three windows that meet in pairs have a slice in common.
					if u.set != i && u.window.Meets(m.Window) && u.window.Meets(c.Window) {
						return fmt.Errorf("set %q: %q is in set %q too at some slice; want windows that do not overlap", set.Name, c.Name, s.Sets[u.set].Name)
					}
				}
				used[c.Name] = append(used[c.Name], use{i, m.Window})
			}
			if !any {
				return fmt.Errorf("set %q: %q selects no connection", set.Name, m.Text)
			}
		}
	}
	return nil
}

// Set returns the label of the weights of a transition: that of its named set,
// or the connection's own, with the slice where weights are untied.
func (s Sharing) Set(c *Connection, slice int) string {
	return s.base(c, slice) + s.Slice(slice)
}

func (s Sharing) base(c *Connection, slice int) string {
	for _, set := range s.Sets {
		for _, m := range set.Members {
			if m.Window.Has(slice) && m.Selects(c) {
				return set.Name
			}
		}
	}
	return c.Name
}

// Slice returns what untying over time adds to a name at a slice: "" where tied.
func (s Sharing) Slice(slice int) string {
	if until, err := s.tiedUntil(); err != nil || slice <= until {
		return ""
	}
	return fmt.Sprintf("@%d", slice)
}

// adjoint is a transform of transposed convolutions. In a named set each of its
// weights is called as in the transform it is the adjoint of; its biases have
// names of their own.
type adjoint interface {
	adjoint(local string) string
}

// Names returns the names of a transition's weights from their local names and
// shapes, for nn.Scope. A bias follows its kernel.
func (s Sharing) Names(c *Connection, slice int) func(local string, shape nn.Shape) string {
	label := s.Set(c, slice)
	if s.Between != "shape" {
		t, transposed := c.Transform.(adjoint)
		if transposed && s.base(c, slice) != c.Name {
			return func(local string, _ nn.Shape) string { return label + "/" + t.adjoint(local) }
		}
		return func(local string, _ nn.Shape) string { return label + "/" + local }
	}
	kernels := map[string]string{}
	return func(local string, shape nn.Shape) string {
		member := local[:strings.LastIndex(local, "/")+1]
		if shape.Rank() == 4 {
			kernels[member] = fmt.Sprintf("shape %dx%dx%dx%d%s", shape[0], shape[1], shape[2], shape[3], s.Slice(slice))
			return kernels[member] + "/kernel"
		}
		name := kernels[member] + "/" + strings.TrimPrefix(local, member)
		return fmt.Sprintf("%s %d", name, shape[0])
	}
}
