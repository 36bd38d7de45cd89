package spec

import (
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/stimuli"
	"ventral/nn/optim"
)

// readTraining reads [train], of a data set with so many training images.
func readTraining(s *decode.Source, v any, images int) (Training, error) {
	t := NewTraining()
	path := []string{"train"}
	m := map[string]any{}
	if v != nil {
		var err error
		if m, err = s.Table(path, v); err != nil {
			return t, err
		}
	}
	if k, ok := m["optimiser"].(string); ok {
		t.Optimiser = k
	}
	rule, err := optim.New(t.Optimiser)
	if err != nil {
		return t, s.Fault(decode.Below(path, "optimiser"), "found %q, want one of %s%s", t.Optimiser, strings.Join(optim.Kinds(), ", "), Near(t.Optimiser, optim.Kinds()))
	}
	t.Rule = rule
	if err := s.Bind(path, m, nil, &t, rule); err != nil {
		return t, err
	}
	if err := t.Schedule.Check(t.Epochs); err != nil {
		return t, s.Wrap(path, err)
	}
	if t.Batch > images {
		return t, s.Fault(decode.Below(path, "batch"), "found %d, want at most the %d training images", t.Batch, images)
	}
	if all := images / t.Batch * t.Epochs; t.Accumulate > all {
		return t, s.Fault(decode.Below(path, "accumulate"), "found %d, want at most the %d batches of all epochs", t.Accumulate, all)
	}
	return t, nil
}

// Batches is the number of training batches of all epochs.
func (e *Experiment) Batches() int {
	return e.Stimuli.Described.Images[stimuli.Train] / e.Train.Batch * e.Train.Epochs
}

// Updates is how often the weights change in all epochs.
func (e *Experiment) Updates() int { return e.Batches() / e.Train.Accumulate }

// readRecording reads [record].
func readRecording(s *decode.Source, v any) (Recording, error) {
	path := []string{"record"}
	x := NewRecording()
	if v == nil {
		return x, nil
	}
	m, err := s.Table(path, v)
	if err != nil {
		return x, err
	}
	err = s.Bind(path, m, map[string]decode.Hook{
		"condition": func(at []string, v any) (err error) { x.Condition, err = s.Texts(at, v); return err },
	}, &x)
	if err != nil {
		return x, err
	}
	for i, signal := range x.Signals {
		if err := checkSignal(s, decode.Element(decode.Below(path, "signals"), i), signal); err != nil {
			return x, err
		}
	}
	return x, nil
}
