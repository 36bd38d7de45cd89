// Package dataset looks at data sets: what they hold, which images are in two splits,
// and contact sheets.
package dataset

import (
	"os"
	"slices"
	"strings"

	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/experiments/decode"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// Chosen is a data set with its settings, and where it is.
type Chosen struct {
	Name       string // of the experiment or the kind
	Kind       string
	Settings   stimuli.Kind
	Env        stimuli.Env
	Stimuli    spec.Stimuli     // keys of every kind
	Experiment *spec.Experiment // nil where a kind was named
}

// Choose finds the images of an experiment, a run's folder or a built-in one, or else
// of a kind with the keys of stimuli that --set gives.
func Choose(c *flags.Choice, name, cache string) (*Chosen, error) {
	if _, err := os.Stat(name); err != nil && slices.Contains(stimuli.Kinds(), name) {
		return ofKind(c, name, cache)
	}
	e, folder, err := c.Load(name)
	if err != nil {
		if exit.IsWrong(err) && !strings.HasSuffix(name, ".toml") {
			if _, missing := os.Stat(name); missing != nil {
				return nil, exit.Wrongf("%v; the kinds of data sets are %s", err, strings.Join(stimuli.Kinds(), ", "))
			}
		}
		return nil, err
	}
	return &Chosen{e.Name, e.Stimuli.Kind, e.Stimuli.Settings, e.Env(folder, cache), e.Stimuli, e}, nil
}

// ofKind reads the keys of a kind, of --set alone.
func ofKind(c *flags.Choice, kind, cache string) (*Chosen, error) {
	settings, err := stimuli.New(kind)
	if err != nil {
		return nil, exit.Wrong(err)
	}
	e := &spec.Experiment{Head: spec.NewHead(), Stimuli: spec.NewStimuli()}
	s := decode.New("--set", "", spec.Hints)
	root := map[string]any{}
	sets := c.Set
	if c.Seed != "" {
		sets = append(slices.Clone(sets), "seed="+c.Seed)
	}
	for _, set := range sets {
		path, v, err := decode.ParseSet(set)
		if err != nil {
			return nil, exit.Wrong(err)
		}
		if path[0] != "stimuli" {
			path = append([]string{"stimuli"}, path...)
		}
		if err := s.Put(root, path, v, decode.Origin{Set: "--set " + set}); err != nil {
			return nil, exit.Wrong(err)
		}
	}
	if m, ok := root["stimuli"].(map[string]any); ok {
		if err := s.Bind([]string{"stimuli"}, m, nil, settings, &e.Stimuli); err != nil {
			return nil, exit.Wrong(err)
		}
	}
	return &Chosen{kind, kind, settings, e.Env(".", cache), e.Stimuli, nil}, nil
}

// Open opens the images.
func (c *Chosen) Open() (stimuli.Data, error) {
	if err := stimuli.Ready(c.Settings, c.Env); err != nil {
		return nil, exit.Wrongf("%s: %v", c.Name, spec.Hinted(err))
	}
	return c.Settings.Open(c.Env)
}
