// Package sweepfile reads sweep files: which experiments to carry out.
package sweepfile

import (
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/spec"
)

// Sweep is a sweep file: which experiments to carry out.
//
//	experiment = "debris"            # built-in or a file beside this one; or a list
//	variants = ["", "feedforward"]   # "" is the experiment as it stands
//	seeds = 6                        # 1 to 6; or a list
//	[set]                            # for all
//	train.epochs = 2
//	[grid]                           # every combination
//	train.rate = [0.003, 0.001]
//	[[list]]                         # settings that belong together, one table a case
//	train.batch = 32
type Sweep struct {
	SweepHead
	Experiments []string
	Seeds       []int

	set   []Setting
	grid  [][]Setting // by key, the settings of one key
	cases [][]Setting
	Src   *decode.Source
	named bool // there is more than one experiment
}

// SweepHead holds the keys at the top of a sweep file.
type SweepHead struct {
	Format   int      `toml:"format" min:"2" max:"2" hint:": this version reads format 2; write format = 2, and a key that was renamed is refused with its new name" doc:"version of the file's format"`
	Name     string   `toml:"name" doc:"name of the sweep; by default that of the file"`
	Variants []string `toml:"variants" doc:"variants of every experiment; \"\" is the experiment as it stands"`
}

// Setting is a key of an experiment with a value.
type Setting struct {
	key   string   // dotted
	value string   // as TOML
	label string   // as a person writes it
	at    []string // where it stands in the sweep file
}

// keyPath is where the key of the setting stands: that of a grid holds a list of
// values.
func (s Setting) keyPath() []string {
	if s.at[0] == "grid" {
		return s.at[:len(s.at)-1]
	}
	return s.at
}

// Point is one experiment of a sweep.
type Point struct {
	Labels     map[string]string // what tells it from the others
	Experiment *spec.Experiment
	Folder     string // that its relative paths start from
}

// sweepTables are the keys of a sweep file that are no fields of SweepHead.
var sweepTables = []string{"experiment", "seeds", "set", "grid", "list"}

// ReadSweep reads a sweep file. File is its name in messages. Every error is a
// *Fault. The experiments are read by Points.
func ReadSweep(file, text string) (*Sweep, error) {
	s := decode.New(file, text, spec.Hints)
	root, err := s.Decode()
	if err != nil {
		return nil, err
	}
	r := &sweepReader{s, &Sweep{Src: s}}
	return r.sweep, r.root(root)
}

type sweepReader struct {
	*decode.Source
	sweep *Sweep
}

func (r *sweepReader) root(root map[string]any) error {
	x := r.sweep
	x.SweepHead = SweepHead{Format: spec.Format, Name: strings.TrimSuffix(filepath.Base(r.File), ".toml")}
	if _, ok := root["experiment"]; !ok && isExperiment(root) {
		return r.Fault(nil, "is an experiment, not a sweep; a sweep file names it, experiment = %q, and says what to try: variants = [\"\", …], seeds = 3, [grid] train.rate = [0.01, 0.001]", filepath.Base(r.File))
	}
	known := append(decode.KeysOf(&x.SweepHead), sweepTables...)
	for _, key := range r.Keys(nil, root) {
		if !slices.Contains(known, key) {
			return r.FaultKey([]string{key}, "unknown key%s; keys of the experiment stand in [set], [grid] or [[list]]", spec.Meant(key, known))
		}
	}
	err := r.Bind(nil, root, map[string]decode.Hook{
		"experiment": r.experiments, "seeds": r.seeds,
		"set": func(at []string, v any) (err error) {
			x.set, err = r.settings(at, v)
			return err
		},
		"grid": r.gridTable, "list": r.list,
	}, &x.SweepHead)
	if err != nil {
		return err
	}
	if len(x.Experiments) == 0 {
		return r.Fault(nil, "the key \"experiment\" is missing, want a file or the name of a built-in experiment, such as experiment = \"debris\"")
	}
	if v, ok := root["variants"]; ok && len(x.Variants) == 0 {
		return r.Fault([]string{"variants"}, "found %s without an element, want at least one variant", decode.Described(v))
	}
	return r.once()
}

// isExperiment reports whether the tables are those of an experiment file.
func isExperiment(root map[string]any) bool {
	for _, key := range spec.Tables {
		if _, ok := root[key].(map[string]any); ok {
			return true
		}
	}
	return false
}

func (r *sweepReader) experiments(at []string, v any) (err error) {
	if r.sweep.Experiments, err = r.Texts(at, v); err != nil {
		return err
	}
	r.sweep.named = len(r.sweep.Experiments) > 1
	if len(r.sweep.Experiments) == 0 {
		return r.Fault(at, "found an empty list, want at least one experiment")
	}
	return nil
}

