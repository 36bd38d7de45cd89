package cortex

import (
	"strings"

	"ventral/areas"
	"ventral/connectivity"
)

// checkImage reports images and classes that no data set can have.
func checkImage(g *Graph) error {
	for _, n := range g.Image {
		if n < 1 {
			return wrong([]string{"stimuli"}, "found images of %d×%d×%d (height, width, channels), want 1 or more of each", g.Image[0], g.Image[1], g.Image[2])
		}
	}
	if g.Classes < 1 {
		return wrong([]string{"stimuli"}, "found %d classes, want 1 or more", g.Classes)
	}
	return nil
}

func checkAreas(g *Graph) error {
	if g.Steps < 1 {
		return wrong([]string{"steps"}, "found %d, want 1 or more", g.Steps)
	}
	if len(g.Areas) == 0 {
		return wrong([]string{"areas"}, "found no areas, want at least one")
	}
	for i, a := range g.Areas {
		if j, ok := g.index[a.Name]; ok {
			return wrong([]string{"areas"}, "found %q at places %d and %d, want each area once", a.Name, j+1, i+1)
		}
		g.index[a.Name] = i
		for _, n := range a.Shape {
			if n < 1 || n > 1<<16 {
				return wrong([]string{"area", a.Name, "shape"}, "found %v, want [height, width, channels], each 1 or more", a.Shape)
			}
		}
		if err := a.Dynamics.Check(); err != nil {
			return wrong([]string{"area", a.Name}, "%w", err)
		}
		g.layout = append(g.layout, a.Dynamics.Layout())
		for _, f := range g.layout[i].Functions {
			if err := functionOf(g, a, f.Name).Check(a.Shape, a.Shape); err != nil {
				return wrong([]string{"area", a.Name, f.Name}, "%w", err)
			}
		}
	}
	return nil
}

