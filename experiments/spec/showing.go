package spec

import (
	"errors"
	"slices"
	"strings"

	"ventral/cortex"
	"ventral/experiments/contrast"
	"ventral/experiments/decode"
	"ventral/experiments/probe"
	"ventral/experiments/protocol"
	"ventral/experiments/spec/conditions"
	"ventral/experiments/spec/lesions"
)

// Showing says under which protocol the image is shown.
type Showing struct {
	Protocol []string `toml:"protocol" doc:"protocol that the image is shown under, or a list, of which each image has one: [protocol.NAME], or a built-in one; one with lists is all its conditions, \"masking[soa=2]\" is one of them. Without it the image is shown at steps"`
}

// Judging says by which labels answers are judged.
type Judging struct {
	Labels string `toml:"labels" oneof:"trial shown frame" doc:"what is right at a step: the label of the trial, that of the image on the screen, or that of the frame of a clip on the screen; steps at which nothing with a label was shown are neither trained nor tested"`
	Lag    int    `toml:"lag" min:"-1" max:"2000" doc:"steps from what is shown to the answer that is judged by it, where labels is shown or frame; -1 is as many as the image takes to reach the readout"`
}

// NewJudging returns the defaults.
func NewJudging() Judging { return Judging{Labels: "trial", Lag: -1} }

// readShowing reads the key protocol of [input].
func readShowing(s *decode.Source, e *Experiment) decode.Hook {
	return func(at []string, v any) error {
		names, err := s.Texts(at, v)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return nil
		}
		for i, name := range names {
			if _, err := e.ConditionsOf(name); err != nil {
				place := at
				if _, list := v.([]any); list {
					place = decode.Element(at, i)
				}
				return s.Fault(place, "%v", err)
			}
		}
		switch p, t := rank(s, "input", "protocol"), rank(s, "input", "steps"); {
		case !s.Given([]string{"input", "steps"}) || p > t:
		case p == t:
			return s.Fault(at, "found a protocol beside input.steps, want one of them: the protocol says at which steps the image is shown")
		default:
			return nil // --set input.steps=… over a protocol of the file
		}
		e.Showing.Protocol = names
		return nil
	}
}

// ConditionsOf returns the conditions of the file's protocols, or of a built-in one,
// that a name means; a built-in protocol becomes one of the file's.
func (e *Experiment) ConditionsOf(name string) ([]protocol.Condition, error) {
	list, err := protocol.Find(e.Protocols, name)
	if err == nil {
		return list, nil
	}
	base, _, _ := strings.Cut(name, "[")
	if b, ok := protocol.FindBuiltin(base); ok && !slices.ContainsFunc(e.Protocols, func(p protocol.Protocol) bool { return p.Name == base }) {
		e.Protocols = append(e.Protocols, b)
		return protocol.Find(e.Protocols, name)
	}
	return nil, err
}

// protocolNames are those of the file and the built-in ones.
func protocolNames(e *Experiment) (names []string) {
	for _, p := range append(slices.Clone(e.Protocols), protocol.Builtins()...) {
		names = append(names, p.Name)
	}
	return names
}

// Laid is what protocols are laid out over.
func (e *Experiment) Laid() protocol.Options {
	return protocol.Options{Steps: e.Steps, MSPerStep: e.MSPerStep, Frames: e.Stimuli.Described.Frames, Labels: e.Judging.Labels, Lag: max(0, e.Judging.Lag)}
}

// Show lays out what is shown at each step, nil where it is the image at input.steps.
func (e *Experiment) Show() (*protocol.Show, error) {
	o := e.Laid()
	if len(e.Showing.Protocol) == 0 && o.Labels == "trial" && o.Frames == 1 {
		return nil, nil
	}
	shown := []protocol.Condition{protocol.Usual(e.Input.Steps.String(), o.Frames)}
	if len(e.Showing.Protocol) > 0 {
		shown = nil
		for _, name := range e.Showing.Protocol {
			list, err := e.ConditionsOf(name)
			if err != nil {
				return nil, e.Fault([]string{"input", "protocol"}, "%v", err)
			}
			fit, _ := protocol.Fitting(name, list, e.Steps, e.MSPerStep) // check says which do not
			shown = append(shown, fit...)
		}
	}
	if o.Labels != "trial" && e.Judging.Lag < 0 {
		lag, err := lag(e, shown, o)
		if err != nil {
			return nil, err
		}
		o.Lag = lag
	}
	s, err := protocol.New(shown, o)
	if err == nil {
		err = e.Wrap([]string{"stimuli"}, s.Enough(e.Stimuli.Described.Images))
	}
	return s, ofProtocol(e, err)
}

