package cortex

import (
	"ventral/areas"
	"ventral/connectivity"
	"ventral/nn"
)

// ControlPrefix begins the names of the kernels that connections of a control have in
// place of their own.
const ControlPrefix = "control/"

// Control returns g in which connections that use picks, at the steps that it picks, have
// kernels of their own: variables whose names begin with ControlPrefix. So some of their
// weights can be removed there, and there alone.
func Control(g *Graph, use func(c *connectivity.Connection, t int) bool) *Graph {
	out := *g
	out.control, out.found = use, &found{trained: g}
	return &out
}

// controlled wraps the names of kernels of connection c at step t.
func (u *unroller) controlled(c *connectivity.Connection, t int, names func(string, nn.Shape) string) func(string, nn.Shape) string {
	if u.g.control == nil || u.uncontrolled || !u.g.control(c, t) {
		return names
	}
	return func(local string, s nn.Shape) string {
		name := names(local, s)
		if s.Rank() != 4 {
			return name
		}
		if _, ok := u.out.Controls[ControlPrefix+name]; !ok {
			u.out.Controls[ControlPrefix+name] = u.g.index[c.To]
		}
		return ControlPrefix + name
	}
}

// Removal emits, of a control, the cortex as it is, and what its kernels deliver less
// than those of the cortex: at every node that the control acts on, the sum over
// connections that add. With no weights removed it is zero.
func Removal(g *Graph, b *nn.Builder, o Options) (*Unrolled, map[Node]nn.Value) {
	removed := map[Node][]nn.Value{}
	o.shadow = func(n Node, own, other nn.Value) {
		removed[n] = append(removed[n], own, b.One(nn.Linear{A: -1}, other))
	}
	u := g.Unroll(b, o)
	sums := map[Node]nn.Value{}
	for n, list := range removed {
		sums[n] = b.Sum(list...)
	}
	return u, sums
}

// shadow tells a listener what connection c delivers at step t, and what it does with the
// kernels of the control.
func (u *unroller) shadow(c *connectivity.Connection, port string, t int, own nn.Value) {
	if u.o.shadow == nil || port != areas.Drive || u.g.control == nil || !u.g.control(c, t) {
		return
	}
	u.uncontrolled = false
	other := u.transition(c, port, t)
	u.uncontrolled = true
	u.o.shadow(Node{u.g.index[c.To], t}, own, other)
}