// seeds reads a number of seeds, or the seeds themselves.
func (r *sweepReader) seeds(at []string, v any) error {
	if n, ok := v.(int64); ok {
		if n < 1 || n > 1000 {
			return r.Fault(at, "found %d, want 1 to 1000 seeds, or a list of them", n)
		}
		for i := range int(n) {
			r.sweep.Seeds = append(r.sweep.Seeds, i+1)
		}
		return nil
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return r.Fault(at, "found %s, want a number of seeds, such as 6 for the seeds 1 to 6, or a list of them", emptyOr(v))
	}
	for i, v := range list {
		n, ok := v.(int64)
		if !ok || n < 0 || n > 1<<31-1 {
			return r.Fault(decode.Element(at, i), "found %s, want a whole number of at least 0", decode.Described(v))
		}
		r.sweep.Seeds = append(r.sweep.Seeds, int(n))
	}
	return nil
}

func emptyOr(v any) string {
	if list, ok := v.([]any); ok && len(list) == 0 {
		return "an empty list"
	}
	return decode.Described(v)
}

// settings reads a table of settings. Its keys may be dotted or nested, as those
// of a variant.
func (r *sweepReader) settings(at []string, v any) ([]Setting, error) {
	var list []Setting
	err := r.leaves(at, nil, v, func(key, at []string, v any) error {
		list = append(list, Setting{decode.Dotted(key), decode.Plain(v), label(v), at})
		return nil
	})
	return list, err
}

// leaves calls f for every value below a table that is no table itself, with
// its key in the experiment and its place.
func (r *sweepReader) leaves(at, key []string, v any, f func(key, at []string, v any) error) error {
	m, err := r.Table(at, v)
	if err != nil {
		return err
	}
	for _, k := range r.Keys(at, m) {
		path := decode.Below(at, k)
		whole := decode.Below(key, k)
		if len(key) == 0 {
			whole, _ = decode.SplitKey(k)
		}
		if sub, ok := m[k].(map[string]any); ok && len(sub) > 0 {
			err = r.leaves(path, whole, sub, f)
		} else {
			err = f(whole, path, m[k])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *sweepReader) gridTable(at []string, v any) error {
	return r.leaves(at, nil, v, func(key, at []string, v any) error {
		list, ok := v.([]any)
		if tables, many := v.([]map[string]any); many {
			for _, t := range tables {
				list = append(list, t)
			}
			ok = true
		}
		if !ok || len(list) == 0 {
			return r.Fault(at, "found %s, want a list of the values to try", emptyOr(v))
		}
		var values []Setting
		for i, v := range list {
			values = append(values, Setting{decode.Dotted(key), decode.Plain(v), label(v), decode.Element(at, i)})
		}
		r.sweep.grid = append(r.sweep.grid, values)
		return nil
	})
}

func (r *sweepReader) list(at []string, v any) error {
	var cases []any
	switch v := v.(type) {
	case []map[string]any:
		for _, c := range v {
			cases = append(cases, c)
		}
	case []any:
		cases = v
	default:
		return r.Fault(at, "found %s, want tables [[list]]", decode.Described(v))
	}
	for i, c := range cases {
		here := decode.Element(at, i)
		settings, err := r.settings(here, c)
		if err != nil {
			return err
		}
		if len(settings) == 0 {
			return r.Fault(here, "found no settings, want at least one key of the experiment")
		}
		r.sweep.cases = append(r.sweep.cases, settings)
	}
	if len(cases) == 0 {
		return r.Fault(at, "found an empty list, want at least one table of settings")
	}
	return nil
}

// once reports a key that two parts of the file set for one experiment.
func (r *sweepReader) once() error {
	x := r.sweep
	groups := [][]Setting{x.set}
	for _, g := range x.grid {
		groups = append(groups, g[:1])
	}
	seen := map[string][]string{}
	add := func(s Setting, seen map[string][]string) error {
		switch {
		case s.key == "variant":
			return r.FaultKey(s.keyPath(), "a variant is no key of an experiment; want variants = [...] at the top of the file")
		case s.key == "seed" && len(x.Seeds) > 0:
			return r.FaultKey(s.keyPath(), "the file has seeds = …, too; want one of the two")
		}
		if other, ok := seen[s.key]; ok {
			return r.FaultKey(s.keyPath(), "%s stands in %s, too; want it once", s.key, decode.Dotted(other))
		}
		seen[s.key] = s.keyPath()
		return nil
	}
	for _, g := range groups {
		for _, s := range g {
			if err := add(s, seen); err != nil {
				return err
			}
		}
	}
	for _, c := range x.cases {
		own := map[string][]string{}
		for k, v := range seen {
			own[k] = v
		}
		for _, s := range c {
			if err := add(s, own); err != nil {
				return err
			}
		}
	}
	return nil
}
