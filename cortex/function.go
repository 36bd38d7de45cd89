package cortex

import (
	"fmt"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/nn"
)

// NewFunction returns what a function of an area is unless an experiment says
// otherwise.
func NewFunction() connectivity.Transform { return &connectivity.Conv{Kernel: 3} }

// functionOf returns the function that an area calls by a name.
func functionOf(g *Graph, a areas.Area, name string) connectivity.Transform {
	if f := g.Functions[a.Name][name]; f != nil {
		return f
	}
	return NewFunction()
}

// caller returns what emits the functions of area i at step t. Weights belong to
// the area and are tied over time as its bias is; each call is a norm place of its
// own.
func (u *unroller) caller(i, t int) func(function string, x nn.Value) nn.Value {
	g, a := u.g, u.g.Areas[i]
	calls := map[string]int{}
	return func(name string, x nn.Value) nn.Value {
		var f areas.Function
		for _, f = range g.layout[i].Functions {
			if f.Name == name {
				break
			}
		}
		if f.Name != name {
			panic(fmt.Sprintf("cortex: kind %s calls function %q, which its layout has not", a.Dynamics.Kind(), name))
		}
		place := a.Name + "/" + name
		if calls[name]++; calls[name] > 1 {
			place += fmt.Sprintf("/call%d", calls[name])
		}
		before := u.b.Tag
		defer func() { u.b.Tag = before }()
		u.b.Tag.Part = name
		s := u.scope(place, t, under(a.Name+g.Matrix.Sharing.Time.Step(t)+"/"+name))
		return functionOf(g, a, name).Build(s,
			connectivity.Source{Value: x, Shape: a.Shape, Place: place + "/1", Step: t},
			connectivity.Target{Shape: a.Shape, Bias: f.Bias})
	}
}
