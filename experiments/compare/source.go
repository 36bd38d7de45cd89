package compare

import (
	"fmt"
	"slices"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/spec"
)

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
	return spec.Read(s.File, s.Text, spec.Overrides{Variant: variant, Auto: s.Auto, Folder: s.Folder, Set: append(append([]string(nil), s.Set...), set...)})
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

// twice reports a name that stands in a list twice.
func twice(what string, names []string) error {
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return fmt.Errorf("found the %s %s twice, want each once", what, name)
		}
	}
	return nil
}