// areaNames returns the names of the areas, for messages.
func areaNames(g *Graph) string {
	names := make([]string, len(g.Areas))
	for i, a := range g.Areas {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}

func checkConnections(g *Graph) error {
	seen := map[string]bool{}
	for i := range g.Matrix.Connections {
		c := &g.Matrix.Connections[i]
		at := func(key ...string) []string { return append([]string{"connection", c.Name}, key...) }
		if seen[c.Name] {
			return wrong(at(), "found %q twice, want a name of its own for each, such as %q", c.Name, c.Name+" late")
		}
		seen[c.Name] = true
		from, okFrom := g.index[c.From]
		to, okTo := g.index[c.To]
		for _, end := range []struct {
			name string
			ok   bool
		}{{c.From, okFrom}, {c.To, okTo}} {
			if !end.ok {
				return wrong(at(), "no area is called %q; areas: %s", end.name, areaNames(g))
			}
		}
		if c.Delay < 0 {
			return wrong(at("delay"), "found %d, want 0 or more", c.Delay)
		}
		if err := c.Time.Check(); err != nil {
			return wrong(at("time"), "%w", err)
		}
		if _, _, ok := c.Window.Cut(g.Steps); !ok {
			return wrong(at("window"), "found %q, the experiment has steps 0..%d (steps = %d)", c.Window, g.Steps-1, g.Steps)
		}
		src, dst := g.Areas[from], g.Areas[to]
		if err := c.Transform.Check(src.Shape, dst.Shape); err != nil {
			return wrong(at(), "%s from %s to %s: %w", c.Transform.Kind(), c.From, c.To, err)
		}
		if _, ok := g.layout[from].Signal(c.Signal()); !ok {
			return wrong(at("state"), "found %q, area %s of kind %s offers %s", c.Signal(), c.From, src.Dynamics.Kind(), strings.Join(g.layout[from].SignalNames(), ", "))
		}
		if err := checkPorts(c, dst, g.layout[to]); err != nil {
			return err
		}
	}
	if err := g.Matrix.Sharing.Time.Check(); err != nil {
		return wrong([]string{"sharing", "time"}, "%w", err)
	}
	if err := g.Matrix.Sharing.Check(g.Matrix.Connections, g.shape); err != nil {
		return wrong([]string{"sharing", "between"}, "%w", err)
	}
	return nil
}

// checkPorts reports ports of connection c that area to has not.
func checkPorts(c *connectivity.Connection, to areas.Area, l areas.Layout) error {
	key := []string{"connection", c.Name, "ports"}
	if len(c.Ports) > 0 && c.Merge == "multiply" {
		return wrong(key, "found %q beside merge = \"multiply\", which is short for ports = [\"gain\"]; want one of the two", c.Ports)
	}
	for i, port := range c.Driven() {
		if len(c.Ports) == 0 {
			key[2] = "merge"
		}
		if _, ok := l.Port(port); !ok {
			return wrong(key, "found port %q, area %s of kind %s has %s", port, to.Name, to.Dynamics.Kind(), strings.Join(l.PortNames(), ", "))
		}
		if has(c.Ports[:min(i, len(c.Ports))], port) {
			return wrong(key, "found port %q twice, want each once", port)
		}
	}
	return nil
}

func has(words []string, w string) bool {
	for _, x := range words {
		if x == w {
			return true
		}
	}
	return false
}

func checkInput(g *Graph) error {
	if len(g.Input.To) == 0 {
		return wrong([]string{"input", "to"}, "found no area, want at least one of %s", areaNames(g))
	}
	for _, to := range g.Input.To {
		i, ok := g.index[to]
		if !ok {
			return wrong([]string{"input", "to"}, "no area is called %q; areas: %s", to, areaNames(g))
		}
		if err := g.preNet(i).check(g.Image); err != nil {
			return wrong([]string{"input", "net"}, "from the image %d×%d×%d to area %s %d×%d×%d: %w",
				g.Image[0], g.Image[1], g.Image[2], to, g.Areas[i].Shape[0], g.Areas[i].Shape[1], g.Areas[i].Shape[2], err)
		}
	}
	return nil
}

func checkReadout(g *Graph) (err error) {
	r := &g.Readout
	i, ok := g.index[r.From]
	if !ok {
		return wrong([]string{"readout", "from"}, "no area is called %q; areas: %s", r.From, areaNames(g))
	}
	a := g.Areas[i]
	if r.Reads == "" {
		r.Reads = g.layout[i].Readout
	}
	if _, ok := g.layout[i].Signal(r.Reads); !ok {
		return wrong([]string{"readout", "state"}, "found %q, area %s of kind %s offers %s", r.Reads, a.Name, a.Dynamics.Kind(), strings.Join(g.layout[i].SignalNames(), ", "))
	}
	if r.Loss != "softmax" && r.Loss != "sigmoid" {
		return wrong([]string{"readout", "loss"}, "found %q, want softmax or sigmoid", r.Loss)
	}
	if g.train, err = r.Train.List(g.Steps); err != nil {
		return wrong([]string{"readout", "train"}, "%w", err)
	}
	if g.test, err = r.Test.List(g.Steps); err != nil {
		return wrong([]string{"readout", "test"}, "%w", err)
	}
	if r.Test.Any {
		return wrong([]string{"readout", "test"}, "found %q, every step that is tested is tested on all images", r.Test)
	}
	if len(g.train) == 0 {
		return wrong([]string{"readout", "train"}, "found no steps, want at least one")
	}
	if n := len(r.Weights); n != 0 && n != len(g.train) {
		return wrong([]string{"readout", "weights"}, "found %d weights for the %d steps of train = %q", n, len(g.train), r.Train)
	}
	all := g.train
	if g.train, g.weight = judged(g, g.train, r.Weights); len(g.train) == 0 {
		return wrong([]string{"readout", "train"}, "found %q, but no label is right at any of these steps: nothing that has one is shown then", r.Train)
	}
	if r.Train.Any && len(g.train) < len(all) {
		return wrong([]string{"readout", "train"}, "found %q, but no label is right at some of these steps; want steps with labels alone", r.Train)
	}
	g.test, _ = judged(g, g.test, nil)
	if !has([]string{"", "none", "mean", "sum"}, r.Cumulative) {
		return wrong([]string{"readout", "cumulative"}, "found %q, want none, mean or sum", r.Cumulative)
	}
	if r.accumulates() && len(g.test) > 0 && g.test[0] < g.train[0] {
		return wrong([]string{"readout", "test"}, "found step %d, a cumulative readout begins at the first trained step %d", g.test[0], g.train[0])
	}
	if len(r.Net) == 0 {
		return wrong([]string{"readout", "net"}, "found no layers, want some that lead to the classes, such as [\"average\", \"dense\"]")
	}
	if err := g.postNet().check(a.Shape); err != nil {
		return wrong([]string{"readout", "net"}, "from area %s %d×%d×%d to %d classes: %w", a.Name, a.Shape[0], a.Shape[1], a.Shape[2], g.Classes, err)
	}
	return nil
}

// checkReach reports training readouts that the image cannot have reached.
func checkReach(g *Graph) error {
	i := g.index[g.Readout.From]
	onset := g.times.onset[i]
	if onset < 0 {
		return wrong([]string{"readout", "from"}, "no path leads from the image to area %s within steps 0..%d; want a connection into it, or more steps", g.Readout.From, g.Steps-1)
	}
	for _, t := range g.train {
		if t < onset {
			return wrong([]string{"readout", "train"}, "found step %d, the image first reaches %s at step %d; want %d or later", t, g.Readout.From, onset, onset)
		}
		if g.times.present[t][i] && !g.times.informed[t][i] {
			return wrong([]string{"readout", "train"}, "found step %d, nothing of the image is left in area %s there: no connection has brought it since, and the area keeps no state", t, g.Readout.From)
		}
		if !g.times.informed[t][i] {
			return wrong([]string{"readout", "train"}, "found step %d, area %s is silent there: no drive arrives at that step", t, g.Readout.From)
		}
	}
	return nil
}

// checkTestSlices reports test steps of which none is informed by the image.
func checkTestSteps(g *Graph) error {
	if len(g.test) > 0 && len(g.TestSteps()) == 0 {
		return wrong([]string{"readout", "test"}, "found %q, %s depends on the image at %s; want one of these", g.Readout.Test, g.Readout.From, informedSteps(g, g.index[g.Readout.From]))
	}
	return nil
}

// informedSteps writes the steps at which area i depends on the image.
func informedSteps(g *Graph, i int) string {
	var list []connectivity.Range
	for t := range g.Steps {
		if g.times.informed[t][i] {
			list = append(list, connectivity.Range{From: t, To: t})
		}
	}
	text := connectivity.WindowOf(list...).String()
	if len(list) == 1 {
		return "step " + text
	}
	return "steps " + text
}
