package cortex_test

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
)

// A second implementation of time, to compare with: areas of one unit, where a
// convolution is the middle of its kernel, evaluated by asking for states and
// letting them ask for what they need. It shares no code with the unrolling.

// scalar is a cortex of one-unit areas without norms, whose every nonlinearity
// is softplus.
type scalar struct {
	g      *cortex.Graph
	weight func(name string) float64
	image  float64
	// gain, where it is not nil, replaces the gain of a connection at a step.
	gain func(connection, step int, gain float64) float64
	// changed, where it is not nil, is what becomes of a delivery, and heard of a signal.
	changed func(connection, step int, y float64) float64
	heard   func(area, step int, signal string, x float64) float64
	known   map[[2]int]*float64
}

func newScalar(g *cortex.Graph, weight func(string) float64, image float64) *scalar {
	return &scalar{g: g, weight: weight, image: image, known: map[[2]int]*float64{}}
}

// step is what untying adds to a name at a step, by the rule of a connection or
// that of all.
func (s *scalar) step(own connectivity.Tying, t int) string {
	if own == "" {
		own = s.g.Matrix.Sharing.Time
	}
	switch own {
	case "untied":
		return fmt.Sprintf("@%d", t)
	case "tied ..2":
		if t > 2 {
			return fmt.Sprintf("@%d", t)
		}
	}
	return ""
}

// delivers reports whether step t lies in a connection's window.
func delivers(c connectivity.Connection, t int) bool {
	for _, w := range c.Window.Ranges() {
		if t >= w.From && (w.Open || t <= w.To) {
			return true
		}
	}
	return false
}

func (s *scalar) area(name string) int {
	for i, a := range s.g.Areas {
		if a.Name == name {
			return i
		}
	}
	panic(name)
}

func softplus(x float64) float64 { return math.Log1p(math.Exp(-math.Abs(x))) + max(x, 0) }

// shown returns what is on the screen at step t, nil where nothing is: the image at
// the steps of the input, or where it has none, frames of a screen times their gains.
func (s *scalar) shown(t int) *float64 {
	if s.g.Input.Steps.Parts != nil {
		for _, step := range strings.Split(s.g.Input.Steps.String(), ",") {
			if fmt.Sprint(t) == step {
				return &s.image
			}
		}
		return nil
	}
	if t < 0 || t >= len(s.g.Screen.Steps) || len(s.g.Screen.Steps[t]) == 0 {
		return nil
	}
	x := 0.0
	for _, p := range s.g.Screen.Steps[t] {
		x += p.Gain * frameOf(s.image, p.Frame)
	}
	return &x
}

// frameOf is the value of a frame where that of the first is x.
func frameOf(x float64, frame int) float64 { return x * (1 + float64(frame)/2) }

// state returns the state of area i at step t, nil where it is silent.
func (s *scalar) state(i, t int) *float64 {
	if t < 0 {
		return nil
	}
	if v, ok := s.known[[2]int{i, t}]; ok {
		return v
	}
	a := s.g.Areas[i]
	additive, sum, factor := 0, 0.0, 1.0
	if x := s.shown(t - s.g.Input.Delay); x != nil && slices.Contains(s.g.Input.To, a.Name) {
		net := "input"
		if len(s.g.Input.To) > 1 {
			net += "->" + a.Name
		}
		additive++
		sum += s.weight(net+"/conv/kernel")**x + s.weight(net+"/conv/bias")
	}
	for j, c := range s.g.Matrix.Connections {
		if c.To != a.Name || !delivers(c, t) {
			continue
		}
		y := s.delivery(j, t)
		if y == nil {
			continue
		}
		if c.Merge == "multiply" {
			factor *= 1 + *y
		} else {
			additive++
			sum += *y
		}
	}
	bias := s.weight(a.Name + s.step("", t) + "/bias")
	var out *float64
	switch d := a.Dynamics.(type) {
	case *areas.Sum:
		if additive > 0 || d.Silent == "zero" {
			z := (bias + sum) * factor
			out = &z
		}
	case *areas.Rate:
		before := s.state(i, t-1)
		if additive > 0 || d.Silent == "zero" || before != nil {
			u := d.Leak * (bias + sum) * factor
			if before != nil {
				u += (1 - d.Leak) * *before
			}
			out = &u
		}
	}
	s.known[[2]int{i, t}] = out
	return out
}

// delivery returns what connection j delivers at step t, nil where its source is silent.
func (s *scalar) delivery(j, t int) *float64 {
	c := s.g.Matrix.Connections[j]
	from := s.area(c.From)
	if s.state(from, t-c.Delay) == nil {
		return nil
	}
	identity := c.Transform.Kind() == "identity"
	signal := "state"
	if c.Reads == "response" || c.Reads == "" && !identity {
		signal = "response"
	}
	y := s.signal(from, t-c.Delay, signal)
	if !identity {
		set := c.Name + s.step(c.Time, t)
		y = s.weight(set+"/kernel")*y + s.weight(set+"/bias")
	}
	gain := c.Gain
	if s.gain != nil {
		gain = s.gain(j, t, gain)
	}
	if y *= gain; s.changed != nil {
		y = s.changed(j, t, y)
	}
	return &y
}

// signal returns what is read of area i at step t, at which it is present.
func (s *scalar) signal(i, t int, signal string) float64 {
	x := *s.state(i, t)
	if signal == "response" {
		x = softplus(x)
	}
	if s.heard != nil {
		x = s.heard(i, t, signal, x)
	}
	return x
}

// value gives every weight a number from its name: none is zero, and each
// element of a kernel but the middle is out of reach of a single pixel.
func value(name string) float64 {
	h := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return 0.2 + 0.6*float64(h>>40)/float64(1<<24)
}

// simulate returns the simulation with the weights that value gives, where g
// has them: a bias that the rules leave out is zero.
func simulate(g *cortex.Graph, image float64) *scalar {
	biased := map[string]bool{}
	for _, a := range g.Areas {
		biased[a.Name] = a.Dynamics.Layout().Bias == "area"
	}
	return newScalar(g, func(name string) float64 {
		set, local, _ := strings.Cut(name, "/")
		set, _, _ = strings.Cut(set, "@")
		if local == "bias" {
			if own, ok := biased[set]; ok && !own {
				return 0
			}
			for _, c := range g.Matrix.Connections {
				if c.Name == set && c.Bias != "present" && biased[c.To] {
					return 0
				}
			}
		}
		return value(name)
	}, image)
}
