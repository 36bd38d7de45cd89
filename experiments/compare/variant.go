// Package compare answers which connections matter: it makes variants of
// experiments alike in what is not asked, trains each with several seeds, and
// says what the runs support.
package compare

import (
	"fmt"
	"slices"
	"strings"

	"ventral/cortex"
	"ventral/experiments"
	"ventral/experiments/decode"
	"ventral/experiments/spec"
)

// Variant is one of the experiments that are compared.
type Variant struct {
	Name      string            `json:"name"`
	Changes   []string          `json:"changes"`   // what was changed to make it comparable
	Recurrent bool              `json:"recurrent"` // an area's state depends on states before
	Cost      experiments.Cost  `json:"cost"`
	Chosen    map[string]string `json:"chosen,omitempty"` // keys that were tuned
	Text      string            `json:"experiment"`       // resolved; the seed is that of the first run
	Folder    string            `json:"folder"`           // that its relative paths start from

	e *spec.Experiment
}

// Source is where variants come from: a file, one variant of it, or a file with
// a pattern in place of its own.
type Source struct {
	File, Text string
	Folder     string
	Set        []string // keys changed in all of its variants
	Auto       string   // what precision = "auto" is, as in experiments.Overrides
}

// read reads a variant of the source, "" for the file as it stands.
func (s Source) read(variant string, set ...string) (*spec.Experiment, error) {
	return spec.Read(s.File, s.Text, spec.Overrides{Variant: variant, Auto: s.Auto, Set: append(append([]string(nil), s.Set...), set...)})
}

// newVariant resolves an experiment into a variant, with the precision in force,
// so that all of its runs compute in that one.
func newVariant(name string, e *spec.Experiment, folder string) (*Variant, error) {
	v := &Variant{Name: name, Folder: folder, Changes: []string{}}
	e.Name, e.Precision = name, e.Arithmetic()
	return v, v.take(e)
}

// take makes e the variant's experiment, read anew from its resolved text.
func (v *Variant) take(e *spec.Experiment) (err error) {
	v.e, err = spec.Read(v.Name, e.TOML(), spec.Overrides{})
	if err != nil {
		return err
	}
	v.Text = v.e.TOML()
	g, err := v.e.Graph()
	if err != nil {
		return err
	}
	a, err := cortex.Anatomy(g, v.Name)
	v.Recurrent = a.Recurrent()
	return err
}

// changed returns the experiment after a change to a copy of it.
func (v *Variant) changed(change func(*spec.Experiment)) (*spec.Experiment, error) {
	e, err := spec.Read(v.Name, v.Text, spec.Overrides{})
	if err != nil {
		return nil, err
	}
	change(e)
	return spec.Read(v.Name, e.TOML(), spec.Overrides{})
}

// with returns the experiment with keys set.
func (v *Variant) with(set ...string) (*spec.Experiment, error) {
	return spec.Read(v.Name, v.Text, spec.Overrides{Set: set})
}

func (v *Variant) note(format string, args ...any) {
	v.Changes = append(v.Changes, fmt.Sprintf(format, args...))
}

// Own returns variants of one file: those that are named, by default those of its
// table compare, by default all. The file's name is the file as it stands. The
// faults of all of them are reported together.
func (s Source) Own(names []string) ([]*Variant, error) {
	base, err := s.read("")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		names = base.Compare.Variants
	}
	all := len(names) == 0
	if all {
		names = append([]string{base.Name}, base.Variants...)
	}
	if err := twice("variant", names); err != nil {
		return nil, fmt.Errorf("%s: %w", s.File, err)
	}
	var list []*Variant
	var faults decode.Faults
	for i, name := range names {
		variant := name
		if name == base.Name {
			variant = ""
		} else if !slices.Contains(base.Variants, name) {
			known := append([]string{base.Name}, base.Variants...)
			return nil, fmt.Errorf("%s: no variant is called %q, known are %s%s", s.File, name, strings.Join(known, ", "), spec.Near(name, known))
		}
		e, err := s.read(variant)
		if err != nil {
			faults.Add(err)
			continue
		}
		v, err := newVariant(name, e, s.Folder)
		if err != nil {
			return nil, err
		}
		if all && i > 0 && len(list) > 0 && list[0].Name == base.Name && same(list[0], v) {
			list = list[1:] // the file as it stands has a name of its own
		}
		list = append(list, v)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return list, nil
}