// ofProtocol places a fault of a protocol: in its table, or, where that is built in, at
// the key that names it.
func ofProtocol(e *Experiment, err error) error {
	var f *protocol.Error
	at := []string{"input", "protocol"}
	if errors.As(err, &f) && !e.Src.Given(f.Path[:2]) {
		return e.Src.Fault(at, "%s: %v", decode.Dotted(f.Path), f.Err)
	}
	return e.Src.Wrap(at, err)
}

// lag is how many steps the readout comes after what is on the screen. It is asked of
// a graph that is read once, at the last step at which the readout knows of the image:
// which of its steps have labels follows from the lag.
func lag(e *Experiment, shown []protocol.Condition, o protocol.Options) (int, error) {
	o.Labels = "any"
	s, err := protocol.New(shown, o)
	if err != nil {
		return 0, e.Src.Wrap([]string{"input", "protocol"}, err)
	}
	var first error
	for t := e.Steps - 1; t >= 0; t-- {
		x := graph(e, &s.Screen)
		x.Readout.Train, x.Readout.Test, x.Readout.Weights = cortex.At(t), cortex.At(t), nil
		g, err := cortex.NewGraph(x)
		if err == nil {
			from := cortex.Changes(g)[0]
			return max(0, cortex.OnsetsOf(g, from)[g.Area(e.Readout.From)]-from), nil
		}
		if first == nil {
			first = err
		}
	}
	return 0, e.Src.Wrap(nil, first)
}

// protocols writes them as they were read.
func (w *writer) protocols(list []protocol.Protocol) {
	for _, p := range list {
		w.head("protocol", p.Name)
		for _, kv := range p.Text {
			w.b.WriteString(decode.Quoted(kv[0]) + " = " + kv[1] + "\n")
		}
	}
}

// known is what conditions refer to.
func known(e *Experiment) conditions.Known {
	return conditions.Known{
		Kind: e.Stimuli.Kind, Settings: e.Stimuli.Settings, EveryKind: decode.KeysOf(&Stimuli{}), Protocol: e.ConditionsOf,
		Lesions: func(text string) ([]lesions.Variant, error) { return LesionsOf(e, text) },
	}
}

// FindConditions returns the conditions that names mean, as [conditions.Find] says.
func (e *Experiment) FindConditions(names []string) ([]conditions.Condition, error) {
	e = e.Copy()
	return conditions.Find(e.Conditions, names, known(e), protocolNames(e))
}

// readTesting reads [test] of an experiment whose conditions are read, and checks the
// conditions that a run tests and records.
func readTesting(s *decode.Source, v any, e *Experiment) error {
	path := []string{"test"}
	if v != nil {
		m, err := s.Table(path, v)
		if err != nil {
			return err
		}
		err = s.Bind(path, m, map[string]decode.Hook{
			"condition": func(at []string, v any) (err error) { e.Testing.Condition, err = s.Texts(at, v); return err },
		}, &e.Testing)
		if err != nil {
			return err
		}
	}
	for _, x := range []struct {
		table string
		names []string
	}{{"test", e.Testing.Condition}, {"record", e.Record.Condition}} {
		if _, err := e.FindConditions(x.names); err != nil {
			return s.Fault([]string{x.table, "condition"}, "%v", err)
		}
	}
	for i, text := range e.Record.Probe {
		if _, err := probe.Parse(text); err != nil {
			return s.Fault(decode.Element([]string{"record", "probe"}, i), "%v", err)
		}
	}
	return nil
}

// conditions writes them as they were read.
func (w *writer) conditions(list []conditions.Table, contrasts []contrast.Contrast) {
	for _, c := range list {
		w.head("condition", c.Name)
		for _, kv := range c.Text {
			w.b.WriteString(decode.Quoted(kv[0]) + " = " + kv[1] + "\n")
		}
	}
	if len(contrasts) > 0 {
		w.head("contrast")
	}
	for _, c := range contrasts {
		w.pair(decode.Quoted(c.Name), c.Of)
	}
}
