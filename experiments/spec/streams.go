package spec

import (
	"slices"
	"strings"

	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/protocol"
	"ventral/experiments/spec/conditions"
	"ventral/nn"
)

// Stream is a table [input.NAME]: a further input besides the image.
type Stream struct {
	Name     string
	To       []string       `toml:"to" doc:"areas that it drives; required"`
	Ports    []string       `toml:"ports" doc:"ports of these areas that it arrives at, such as [\"gain\"]; by default their drive"`
	Steps    cortex.Steps   `toml:"steps" doc:"steps at which it is shown; by default all"`
	Delay    int            `toml:"delay" min:"0" doc:"steps that it takes to arrive"`
	Vector   string         `toml:"vector" doc:"what the data set tells of an image, as a vector: label, or another of its targets; without it the stream shows images"`
	Of       int            `toml:"of" min:"0" max:"15" doc:"the image of a trial that it shows or tells of: 0 is the first"`
	Protocol []string       `toml:"protocol" doc:"protocol of its images, instead of of and steps"`
	Net      []cortex.Layer `toml:"net" doc:"layers between it and the area; by default a 3×3 convolution, of a vector a dense layer, whose channels are spread over the map"`
}

// NewStream returns a stream with the defaults of its keys.
func NewStream() Stream { return Stream{Steps: cortex.Steps{Parts: alwaysShown}} }

// alwaysShown are all steps.
var alwaysShown = func() []connectivity.Range { s, _ := cortex.ParseSteps("0.."); return s.Parts }()

// streamTables takes the tables [input.NAME] out of [input].
func streamTables(m map[string]any) (streams map[string]any) {
	own := append(decode.KeysOf(&cortex.Input{}, &Showing{}), "net")
	for key, v := range m {
		if _, table := v.(map[string]any); table && !slices.Contains(own, key) {
			if streams == nil {
				streams = map[string]any{}
			}
			streams[key] = v
			delete(m, key)
		}
	}
	return streams
}

// readStreams reads [input.NAME].
func readStreams(s *decode.Source, tables map[string]any, e *Experiment, norm nn.Norm) error {
	path := []string{"input"}
	for _, name := range s.Keys(path, tables) {
		at := decode.Below(path, name)
		if !decode.FileName(name) || strings.ContainsAny(name, "@/.") {
			return s.FaultKey(at, "found %q, want a name that a file can have, without @ and dots", name)
		}
		x, areas := NewStream(), areaNames(e.Areas)
		x.Name = name
		m, err := s.Table(at, tables[name])
		if err != nil {
			return err
		}
		err = s.Bind(at, m, map[string]decode.Hook{
			"to":  func(at []string, v any) (err error) { x.To, err = someAreas(s, at, v, areas); return err },
			"net": func(at []string, v any) (err error) { x.Net, err = readLayers(s, at, v, norm); return err },
			"protocol": func(at []string, v any) error {
				return conditions.EachText(s, at, v, func(at []string, name string, _ bool) error {
					if _, err := e.ConditionsOf(name); err != nil {
						return s.Fault(at, "%v", err)
					}
					x.Protocol = append(x.Protocol, name)
					return nil
				})
			},
		}, &x)
		if err != nil {
			return err
		}
		if len(x.To) == 0 {
			return s.FaultKey(at, "the key \"to\" is missing, want the areas that it drives, such as to = [%q]", areas[0])
		}
		if x.Vector != "" {
			if _, ok := e.Stimuli.Described.Target(x.Vector); !ok {
				return s.Fault(decode.Below(at, "vector"), "found %q, the data set tells %s", x.Vector, strings.Join(targetNames(e), ", "))
			}
			if len(x.Protocol) > 0 {
				return s.Fault(decode.Below(at, "protocol"), "found a protocol beside vector, want steps: a vector is the same at each")
			}
		}
		if m["net"] == nil {
			kind := "conv"
			if x.Vector != "" {
				kind = "dense"
			}
			l, _ := cortex.NewLayer(kind, norm)
			x.Net = []cortex.Layer{l}
		}
		e.Streams = append(e.Streams, x)
	}
	return nil
}

func targetNames(e *Experiment) (names []string) {
	for _, t := range e.Stimuli.Described.Targets {
		names = append(names, t.Name)
	}
	return names
}

// ShowStream lays out what a stream of images shows; nil of a vector, which is shown
// at its steps.
func ShowStream(e *Experiment, x *Stream) (*protocol.Show, error) {
	if x.Vector != "" {
		return nil, nil
	}
	at := []string{"input", x.Name}
	o := protocol.Options{Steps: e.Steps, MSPerStep: e.MSPerStep, Frames: e.Stimuli.Described.Frames, Labels: "any"}
	usual := protocol.Usual(x.Steps.String(), o.Frames)
	usual.Items[0].Image = protocol.Which(x.Of)
	shown := []protocol.Condition{usual}
	if len(x.Protocol) > 0 {
		shown = nil
	}
	for _, name := range x.Protocol {
		list, err := e.ConditionsOf(name)
		if err != nil {
			return nil, e.Fault(decode.Below(at, "protocol"), "%v", err)
		}
		fit, _ := protocol.Fitting(name, list, e.Steps, e.MSPerStep)
		shown = append(shown, fit...)
	}
	s, err := protocol.New(shown, o)
	if err == nil {
		err = e.Wrap([]string{"stimuli"}, s.Enough(e.Stimuli.Described.Images))
	}
	if err != nil {
		return s, e.Src.Wrap(at, err)
	}
	image, err := e.Show()
	if err == nil && image != nil && !protocol.Follows(image, s) {
		err = e.Fault(decode.Below(at, "protocol"), "found %d conditions, but the image is shown in %d; a stream shows the one that the image has, so want as many, or one", len(s.Conditions), len(image.Conditions))
	}
	return s, err
}

// streams are those of the experiment's graph.
func streams(e *Experiment) (list []cortex.Stream, err error) {
	for i := range e.Streams {
		x := &e.Streams[i]
		c := cortex.Stream{Name: x.Name, To: x.To, Ports: x.Ports, Delay: x.Delay, Net: x.Net, Shape: e.Stimuli.Described.Shape}
		if x.Vector != "" {
			t, _ := e.Stimuli.Described.Target(x.Vector)
			c.Shape = [3]int{1, 1, t.Shape[0] * t.Shape[1] * t.Shape[2]}
			steps, err := x.Steps.List(e.Steps)
			if err != nil {
				return nil, e.Fault([]string{"input", x.Name, "steps"}, "%v", err)
			}
			c.Screen = cortex.Static(steps, e.Steps)
		} else {
			s, err := ShowStream(e, x)
			if err != nil {
				return nil, err
			}
			c.Screen = &s.Screen
		}
		list = append(list, c)
	}
	return list, nil
}

// streams writes them.
func (w *writer) streams(list []Stream) {
	for i := range list {
		w.head("input", list[i].Name)
		w.fields(&list[i])
		w.net(list[i].Net)
	}
}
