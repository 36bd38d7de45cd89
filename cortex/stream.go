package cortex

import (
	"fmt"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/nn"
)

// Stream is a further input besides the image: a second stream of images, or a vector
// of numbers for each trial, such as a cue.
type Stream struct {
	Name   string
	To     []string // areas that it drives
	Ports  []string // of these areas that it arrives at; none is their drive
	Delay  int      // steps that it takes to arrive
	Net    []Layer  // between it and the area; a vector is spread over all places of the map
	Shape  [3]int   // height, width and channels of its images; 1, 1 and the length of a vector
	Screen *Screen  // what it shows at each step
}

// vector reports whether the stream has no places.
func (s *Stream) vector() bool { return s.Shape[0] == 1 && s.Shape[1] == 1 }

// driven are the ports that the stream arrives at.
func (s *Stream) driven() []string {
	if len(s.Ports) == 0 {
		return []string{areas.Drive}
	}
	return s.Ports
}

// arrives reports whether the stream brings something at step t.
func (s *Stream) arrives(t int) bool {
	at := t - s.Delay
	return at >= 0 && at < len(s.Screen.Steps) && len(s.Screen.Steps[at]) > 0
}

// StreamPort is the name of the input port of a frame of a stream: "input.NAME" for
// the first, then "input.NAME@1", ….
func StreamPort(name string, frame int) string {
	port := streamPrefix + name
	if frame > 0 {
		port += fmt.Sprintf("@%d", frame)
	}
	return port
}

const streamPrefix = "input."

// streamOf returns the stream and the frame of a port.
func streamOf(port string) (name string, frame int, ok bool) {
	text, ok := strings.CutPrefix(port, streamPrefix)
	name, _, _ = strings.Cut(text, "@")
	frame, number := numberOf(text, name)
	return name, frame, ok && number
}

// streamNet is the net between a stream and area i.
func streamNet(g *Graph, s *Stream, i int) net {
	name := streamPrefix + s.Name
	if len(s.To) > 1 {
		name += "->" + g.Areas[i].Name
	}
	n := net{name: name, layers: s.Net, target: g.Areas[i].Shape, lastBias: g.layout[i].Bias != "area"}
	if s.vector() {
		n.target[0], n.target[1] = 1, 1
	}
	return n
}

// checkStreams reports streams that fit no area.
func checkStreams(g *Graph) error {
	for k := range g.Streams {
		s := &g.Streams[k]
		at := func(key string) []string { return []string{"input", s.Name, key} }
		if len(s.To) == 0 {
			return wrong(at("to"), "found no area, want at least one of %s", areaNames(g))
		}
		any := false
		for t := range g.Steps {
			any = any || s.arrives(t)
		}
		if !any {
			return wrong(at("delay"), "found %d, nothing of %q arrives within steps 0..%d", s.Delay, s.Name, g.Steps-1)
		}
		for _, to := range s.To {
			i, ok := g.index[to]
			if !ok {
				return wrong(at("to"), "no area is called %q; areas: %s", to, areaNames(g))
			}
			if err := streamNet(g, s, i).check(s.Shape); err != nil {
				return wrong(at("net"), "from %q %d×%d×%d to area %s %d×%d×%d: %w", s.Name, s.Shape[0], s.Shape[1], s.Shape[2], to, g.Areas[i].Shape[0], g.Areas[i].Shape[1], g.Areas[i].Shape[2], err)
			}
			if shape := g.Areas[i].Shape; s.vector() && shape[0] != shape[1] {
				return wrong(at("to"), "area %s is of %d×%d, and a vector spreads over square maps alone", to, shape[0], shape[1])
			}
			for _, port := range s.driven() {
				if _, ok := g.layout[i].Port(port); !ok {
					return wrong(at("ports"), "found port %q, area %s has %s", port, to, strings.Join(g.layout[i].PortNames(), ", "))
				}
			}
		}
	}
	return nil
}

// streams returns the streams that bring something to area i at step t.
func streams(g *Graph, i, t int) (list []*Stream) {
	for k := range g.Streams {
		if s := &g.Streams[k]; has(s.To, g.Areas[i].Name) && s.arrives(t) {
			list = append(list, s)
		}
	}
	return list
}

// streamFrames makes the inputs of the frames of streams that arrive within the window.
func (u *unroller) streamFrames() {
	u.streamed = map[string]nn.Value{}
	for k := range u.g.Streams {
		s := &u.g.Streams[k]
		var list []int
		for t := u.o.From; t < until(u.g, u.o); t++ {
			if s.arrives(t) {
				for _, p := range s.Screen.Steps[t-s.Delay] {
					list = append(list, p.Frame)
				}
			}
		}
		slices.Sort(list)
		for _, f := range slices.Compact(list) {
			port := StreamPort(s.Name, f)
			u.streamed[port] = u.b.Input(port, nn.Shape{u.o.Batch, s.Shape[0], s.Shape[1], s.Shape[2]}, true)
		}
	}
}

// stream emits what a stream delivers to area i at step t.
func (u *unroller) stream(s *Stream, i, t int) nn.Value {
	at, step := t-s.Delay, 0
	if s.Screen.pictures() > 1 {
		step = s.Screen.first(at) + s.Delay
	}
	u.b.Tag = nn.Tag{Area: "input", Step: step, Part: streamPrefix + s.Name + "->" + u.g.Areas[i].Name}
	n := streamNet(u.g, s, i)
	v := n.build(u.scope(n.name, step, under(n.name)), u.mix(s.Screen.Steps[at], func(frame int) nn.Value { return u.streamed[StreamPort(s.Name, frame)] }))
	if side := u.g.Areas[i].Shape[0]; s.vector() && side > 1 && u.b.Err() == nil {
		v = u.b.One(nn.Upsample{Factor: side}, v)
	}
	return v
}

// mix adds up the frames of a picture.
func (u *unroller) mix(shown Shown, frame func(int) nn.Value) nn.Value {
	var parts []nn.Value
	for _, p := range shown {
		v := frame(p.Frame)
		if p.Gain != 1 {
			v = u.b.One(nn.Linear{A: p.Gain}, v)
		}
		parts = append(parts, v)
	}
	return u.b.Sum(parts...)
}
