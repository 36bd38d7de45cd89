package check

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"ventral/areas"
	"ventral/cortex"
	"ventral/cortex/recording"
	"ventral/experiments/protocol"
)

// ChangeCheck is a change of the screen to another picture, and when what is shown from
// there on arrives.
type ChangeCheck struct {
	Step   int    `json:"step"`
	Shown  string `json:"shown"`
	Onsets []int  `json:"onsets"`       // of every area, in their order; -1 never
	Answer int    `json:"first_answer"` // tested step that can depend on it, -1 none
}

// screen describes what is shown, and the onsets of what follows each change. A change
// to no input has none.
func (c *Check) screen(g *cortex.Graph) {
	c.Screen, c.Changes = protocol.Line(g.Screen.Strip), []ChangeCheck{}
	from := slices.IndexFunc(g.Areas, func(a areas.Area) bool { return a.Name == g.Readout.From })
	for _, t := range cortex.Changes(g) {
		if len(g.Screen.Steps[t]) == 0 {
			continue
		}
		x := ChangeCheck{Step: t, Onsets: cortex.OnsetsOf(g, t), Answer: -1}
		for _, s := range g.Screen.Strip {
			if s.From <= t && t <= s.To {
				x.Shown = s.Text
			}
		}
		if on := x.Onsets[from]; on >= 0 {
			if k := slices.IndexFunc(c.TestSteps, func(at int) bool { return at >= on }); k >= 0 {
				x.Answer = c.TestSteps[k]
			}
		}
		c.Changes = append(c.Changes, x)
	}
}

// blind warns of trained and tested steps at which the readout knows of nothing but a blank:
// what is shown first is none, and the image has not arrived yet.
func (c *Check) blind(g *cortex.Graph) {
	first := slices.IndexFunc(g.Screen.Strip, func(s recording.Segment) bool { return s.Kind != "blank" && s.Kind != "absent" })
	if first < 1 || len(g.Streams) > 0 || !slices.ContainsFunc(g.Screen.Strip[:first], func(s recording.Segment) bool { return s.Kind == "blank" }) {
		return
	}
	on := cortex.OnsetsOf(g, g.Screen.Strip[first].From)[slices.IndexFunc(g.Areas, func(a areas.Area) bool { return a.Name == g.Readout.From })]
	for _, x := range []struct {
		key   string
		steps []int
	}{{"readout.train", c.TrainSteps}, {"readout.test", c.TestSteps}} {
		var early []string
		for _, t := range x.steps {
			if on < 0 || t < on {
				early = append(early, fmt.Sprint(t))
			}
		}
		want := fmt.Sprintf("steps from %d on", on)
		if on < 0 {
			want = "more steps, or the image earlier"
		}
		if len(early) > 0 {
			c.warn("%s: at %s %s only the blank has arrived at %s that is shown before the image: these answers are those to an empty screen; want %s", x.key, map[bool]string{true: "step", false: "steps"}[len(early) == 1], strings.Join(early, ", "), g.Readout.From, want)
		}
	}
}

// printScreen writes the strip, and where the screen changes after it first shows
// anything, a row for each change.
func (c *Check) printScreen(out io.Writer) {
	fmt.Fprintf(out, "\nscreen: %s\n", c.Screen)
	if len(c.Changes) < 2 {
		return
	}
	var areas []string
	for _, a := range c.Areas {
		areas = append(areas, a.Name)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "from step\tshown\treaches %s\tfirst answer\n", strings.Join(areas, "\t"))
	for _, x := range c.Changes {
		fmt.Fprintf(w, "%d\t%s", x.Step, x.Shown)
		for _, on := range x.Onsets {
			fmt.Fprintf(w, "\t%s", step(on))
		}
		fmt.Fprintf(w, "\t%s\n", step(x.Answer))
	}
	w.Flush()
}
