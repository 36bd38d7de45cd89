// Package view shows what is inside an experiment. Every view returns what --json
// prints, and what writes the same for people.
package view

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"ventral/cortex"
	"ventral/cortex/recording"
	"ventral/experiments/readable"
	"ventral/experiments/spec"
)

// Graph shows areas and connections, as the experiment file means them.
func Graph(e *spec.Experiment, g *cortex.Graph) (any, func(io.Writer), error) {
	a, err := cortex.Anatomy(g, e.Name)
	if err != nil {
		return nil, nil, err
	}
	a.Format = recording.Format
	return a, func(out io.Writer) {
		fmt.Fprintf(out, "%s: %s; %s enters %s at steps %s; %s is read\n\n", a.Name, readable.Counted(a.Steps, "step"), a.Input, strings.Join(a.InputTo, ", "), stepsOf(a.InputSteps), a.Readout)
		for i := len(a.Areas) - 1; i >= 0; i-- {
			x := a.Areas[i]
			fmt.Fprintf(out, "%s  %d×%d×%d, %s, onset %s\n", x.Name, x.Shape[0], x.Shape[1], x.Shape[2], x.Kind, onset(x.Onset))
			for _, c := range a.Connections {
				if c.To != x.Name {
					continue
				}
				dead := ""
				if c.Dead {
					dead = ", cannot reach the loss"
				}
				fmt.Fprintf(out, "    ← %-8s %-12s %s, delay %d, steps %s, %s%d parameters (%s)%s\n", c.From, c.Role, c.Kind, c.Delay, c.Window(), overTime(g, c.Name), c.Parameters, c.Set, dead)
			}
		}
	}, nil
}

// overTime says how the weights of a connection are tied over time, before what
// follows in a list; "" of one without weights.
func overTime(g *cortex.Graph, name string) string {
	c := g.Matrix.Find(name)
	if c == nil || c.Transform.Kind() == "identity" {
		return ""
	}
	return string(g.Matrix.Sharing.Over(c)) + " over time, "
}

// stepsOf writes steps in order, those that follow one another as 0..5.
func stepsOf(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j] == list[j-1]+1 {
			j++
		}
		if part := strconv.Itoa(list[i]); j-i == 1 {
			parts = append(parts, part)
		} else {
			parts = append(parts, fmt.Sprintf("%s..%d", part, list[j-1]))
		}
		i = j
	}
	return strings.Join(parts, ", ")
}

// onset says when the image reaches an area.
func onset(t int) string {
	if t < 0 {
		return "never"
	}
	return fmt.Sprint("at step ", t)
}
