package spec

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/stimuli"
	_ "ventral/experiments/stimuli/sets" // the kinds that files name
)

// readStimuli reads [stimuli] of an experiment with a head, and looks at the images
// as far as their kind needs it.
func readStimuli(s *decode.Source, v any, e *Experiment, o Overrides) error {
	e.Stimuli = NewStimuli()
	x := &e.Stimuli
	path, at := []string{"stimuli"}, []string{"stimuli", "kind"}
	kinds := strings.Join(stimuli.Kinds(), ", ")
	if v == nil {
		return s.Fault(nil, "the table \"stimuli\" is missing, want one such as stimuli = { kind = \"digits\" }; kinds: %s", kinds)
	}
	m, err := s.Table(path, v)
	if err != nil {
		return err
	}
	if err := kindMissing(s, path, m, allStimuliKeys()); err != nil {
		return err
	}
	kind, ok := m["kind"].(string)
	switch {
	case m["kind"] == nil:
		return s.Fault(at, "the key is missing, want one of %s", kinds)
	case !ok:
		return s.Fault(at, "found %s, want one of %s", decode.Described(m["kind"]), kinds)
	}
	x.Kind = kind
	if x.Settings, err = stimuli.New(kind); err != nil {
		return s.Fault(at, "found %q, want one of %s%s", kind, kinds, Near(kind, stimuli.Kinds()))
	}
	err = s.Bind(path, m, map[string]decode.Hook{
		"kind": kindHook,
	}, x.Settings, x)
	if err != nil {
		return err
	}
	if known := o.images(); known != nil {
		x.Described = *known
	} else if x.Described, err = x.Settings.Describe(e.Env(o.Folder, o.Cache)); err != nil {
		return s.Wrap(path, Hinted(err))
	}
	if err := x.Described.Check(); err != nil {
		return s.Wrap(path, err)
	}
	if others := o.Unjudged && o.Labels != nil && !slices.Equal(x.Described.Label().Classes, o.Labels.Classes); o.Labels != nil && !x.Described.Labelled() || others {
		x.Unlabelled = true
		x.Described.Targets = append(stimuli.WithoutLabel(x.Described.Targets), *o.Labels)
	}
	if !x.Described.Labelled() {
		return s.Fault(at, "found %q, which tells no classes of its images, want images with labels to train on", kind)
	}
	c := x.Described.Shape[2]
	return cmp.Or(s.Wrap(decode.Below(path, "normalise"), x.Normalise.Complete(c)), s.Wrap(decode.Below(path, "augment"), x.Augment.Complete(c)), s.Wrap(decode.Below(path, "augment"), x.Augment.FitsIn(x.Described.Shape)))
}

// Hinted adds to an error of a data set which word of those there are was meant.
func Hinted(err error) error {
	var x *stimuli.NotAmong
	if errors.As(err, &x) {
		if k := decode.Nearest(x.Found, x.Known); k != "" {
			return fmt.Errorf("%w; did you mean %q?", err, k)
		}
	}
	return err
}

// allStimuliKeys are the keys of stimuli of any kind.
func allStimuliKeys() []string {
	known := decode.KeysOf(&Stimuli{})
	for _, k := range stimuli.Kinds() {
		s, _ := stimuli.New(k)
		known = append(known, decode.KeysOf(s)...)
	}
	return known
}

// checkSplit reports a split that is asked for and holds nothing.
func checkSplit(s *decode.Source, n [3]int, x *Recording) error {
	if n[stimuli.Test]+n[stimuli.Validation] == 0 {
		return s.Fault([]string{"stimuli", "test"}, "found 0 and validation = 0, want images to test on")
	}
	split := x.Split
	if n[Splits[split]] > 0 {
		return nil
	}
	if at := []string{"record", "split"}; s.Given(at) {
		return s.Fault(at, "found %q, but stimuli.%s = 0; want another split", split, split)
	}
	x.Split = "validation" // there is nothing else that training has not seen
	return nil
}
