// Package compare answers which connections matter: it makes variants of
// experiments alike in what is not asked, trains each with several seeds, and
// says what the runs support.
package compare

import (
	"fmt"
	"slices"
	"strings"

	"ventral/experiments/run/check"

	"ventral/cortex"
	"ventral/experiments/run"
	"ventral/experiments/spec"
)

// Variant is one of the experiments that are compared.
type Variant struct {
	Name      string            `json:"name"`
	Changes   []string          `json:"changes"`   // what was changed to make it comparable
	Recurrent bool              `json:"recurrent"` // an area's state depends on states before
	Cost      run.Cost          `json:"cost"`
	Chosen    map[string]string `json:"chosen,omitempty"` // keys that were tuned
	Text      string            `json:"experiment"`       // resolved; the seed is that of the first run
	Folder    string            `json:"folder"`           // that its relative paths start from

	e *spec.Experiment
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
	v.e, err = spec.Read(v.Name, e.TOML(), spec.Overrides{Folder: v.Folder})
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

// changed returns the experiment after a change to a copy of it. Its text is read
// again, since the reader knows every limit.
func (v *Variant) changed(change func(*spec.Experiment)) (*spec.Experiment, error) {
	e := v.e.Copy()
	change(e)
	return spec.Read(v.Name, e.TOML(), spec.Overrides{Folder: v.Folder})
}

// with returns the experiment with keys set.
func (v *Variant) with(set ...string) (*spec.Experiment, error) {
	return spec.Read(v.Name, v.Text, spec.Overrides{Folder: v.Folder, Set: set})
}

func (v *Variant) note(format string, args ...any) {
	v.Changes = append(v.Changes, fmt.Sprintf(format, args...))
}

// Check works out what is known of the variant before training.
func (v *Variant) Check(s check.Options) (*check.Check, error) {
	return check.New(v.e, s)
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
