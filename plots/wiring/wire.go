package wiring

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// wire is one line of the anatomy: a connection, or what joins the input and
// the readout to areas. Nodes are areas in their order; node -1 is the input,
// node n the readout.
type wire struct {
	from, to   int
	connection *recording.AnatomyConnection // nil: input or readout
	label      string
	route      route
	lane       int       // of routes beside the boxes, 0 innermost
	x          canvas.Pt // of a straight wire or a lane
	y0, y1     canvas.Pt // where it leaves and arrives
}

// route is where a wire runs.
type route int

const (
	straight  route = iota // up to the next node, between the boxes
	leftLane               // up past nodes, left of the boxes
	rightLane              // down, right of the boxes
	loop                   // to the same area, at its left side
)

func (w *wire) low() int  { return min(w.from, w.to) }
func (w *wire) high() int { return max(w.from, w.to) }

// delayLabel prints "1", or "1 @4–7" where the window is a part of the time.
func delayLabel(c *recording.AnatomyConnection, steps int) string {
	s := fmt.Sprint(c.Delay)
	from, to := c.FromStep, c.ToStep
	if len(c.Gaps) > 0 {
		return fmt.Sprintf("%s @%s", s, strings.ReplaceAll(c.Window(), "..", "–"))
	}
	switch {
	case from <= c.Delay && to == steps-1:
		return s
	case from == to:
		return fmt.Sprintf("%s @%d", s, from)
	case to == steps-1:
		return fmt.Sprintf("%s @%d–", s, from)
	}
	return fmt.Sprintf("%s @%d–%d", s, from, to)
}

// window returns when a connection delivers, counting the steps before
// anything can arrive as part of it.
func window(c *recording.AnatomyConnection, steps int) (from, to int) {
	from, to = c.FromStep, c.ToStep
	if from <= c.Delay {
		from = 0
	}
	return from, to
}

// wiresOf lists the wires with routes and lanes.
func wiresOf(an *recording.Anatomy) []*wire {
	place := map[string]int{}
	for i, a := range an.Areas {
		place[a.Name] = i
	}
	n := len(an.Areas)
	var all []*wire
	usual := usualDelays(an)
	for _, name := range an.InputTo {
		if i, ok := place[name]; ok {
			all = append(all, &wire{from: -1, to: i})
		}
	}
	for k := range an.Connections {
		c := &an.Connections[k]
		all = append(all, &wire{from: place[c.From], to: place[c.To], connection: c, label: besideLabel(c, an.Steps, usual)})
	}
	if i, ok := place[an.Readout]; ok {
		all = append(all, &wire{from: i, to: n})
	}
	for _, w := range all {
		switch {
		case w.from == w.to:
			w.route = loop
		case w.to == w.from+1:
			w.route = straight
		case w.to > w.from:
			w.route = leftLane
		default:
			w.route = rightLane
		}
	}
	assignLanes(all, leftLane)
	assignLanes(all, rightLane)
	return all
}

// onRoute returns the wires of a route.
func onRoute(all []*wire, r route) []*wire {
	var some []*wire
	for _, w := range all {
		if w.route == r {
			some = append(some, w)
		}
	}
	return some
}

// assignLanes gives every wire of a route the innermost lane in which it meets
// no other, the shortest wires first.
func assignLanes(all []*wire, r route) {
	some := onRoute(all, r)
	slices.SortStableFunc(some, func(a, b *wire) int {
		return cmp.Or(cmp.Compare(a.high()-a.low(), b.high()-b.low()), cmp.Compare(a.low(), b.low()))
	})
	var lanes [][]*wire
	for _, w := range some {
		for w.lane = 0; w.lane < len(lanes); w.lane++ {
			if !slices.ContainsFunc(lanes[w.lane], func(o *wire) bool { return w.low() < o.high() && o.low() < w.high() }) {
				break
			}
		}
		if w.lane == len(lanes) {
			lanes = append(lanes, nil)
		}
		lanes[w.lane] = append(lanes[w.lane], w)
	}
}

// lanes counts the lanes of a route.
func lanes(all []*wire, r route) int {
	n := 0
	for _, w := range onRoute(all, r) {
		n = max(n, w.lane+1)
	}
	return n
}

// port is one end of a wire on a side of a box.
type port struct {
	y    *canvas.Pt
	size canvas.Pt // how much of the side it takes
}

// portsOf lists the ports on the left or right side of a node, from the top, in
// the order in which wires beside the boxes cross least: what comes from or
// goes to above first, loops between.
func portsOf(all []*wire, node int, left bool, pitch canvas.Pt) []port {
	r, up := rightLane, func(w *wire) bool { return w.from > node }
	if left {
		r, up = leftLane, func(w *wire) bool { return w.from == node }
	}
	var above, below, loops []*wire
	for _, w := range all {
		switch {
		case left && w.route == loop && w.from == node:
			loops = append(loops, w)
		case w.route != r || w.from != node && w.to != node:
		case up(w):
			above = append(above, w)
		default:
			below = append(below, w)
		}
	}
	inner := func(a, b *wire) int { return cmp.Compare(a.lane, b.lane) }
	slices.SortStableFunc(above, inner)
	slices.SortStableFunc(below, func(a, b *wire) int { return -inner(a, b) })
	var ports []port
	end := func(w *wire) *canvas.Pt {
		if w.from == node {
			return &w.y0
		}
		return &w.y1
	}
	for _, w := range above {
		ports = append(ports, port{end(w), pitch})
	}
	for _, w := range loops {
		ports = append(ports, port{&w.y0, loopHeight}, port{&w.y1, pitch})
	}
	for _, w := range below {
		ports = append(ports, port{end(w), pitch})
	}
	return ports
}

const loopHeight, loopReach = canvas.Pt(9), canvas.Pt(11)

// room is the height ports need.
func room(ports []port) canvas.Pt {
	sum := canvas.Pt(0)
	for _, p := range ports {
		sum += p.size
	}
	return sum
}

// settle sets the heights of ports, centred about y.
func settle(ports []port, y canvas.Pt) {
	if len(ports) == 0 {
		return
	}
	total := room(ports) - ports[len(ports)-1].size
	y += total / 2
	for _, p := range ports {
		*p.y = y
		y -= p.size
	}
}
