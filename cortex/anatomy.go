package cortex

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex/recording"
)

// Anatomy returns the cortex as figures need it.
func Anatomy(g *Graph, name string) (recording.Anatomy, error) {
	weights, err := Weights(g)
	if err != nil {
		return recording.Anatomy{}, err
	}
	count := map[string]int{} // parameters by set
	for _, w := range weights {
		if w.Trainable {
			count[w.Set] += w.Count
		}
	}
	a := recording.Anatomy{
		Name: name, Steps: g.Steps, Format: recording.Format,
		Input: "image", InputTo: g.Input.To, Readout: g.Readout.From,
		TrainSteps: g.train, TestSteps: g.TestSteps(),
	}
	a.Strip = g.Screen.Strip
	for t, shown := range g.shown {
		if shown {
			a.InputSteps = append(a.InputSteps, t)
		}
	}
	for i, area := range g.Areas {
		a.Areas = append(a.Areas, recording.AnatomyArea{Name: area.Name, Shape: area.Shape, Onset: g.Onset(i), Kind: area.Dynamics.Kind(), Carries: g.layout[i].Carries, Norm: normOf(g.layout[i])})
	}
	reach := Reaches(g)
	live := Transitions(g, g.Live(g.readouts(g.train)))
	for j := range g.Matrix.Connections {
		c := &g.Matrix.Connections[j]
		from, to, _ := c.Window.Cut(g.Steps)
		for from < min(c.Delay, to) || from < to && !c.Window.Has(from) {
			from++ // nothing arrives before the delay has passed
		}
		x := recording.AnatomyConnection{
			Name: c.Name, From: c.From, To: c.To, Role: c.Role, Kind: c.Transform.String(), Delay: c.Delay,
			FromStep: from, ToStep: to, Dead: reach[j].Trained == 0, Set: g.Matrix.Sharing.Set(c, from),
		}
		for t := from; t <= to; t++ {
			if n := len(x.Gaps); c.Window.Has(t) {
				continue
			} else if n > 0 && x.Gaps[n-1][1] == t-1 {
				x.Gaps[n-1][1] = t
			} else {
				x.Gaps = append(x.Gaps, [2]int{t, t})
			}
		}
		seen := map[string]bool{}
		for _, t := range live {
			if t.Connection == j {
				if set := g.Matrix.Sharing.Set(c, t.Step); !seen[set] {
					seen[set] = true
					x.Parameters += count[set]
				}
			}
		}
		if g.Matrix.Sharing.Between == "shape" {
			x.Set, x.Parameters = shapesOf(c, from, weights)
		}
		a.Connections = append(a.Connections, x)
	}
	return a, a.Check()
}

// normOf names the norm of an area's response as recording.AnatomyArea does.
func normOf(l areas.Layout) string {
	response, _ := l.Signal(areas.Response)
	switch n := response.Norm; n.Kind {
	case "batch":
		return n.Statistics
	case "":
		return "none"
	default:
		return n.Kind
	}
}

var ofStep = regexp.MustCompile(`@\d+$`)

// shapesOf returns the label and the trainable numbers of a connection whose
// weights are shared by shape: the sets of all its kernels, with the step of
// its first arrival where they are untied over time. A connection that nothing
// trains keeps its name.
func shapesOf(c *connectivity.Connection, from int, weights []Weight) (set string, parameters int) {
	var names []string
	untied := ""
	for _, w := range weights {
		if !w.Trainable || !slices.ContainsFunc(w.Uses, func(use string) bool { return strings.HasSuffix(use, "/"+c.Name) }) {
			continue
		}
		parameters += w.Count
		name := ofStep.ReplaceAllString(w.Set, "")
		if name != w.Set {
			untied = fmt.Sprintf("@%d", from)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if names == nil {
		return c.Name, 0
	}
	slices.Sort(names)
	return strings.Join(names, " + ") + untied, parameters
}
