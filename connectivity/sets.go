package connectivity

import (
	"fmt"
	"slices"
	"strings"

	"ventral/nn"
)

// Check reports a rule over time that cannot be read, and sets that select
// nothing, overlap, or have members whose weights cannot be one: those that are
// tied differently over time or whose kernels differ in number or shape. Shape
// returns height, width and channels of an area.
func (s Sharing) Check(connections []Connection, shape func(area string) [3]int) error {
	if err := s.Time.Check(); err != nil {
		return err
	}
	type use struct {
		set    int
		window Window
	}
	used := map[string][]use{}
	for i, set := range s.Sets {
		var first *Connection
		for _, m := range set.Members {
			any := false
			for j := range connections {
				c := &connections[j]
				in, ok := m.Window.And(c.Window)
				if !ok || !m.Selects(c) {
					continue
				}
				if m.Name != c.Name && len(kernelsOf(c, shape)) == 0 {
					continue // a role, an area or a pair has identities among its connections
				}
				any = true
				for _, u := range used[c.Name] {
					if u.set != i && u.window.Meets(in) {
						return fmt.Errorf("set %q: %q is in set %q too at some step; want windows that do not overlap", set.Name, c.Name, s.Sets[u.set].Name)
					}
				}
				used[c.Name] = append(used[c.Name], use{i, in})
				if first == nil {
					first = c
				}
				if err := s.together(first, c, shape); err != nil {
					return fmt.Errorf("set %q: %w", set.Name, err)
				}
			}
			if !any {
				return fmt.Errorf("set %q: %q selects no connection", set.Name, m.Text)
			}
		}
	}
	return nil
}

// together reports why the weights of two connections cannot be one.
func (s Sharing) together(a, b *Connection, shape func(area string) [3]int) error {
	if a == b {
		return nil
	}
	if x, y := s.Over(a), s.Over(b); !sameUntil(x, y) {
		return fmt.Errorf("%q is %s over time and %q %s; want one rule for all members", a.Name, orTied(x), b.Name, orTied(y))
	}
	x, y := kernelsOf(a, shape), kernelsOf(b, shape)
	if len(x) == 0 || len(y) == 0 {
		return fmt.Errorf("%q (%s) and %q (%s): one has no weights; want members with kernels of one shape", a.Name, a.Transform, b.Name, b.Transform)
	}
	if !slices.Equal(x, y) {
		return fmt.Errorf("%q (%s) has kernels %s, %q (%s) has %s (height × width × source × target channels, those of a transposed convolution as of its adjoint); want members with equally many kernels of one shape",
			a.Name, a.Transform, listed(x), b.Name, b.Transform, listed(y))
	}
	return nil
}

func sameUntil(x, y Tying) bool {
	i, _ := x.until()
	j, _ := y.until()
	return i == j
}

func orTied(t Tying) Tying {
	if t == "" {
		return "tied"
	}
	return t
}

// kernel is a weight of a connection by its name in a set.
type kernel struct {
	name  string
	shape nn.Shape
}

// kernelsOf returns the kernels of a connection, in the order of their names in a
// set. It builds the transform aside, so that no list of them has to be kept.
func kernelsOf(c *Connection, shape func(area string) [3]int) []kernel {
	from, to := shape(c.From), shape(c.To)
	var list []kernel
	for _, port := range c.Driven() {
		b := nn.NewBuilder()
		scope := nn.Scope{Builder: b, Place: c.Name, Train: true, Stats: &nn.Statistics{}, Weights: func(local string, s nn.Shape) string {
			if s.Rank() == 4 {
				list = append(list, kernel{c.within(port) + inSet(c.Transform, local), s})
			}
			return local
		}}
		x := b.Input("x", nn.Shape{1, from[0], from[1], from[2]}, true)
		c.Transform.Build(scope.Enter(), Source{Value: x, Shape: from, Place: c.Name + "/1"}, Target{Shape: to})
	}
	slices.SortFunc(list, func(a, b kernel) int { return strings.Compare(a.name, b.name) })
	return list
}

func listed(list []kernel) string {
	var parts []string
	for _, k := range list {
		member, _, ok := strings.Cut(k.name, "/")
		if ok {
			member += ": "
		} else {
			member = ""
		}
		parts = append(parts, fmt.Sprintf("%s%d×%d×%d×%d", member, k.shape[0], k.shape[1], k.shape[2], k.shape[3]))
	}
	return strings.Join(parts, " and ")
}
