package cortex

import (
	"fmt"
	"slices"
	"strings"

	"ventral/connectivity"
	"ventral/cortex/lesion"
	"ventral/nn"
)

// Lesion returns g with lesions. They act in their order; gains that meet at a connection
// and step multiply. A selector that selects nothing is an *Error with path
// ["connections"] or ["channels"], a step that cannot be held one with path ["at"].
func (g *Graph) Lesion(lesions ...lesion.Lesion) (*Graph, error) {
	out := *g
	out.found, out.intact = &found{trained: g}, g.Intact()
	out.lesions = append(slices.Clone(g.lesions), lesions...)
	for k := range lesions {
		if err := checkLesion(g, &lesions[k]); err != nil {
			return nil, err
		}
	}
	return &out, nil
}

// Intact returns g without lesions.
func (g *Graph) Intact() *Graph {
	if g.intact != nil {
		return g.intact
	}
	return g
}

// LesionsOf returns the lesions of g.
func LesionsOf(g *Graph) []lesion.Lesion { return slices.Clone(g.lesions) }

// TrainedAs returns g with the weights and norm places that training filled in
// another graph: g is shown other images, or runs longer, after that one was
// trained. Areas and connections are alike.
func TrainedAs(g, trained *Graph) *Graph {
	out := *g
	out.found = &found{trained: trained}
	// A window such as "3.." reaches further in a graph of more steps; training did not.
	out.train = slices.DeleteFunc(slices.Clone(trained.train), func(t int) bool { return t >= g.Steps })
	return &out
}

// checkLesion reports selectors of l that select nothing, and steps that cannot be held.
func checkLesion(g *Graph, l *lesion.Lesion) error {
	if len(l.Connections)+len(l.Channels) == 0 {
		return wrong([]string{"connections"}, "found no connections and no channels, want at least one, such as \"role:feedback\"")
	}
	for _, s := range l.Connections {
		any := false
		for j := range g.Matrix.Connections {
			c := &g.Matrix.Connections[j]
			for t := range g.Steps {
				if l.By(s, c, t) && c.Window.Has(t) {
					any = true
					if err := checkHeld(g, l, c, t); err != nil {
						return err
					}
				}
			}
		}
		if !any {
			return wrong([]string{"connections"}, "%q selects no connection that delivers at steps %s; the experiment has steps 0..%d and the connections %s", s.Text, l.Steps, g.Steps-1, connectionNames(g))
		}
	}
	for i := range l.Channels {
		if err := checkChannels(g, l, &l.Channels[i]); err != nil {
			return err
		}
	}
	return nil
}

// checkChannels reports channels that no area has, or that nobody reads.
func checkChannels(g *Graph, l *lesion.Lesion, x *lesion.Channels) error {
	at := []string{"channels"}
	any := false
	for i, a := range g.Areas {
		names := g.layout[i].SignalNames()
		if !x.Selects(a.Name, names[0]) && !slices.ContainsFunc(names, func(s string) bool { return x.Selects(a.Name, s) }) {
			if x.Area == a.Name {
				return wrong(at, "%q: found signal %q, area %s of kind %s offers %s", x.Text, x.Signal, a.Name, a.Dynamics.Kind(), strings.Join(names, ", "))
			}
			continue
		}
		for _, r := range x.Ranges {
			if r.To >= a.Shape[2] {
				return wrong(at, "%q: found channel %d, area %s has channels 0..%d", x.Text, r.To, a.Name, a.Shape[2]-1)
			}
		}
		for t := range g.Steps {
			if !x.Window.Has(t) || !l.Steps.Has(t) || !g.Present(i, t) {
				continue
			}
			any = true
			if s := int(l.At); l.Kind == lesion.Freeze && l.At != lesion.Mean && (s > t || s < g.Steps && !g.Present(i, s)) {
				return wrong([]string{"at"}, "found step %d for %q at step %d, want a step up to then at which area %s is active", s, x.Text, t, a.Name)
			}
		}
		if any {
			return nil
		}
		return wrong([]string{"steps"}, "%q: area %s is silent at steps %s; want steps of 0..%d at which it is active", x.Text, a.Name, l.Steps, g.Steps-1)
	}
	return wrong(at, "%q: no area is called %q; areas: %s", x.Text, x.Area, areaNames(g))
}

// checkHeld reports a step whose delivery cannot be held at step t.
func checkHeld(g *Graph, l *lesion.Lesion, c *connectivity.Connection, t int) error {
	s, from := int(l.At), g.index[c.From]
	if l.Kind != lesion.Freeze || l.At == lesion.Mean || t < c.Delay || !g.Present(from, t-c.Delay) {
		return nil
	}
	if s <= t && c.Window.Has(s) && s >= c.Delay && g.Present(from, s-c.Delay) {
		return nil
	}
	return wrong([]string{"at"}, "found step %d for %q at step %d, want a step up to then at which it delivers", s, c.Name, t)
}

// heldAt returns the steps of area i whose signals are held at step t by lesions of
// channels.
func heldAt(g *Graph, i, t int) (steps []int) {
	for k := range g.lesions {
		l := &g.lesions[k]
		if l.Kind != lesion.Freeze || l.At == lesion.Mean || int(l.At) >= t {
			continue
		}
		for _, s := range g.layout[i].Signals {
			if _, ok := l.Of(g.Areas[i].Name, s.Name, g.Areas[i].Shape[2], t); ok {
				steps = append(steps, int(l.At))
				break
			}
		}
	}
	return steps
}