// One returns a variant of the source, "" for the file as it stands, under the
// experiment's name.
func (s Source) One(variant string) (*Variant, error) {
	e, err := s.read(variant)
	if err != nil {
		return nil, err
	}
	return newVariant(e.Name, e, s.Folder)
}

// Check works out what is known of the variant before training.
func (v *Variant) Check(s experiments.Surroundings) (*experiments.Check, error) {
	return experiments.NewCheck(v.e, s)
}

// same reports whether two variants differ in what they are called alone.
func same(a, b *Variant) bool {
	x, y := *a.e, *b.e
	for _, e := range []*spec.Experiment{&x, &y} {
		e.Name, e.About, e.Control = "", "", nil
	}
	return x.TOML() == y.TOML()
}

// apart reports two variants that are one.
func apart(list []*Variant) error {
	for i, a := range list {
		for _, b := range list[i+1:] {
			if same(a, b) {
				return fmt.Errorf("%s and %s are the same network, trained alike, so that a comparison of them would tell nothing; leave one of them out", a.Name, b.Name)
			}
		}
	}
	return nil
}

// twice reports a name that stands in a list twice.
func twice(what string, names []string) error {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("found the %s %s twice, want each once", what, name)
		}
	}
	return nil
}

// Patterns are the names that Derive knows, with the patterns of a file that
// each is.
var Patterns = []struct {
	Name  string
	Parts []string
	About string
}{
	{"feedforward", []string{"feedforward"}, "each area to the next"},
	{"lateral", []string{"feedforward", "lateral"}, "feedforward, and each area to itself"},
	{"feedback", []string{"feedforward", "feedback"}, "feedforward, and each area to the one before"},
	{"bypass", []string{"feedforward", "bypass"}, "feedforward, and forward past one or more areas"},
	{"adjacent", []string{"feedforward", "lateral", "feedback"}, "feedforward, lateral, and feedback between neighbours"},
	{"full", []string{"full"}, "every area to every area, itself included"},
}

// Derive returns variants of one file, or of one variant of it, each with
// another pattern in place of the file's own. Connections that the file has
// besides its pattern are in none of them.
func (s Source) Derive(variant string, names []string) ([]*Variant, error) {
	if err := twice("pattern", names); err != nil {
		return nil, err
	}
	base, err := s.read(variant)
	if err != nil {
		return nil, err
	}
	var list []*Variant
	for _, name := range names {
		var parts []string
		var known []string
		for _, p := range Patterns {
			known = append(known, p.Name)
			if p.Name == name {
				parts = p.Parts
			}
		}
		if parts == nil {
			return nil, fmt.Errorf("found pattern %q, want some of %s%s", name, strings.Join(known, ", "), spec.Near(name, known))
		}
		e, err := s.read(variant, `pattern=["`+strings.Join(parts, `", "`)+`"]`)
		if err != nil {
			return nil, fmt.Errorf("%s with the pattern %s: %w", base.Name, name, err)
		}
		v, err := newVariant(name, e, s.Folder)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// distinct reports variants that cannot be compared: fewer than two, two of one
// name, or of different images.
func distinct(list []*Variant) error {
	if len(list) < 2 {
		name := "none"
		if len(list) == 1 {
			name = "one, " + list[0].Name
		}
		return fmt.Errorf("found %s, want two or more variants to compare: several experiments, a file with [variant.NAME], or --pattern feedforward,adjacent", name)
	}
	seen := map[string]bool{}
	for _, v := range list {
		if seen[v.Name] {
			return fmt.Errorf("two variants are called %q; name one of them otherwise, by name = \"…\" in its file", v.Name)
		}
		seen[v.Name] = true
		if a, b := images(list[0].e), images(v.e); a != b {
			return fmt.Errorf("%s and %s see different images, so that a difference could be theirs; %s", list[0].Name, v.Name, firstDifference(a, b))
		}
	}
	return nil
}

// images are the keys of an experiment that say which images there are, a line
// each; how they are prepared for training does not belong to them.
func images(e *spec.Experiment) string {
	_, text, _ := strings.Cut(e.TOML(), "\n[stimuli]\n")
	text, _, _ = strings.Cut(text, "\n[")
	var lines []string
	for _, line := range strings.Split(text, "\n") {
		key, _, _ := strings.Cut(line, " = ")
		if key != "" && !slices.Contains([]string{"normalise", "augment", "path", "download"}, key) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return fmt.Sprintf("stimuli: %s against %s", x[i], strings.Join(y[min(i, len(y)-1):min(i+1, len(y))], ""))
		}
	}
	return "stimuli differ"
}
