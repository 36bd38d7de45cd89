package experiments

import (
	"fmt"
	"reflect"
	"strings"
)

// Difference is a key that two resolved experiments do not agree on.
type Difference struct {
	Key string `json:"key"` // as in connection."V1->IT".delay
	Was string `json:"was"` // as in the file, "" where the first has no such key
	Is  string `json:"is"`  // "" where the second has none
}

// String says it in a line.
func (d Difference) String() string {
	switch {
	case d.Was == "":
		return fmt.Sprintf("%s is %s, was not there", d.Key, d.Is)
	case d.Is == "":
		return fmt.Sprintf("%s is not there, was %s", d.Key, d.Was)
	}
	return fmt.Sprintf("%s is %s, was %s", d.Key, d.Is, d.Was)
}

// Differences lists the keys that two experiments do not agree on, defaults
// filled in and patterns written out: those of a in its order, then those that
// only b has.
func Differences(a, b *Experiment) []Difference { return differences(a.TOML(), b.TOML()) }

// differences compares two resolved files.
func differences(a, b string) []Difference {
	x, y := keyed(a), keyed(b)
	var list []Difference
	for _, k := range x.order {
		if y.value[k] != x.value[k] {
			list = append(list, Difference{k, x.value[k], y.value[k]})
		}
	}
	for _, k := range y.order {
		if _, ok := x.value[k]; !ok {
			list = append(list, Difference{k, "", y.value[k]})
		}
	}
	return list
}

// Edited is the error of a run that is asked to go on with another experiment
// than it was begun with.
type Edited struct {
	Where       string // the run's folder, or its file that was edited
	Differences []Difference
}

// Error says which keys differ, a line each.
func (e *Edited) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: is not the experiment that the run was begun with; start a new run with it, or go on without these changes:", e.Where)
	for _, d := range e.Differences {
		fmt.Fprintf(&b, "\n  %s", d)
	}
	return b.String()
}

// Same reports, as an *Edited, an experiment that is not the one of the run in a
// folder, or controls that are not its controls.
func Same(dir Folder, e *Experiment, controls []*Experiment) error {
	old, info, err := Open(dir)
	if err != nil {
		return err
	}
	if d := Differences(old, e); len(d) > 0 {
		return &Edited{string(dir), d}
	}
	if was, is := words(info.Controls), words(e.Control); was != is {
		return &Edited{string(dir), []Difference{{"control", was, is}}}
	}
	for _, c := range controls {
		if err := Same(dir.Control(c.Variant), c, nil); err != nil {
			return err
		}
	}
	return nil
}

func words(list []string) string {
	s, _ := value(reflect.ValueOf(list))
	return s
}

// keys are those of a resolved experiment with their values, both as text.
type keys struct {
	order []string
	value map[string]string
}

// keyed reads the lines of a resolved experiment as full keys and values; a
// list over several lines becomes one.
func keyed(text string) keys {
	k := keys{value: map[string]string{}}
	table, last := "", ""
	for _, line := range strings.Split(text, "\n") {
		key, value, ok := strings.Cut(line, " = ")
		switch {
		case strings.HasPrefix(line, "["):
			table = strings.TrimSuffix(strings.TrimPrefix(line, "["), "]") + "."
		case ok && !strings.HasPrefix(line, " "):
			last = table + key
			k.order = append(k.order, last)
			k.value[last] = value
		case last != "" && strings.TrimSpace(line) != "":
			k.value[last] += " " + strings.TrimSpace(line)
		}
	}
	return k
}