// deliveredAt returns the step whose delivery by connection c arrives at step t: t itself,
// or one that a lesion holds.
func deliveredAt(g *Graph, c *connectivity.Connection, t int) int {
	for k := len(g.lesions) - 1; k >= 0; k-- {
		if l := &g.lesions[k]; l.Replaces(t) && l.Hits(c, t) {
			if !l.Given() {
				return int(l.At)
			}
			break
		}
	}
	return t
}

// givenPrefix begins the names of ports by which lesions take numbers [N H W C]:
// lesion/NUMBER/AREA@STEP/SIGNAL.
const givenPrefix = "lesion/"

// givenPorts lists those of a program.
func givenPorts(p *nn.Program) (list []string) {
	for _, x := range p.Inputs {
		if strings.HasPrefix(x.Name, givenPrefix) {
			list = append(list, x.Name)
		}
	}
	return list
}

// GivenBy says which lesion of g takes numbers by a port, and what they are of.
func GivenBy(g *Graph, port string) (l lesion.Lesion, of Tap, err error) {
	number, place, _ := strings.Cut(strings.TrimPrefix(port, givenPrefix), "/")
	area, rest, _ := strings.Cut(place, "@")
	step, signal, _ := strings.Cut(rest, "/")
	k := 0
	of = Tap{Area: g.Area(area), Signal: signal}
	if _, err := fmt.Sscan(number+" "+step, &k, &of.Step); err != nil || of.Area < 0 || k < 0 || k >= len(g.lesions) {
		return l, of, fmt.Errorf("found the input port %q, want lesion/NUMBER/AREA@STEP/SIGNAL", port)
	}
	return g.lesions[k], of, nil
}

// given is the input of numbers that lesion k takes for a tap.
func (u *unroller) given(k int, t Tap) nn.Value {
	port := fmt.Sprintf("%s%d/%s", givenPrefix, k, u.g.TapName(t))
	if _, ok := u.ports[port]; !ok {
		u.ports[port] = u.b.Input(port, u.g.Areas[t.Area].Image(u.o.Batch), true)
	}
	return u.ports[port]
}

// lesioned returns what lesions make of x at the place of a tap: those that hit. Gain is
// a factor on x before them; hold gives what is there at another step.
func (u *unroller) lesioned(x func() nn.Value, gain float64, tap Tap, hits []hit, hold func(step int) nn.Value) nn.Value {
	first := len(hits) - 1 // after which nothing of x is left
	for first >= 0 && (hits[first].channels != nil || !u.g.lesions[hits[first].lesion].Replaces(tap.Step)) {
		first--
	}
	v, tag, changed := nn.None, u.b.Tag, first >= 0
	if first >= 0 {
		gain, hits = 1, hits[first:]
	} else if v = x(); v == nn.None {
		return v
	}
	scale := func() {
		if u.b.Tag = tag; gain != 1 {
			v = u.b.One(nn.Linear{A: gain}, v)
		}
		gain = 1
	}
	some := func(v nn.Value, gain float64, channels []int) nn.Value {
		return u.b.One(nn.ScaleSome{Gain: gain, Channels: lesion.List(channels)}, v)
	}
	for _, h := range hits {
		l := &u.g.lesions[h.lesion]
		if l.Kind == lesion.Scale && h.channels == nil {
			gain *= l.Gain
			changed = changed || l.Gain != 1
			continue
		}
		scale()
		y := nn.None
		switch {
		case l.Kind == lesion.Scale && l.Gain != 1:
			v, changed = some(v, l.Gain, h.channels), true
			continue
		case l.Given():
			y = u.given(h.lesion, tap)
		case l.Replaces(tap.Step):
			y = hold(int(l.At))
			u.b.Tag = tag
		default:
			continue
		}
		if h.channels != nil {
			y = some(y, 0, lesion.Others(h.channels, u.g.Areas[tap.Area].Shape[2]))
		}
		switch {
		case l.Kind == lesion.Noise:
			y = u.b.Sum(v, y)
		case h.channels != nil:
			y = u.b.Sum(some(v, 0, h.channels), y)
		}
		v, changed = y, true
	}
	if scale(); changed {
		u.out.Changed = append(u.out.Changed, v)
	}
	return v
}

// hit is a lesion that acts at a place.
type hit struct {
	lesion   int
	channels []int // nil is all
}

// hitsOf returns the lesions that act on what connection c delivers at step t.
func hitsOf(g *Graph, c *connectivity.Connection, t int) (list []hit) {
	for k := range g.lesions {
		if g.lesions[k].Hits(c, t) {
			list = append(list, hit{lesion: k})
		}
	}
	return list
}

// hitsAt returns the lesions that act on a signal of area i at step t.
func hitsAt(g *Graph, i, t int, signal string) (list []hit) {
	for k := range g.lesions {
		if channels, ok := g.lesions[k].Of(g.Areas[i].Name, signal, g.Areas[i].Shape[2], t); ok {
			list = append(list, hit{k, channels})
		}
	}
	return list
}

func connectionNames(g *Graph) string {
	text := ""
	for i, c := range g.Matrix.Connections {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%q", c.Name)
	}
	return text
}
