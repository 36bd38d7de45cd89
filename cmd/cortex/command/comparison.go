package command

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/experiments/compare"
	"ventral/experiments/spec"
)

// comparison is the flags of compare.
type comparison struct {
	sweepFlags
	variants, patterns []string
	seeds, tuneSeeds   int
	primary            string
	match, to, by      string
	tune               []string
	budget             time.Duration
}

// experiments reads the variants, and the table compare of the first file.
func (c *comparison) experiments(args []string) (list []*compare.Variant, settings spec.Comparison, name string, err error) {
	var sources []compare.Source
	var own []string // variants that arguments name
	for _, arg := range args {
		arg, variant := splitVariant(arg)
		own = append(own, variant)
		file, text, folder, err := flags.Source(arg)
		if err != nil {
			return nil, settings, "", err
		}
		o, err := c.OverridesOf(arg, folder)
		if err != nil {
			return nil, settings, "", err
		}
		sources = append(sources, compare.Source{File: file, Text: text, Folder: o.Folder, Set: o.Set, Auto: o.Auto})
	}
	first, err := spec.Read(sources[0].File, sources[0].Text, spec.Overrides{Set: sources[0].Set, Auto: sources[0].Auto, Folder: sources[0].Folder})
	if err != nil {
		return nil, settings, "", err
	}
	settings, name = first.Compare, first.Name
	switch {
	case len(args) == 1 && own[0] != "" && len(c.variants) > 0:
		return nil, settings, "", exit.Wrongf("found the variant %s and --variant, want one of the two", own[0])
	case len(args) > 1 && (len(c.patterns) > 0 || len(c.variants) > 0):
		return nil, settings, "", exit.Wrongf("--pattern and --variant are of one experiment, found %d", len(args))
	case len(c.patterns) > 0:
		if len(c.variants) > 1 {
			return nil, settings, "", exit.Wrongf("--pattern takes the place of one experiment's pattern; found %d variants", len(c.variants))
		}
		base := own[0]
		if len(c.variants) == 1 {
			base = c.variants[0]
		}
		if base != "" {
			name += " " + base
		}
		list, err = sources[0].Derive(base, c.patterns)
		name += " patterns"
	case len(args) == 1 && own[0] == "":
		list, err = sources[0].Own(c.variants)
	default:
		var names []string
		for i, s := range sources {
			v, err := s.One(own[i])
			if err != nil {
				return nil, settings, "", err
			}
			list, names = append(list, v), append(names, v.Name)
		}
		name = strings.Join(names, "-")
	}
	return list, settings, name, exit.WrongUnlessFault(err)
}

// settings puts flags in place of the file's.
func (c *comparison) settings(s *spec.Comparison, cmd *cobra.Command) error {
	given := cmd.Flags().Changed
	if given("seeds") {
		if s.Seeds = c.seeds; c.seeds < 1 {
			return exit.Wrongf("--seeds: found %d, want 1 or more", c.seeds)
		}
	}
	if given("tune-seeds") {
		if s.TuneSeeds = c.tuneSeeds; c.tuneSeeds < 1 {
			return exit.Wrongf("--tune-seeds: found %d, want 1 or more", c.tuneSeeds)
		}
	}
	if c.budget < 0 {
		return exit.Wrongf("--budget: found %s, want a time such as 10m", c.budget)
	}
	if c.primary != "" {
		s.Primary = c.primary
	}
	if given("match") || given("to") || given("by") {
		if s.Match.Quantity == "" {
			s.Match = spec.NewMatch()
		}
		for _, x := range []struct {
			flag, value string
			into        *string
			known       []string
		}{{"match", c.match, &s.Match.Quantity, quantities}, {"by", c.by, &s.Match.By, levers}, {"to", c.to, &s.Match.To, nil}} {
			if !given(x.flag) {
				continue
			}
			if *x.into = x.value; x.known != nil && !slices.Contains(x.known, x.value) {
				return exit.Wrongf("--%s: found %q, want one of %s%s", x.flag, x.value, strings.Join(x.known, ", "), spec.Near(x.value, x.known))
			}
		}
	}
	if len(c.tune) > 0 {
		s.Tune = nil
	}
	for _, t := range c.tune {
		key, values, ok := strings.Cut(t, "=")
		list := strings.Split(values, ",")
		if !ok || key == "" || len(list) < 2 {
			return exit.Wrongf("--tune: found %q, want a key with two or more values, as in train.rate=0.1,0.03", t)
		}
		s.Tune = append(s.Tune, spec.Candidate{Key: key, Values: list})
	}
	return nil
}
