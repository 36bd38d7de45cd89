package contrast

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Contrast is a difference of conditions over the same images, as in "intact - cut" or
// "(intact - cut) - (masked - both)". A name stands for all conditions of it, and may fix
// some of the values, as in "mask[lesion=none]".
type Contrast struct{ Name, Of string }

// Asked reports whether a contrast was asked for by its text, and is no entry of
// [contrast].
func (c Contrast) Asked() bool { return c.Name == c.Of }

// Row is a contrast of conditions, or one of several that values make.
type Row struct {
	Name    string    // with the values of lists that it is of
	Of      string    // with the names of the conditions
	Members []string  // the conditions
	Signs   []float64 // of each
}

// Leaves are the names in a contrast. Its error says why it is none.
func (c Contrast) Leaves() ([]string, error) {
	t, err := c.term()
	if err != nil {
		return nil, err
	}
	names, _ := t.leaves(1)
	return names, nil
}

// term reads a contrast.
func (c Contrast) term() (*term, error) {
	t, err := parse(c.Of)
	if err == nil && t.first == nil {
		err = fmt.Errorf("found %q, want a difference of conditions, such as \"intact - cut\"", c.Of)
	}
	return t, err
}

// Fault names the contrast in an error of its own.
func (c Contrast) Fault(err error) error {
	if c.Asked() {
		return fmt.Errorf("contrast %q: %w", c.Of, err)
	}
	return fmt.Errorf("contrast.%s: %w", c.Name, err)
}

// Foreign is an error of a contrast of which no condition is there, but for AsTrained.
type Foreign struct{ error }

// Conditions are those that contrasts may name.
type Conditions struct {
	Names  []string
	Suffix string // of all their names, which contrasts may leave out: "+steps=9"
}

// found are the conditions that a name stands for, with the values that it leaves open.
func (known Conditions) found(name string) (list []string, open [][]Value) {
	of, fixed := NameOf(name)
	for _, x := range known.Names {
		is, rest := NameOf(x)
		matches := is == of || strings.TrimSuffix(is, known.Suffix) == of
		for _, v := range fixed {
			k := slices.Index(rest, v)
			if matches = matches && k >= 0; matches {
				rest = slices.Delete(slices.Clone(rest), k, k+1)
			}
		}
		if matches {
			list, open = append(list, x), append(open, rest)
		}
	}
	return list, open
}

// Rows are the conditions that a contrast is of. Conditions are paired where the values
// are equal of all lists that both names leave open; a name without a list stands beside
// each value of it. An error says which name, value or pair is missing, and of a contrast
// that is of other conditions it is a [Foreign].
func (known Conditions) Rows(c Contrast) ([]Row, error) {
	t, err := c.term()
	if err != nil {
		return nil, err
	}
	names, signs := t.leaves(1)
	leaves := make([]leaf, len(names))
	var missing error
	there := false
	for k, name := range names {
		l := leaf{keys: map[string]bool{}}
		if l.list, l.open = known.found(name); len(l.list) == 0 && missing == nil {
			missing = fmt.Errorf("no condition %q is there%s", name, Nowhere(name, known.Names))
		}
		there = there || len(l.list) > 0 && name != AsTrained
		for _, values := range l.open {
			for _, v := range values {
				l.keys[v.Of] = true
			}
		}
		leaves[k] = l
	}
	if missing != nil {
		if !there {
			missing = Foreign{missing}
		}
		return nil, missing
	}
	var rows []Row
	members := make([]string, len(names))
	var choose func(k int, with []Value)
	choose = func(k int, with []Value) {
		if k == len(names) {
			of, _ := t.named(members)
			row := Row{c.Name, of.String(), slices.Clone(members), signs}
			if text := valuesText(with); text != "" {
				row.Name += "[" + text + "]"
			}
			rows = append(rows, row)
			return
		}
		for i, name := range leaves[k].list {
			if together, ok := joined(with, leaves[k].open[i], leaves[:k], leaves[k]); ok {
				members[k] = name
				choose(k+1, together)
			}
		}
	}
	choose(0, nil)
	if len(rows) == 0 {
		return nil, fmt.Errorf("no conditions of %s have equal values; there are %s", strings.Join(names, " and "), strings.Join(Families(known.Names), ", "))
	}
	return rows, nil
}

// leaf is a name of a contrast: its conditions, the values it leaves open, and all lists
// that these are of.
type leaf struct {
	list []string
	open [][]Value
	keys map[string]bool
}

// joined adds the open values of a condition to those that were chosen; false where one
// list has two values, or where only one of two names with the same list has a value of it.
func joined(with, open []Value, before []leaf, own leaf) ([]Value, bool) {
	all := slices.Clone(with)
	for _, v := range open {
		k := slices.IndexFunc(all, func(x Value) bool { return x.Of == v.Of })
		shared := slices.ContainsFunc(before, func(l leaf) bool { return l.keys[v.Of] })
		switch {
		case k < 0 && shared:
			return nil, false
		case k < 0:
			all = append(all, v)
		case all[k] != v:
			return nil, false
		}
	}
	for key := range maps.Keys(own.keys) {
		has := func(list []Value) bool {
			return slices.ContainsFunc(list, func(x Value) bool { return x.Of == key })
		}
		if has(with) && !has(open) {
			return nil, false
		}
	}
	return all, true
}

func valuesText(list []Value) string {
	var parts []string
	for _, v := range list {
		parts = append(parts, v.Of+"="+v.Value)
	}
	return strings.Join(parts, ",")
}
