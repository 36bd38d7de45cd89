package spec

import (
	"slices"

	"ventral/areas"
	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/nn"
)

// NewReadout returns a readout with the defaults of its keys that do not depend on
// areas, steps and stimuli.
func NewReadout() cortex.Readout {
	return cortex.Readout{Loss: "softmax", Over: "sum", Cumulative: "none", Decide: "auto"}
}

// readReadout reads [readout] of an experiment with areas, steps and stimuli.
func readReadout(s *decode.Source, v any, e *Experiment, norm nn.Norm) (cortex.Readout, error) {
	ro, path := NewReadout(), []string{"readout"}
	ro.From, ro.Train = e.Areas[len(e.Areas)-1].Name, cortex.At(e.Steps-1)
	targets := e.Stimuli.Described.Label().True
	if targets > 1 {
		ro.Loss = "sigmoid"
	}
	for _, k := range []string{"average", "dense"} {
		l, _ := cortex.NewLayer(k, norm)
		ro.Net = append(ro.Net, l)
	}
	tested := false
	if v != nil {
		m, err := s.Table(path, v)
		if err != nil {
			return ro, err
		}
		_, tested = m["test"]
		if err := s.Bind(path, m, map[string]decode.Hook{
			"net": func(at []string, v any) (err error) { ro.Net, err = readLayers(s, at, v, norm); return err },
		}, &ro, &e.Judging); err != nil {
			return ro, err
		}
	}
	from := slices.IndexFunc(e.Areas, func(a areas.Area) bool { return a.Name == ro.From })
	if from < 0 {
		return ro, s.Fault(decode.Below(path, "from"), "%s", noArea(ro.From, areaNames(e.Areas)))
	}
	if err := checkWeights(s, decode.Below(path, "weights"), ro.Weights); err != nil {
		return ro, err
	}
	if ro.Reads == "" {
		ro.Reads = e.Areas[from].Dynamics.Layout().Readout
	}
	if !tested {
		ro.Test = ro.Train
		ro.Test.Any = false
	}
	if targets > 1 && e.Judging.Labels != "trial" {
		return ro, s.Fault(decode.Below(path, "labels"), "found %q, but %d classes are true of an image; want \"trial\"", e.Judging.Labels, targets)
	}
	if err := checkAnswer(s, path, &ro, targets); err != nil {
		return ro, err
	}
	if ro.Decide == "auto" {
		if ro.Decide = "argmax"; targets > 1 {
			ro.Decide = "top_n"
		}
	}
	return ro, nil
}

// checkWeights reports weights of steps that are negative, or zero all of them.
func checkWeights(s *decode.Source, path []string, weights []float64) error {
	sum := 0.0
	for i, w := range weights {
		if sum += w; w < 0 {
			return s.Fault(decode.Element(path, i), "found %v, want 0 or more", w)
		}
	}
	if len(weights) > 0 && sum == 0 {
		return s.Fault(path, "found only zeros, want at least one above 0")
	}
	return nil
}

// checkAnswer reports a loss or a decision for another number of true classes than
// the images have.
func checkAnswer(s *decode.Source, path []string, ro *cortex.Readout, targets int) error {
	switch {
	case targets > 1 && ro.Loss == "softmax":
		return s.Fault(decode.Below(path, "loss"), "found \"softmax\", but %d classes are true of an image; want \"sigmoid\"", targets)
	case targets > 1 && ro.Decide == "argmax":
		return s.Fault(decode.Below(path, "decide"), "found \"argmax\", but %d classes are true of an image; want \"top_n\"", targets)
	case targets == 1 && ro.Decide == "top_n":
		return s.Fault(decode.Below(path, "decide"), "found \"top_n\", but one class is true of an image; want \"argmax\"")
	}
	return nil
}
