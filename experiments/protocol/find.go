package protocol

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ventral/experiments/decode"
)

// Find returns the conditions that a name means: all those of a protocol, or those
// that have given values, as in "masking[soa=2]".
func Find(list []Protocol, name string) ([]Condition, error) {
	base, values, chosen := strings.Cut(name, "[")
	i := slices.IndexFunc(list, func(p Protocol) bool { return p.Name == base })
	if i < 0 {
		var known []string
		for _, p := range list {
			known = append(known, p.Name)
		}
		for _, p := range Builtins() {
			known = append(known, p.Name)
		}
		return nil, fmt.Errorf("no protocol is called %q%s", base, decode.Meant(base, known))
	}
	p := &list[i]
	if !chosen {
		return p.Conditions, nil
	}
	if k := slices.IndexFunc(p.Conditions, func(c Condition) bool { return c.Name == name }); k >= 0 {
		return p.Conditions[k : k+1], nil // values may have commas of their own
	}
	values, ok := strings.CutSuffix(values, "]")
	if !ok {
		return nil, fmt.Errorf("found %q, want values within brackets, as in %q", name, p.Conditions[0].Name)
	}
	kept := p.Conditions
	for _, pair := range strings.Split(values, ",") {
		axis, value, _ := strings.Cut(pair, "=")
		k := slices.IndexFunc(p.Axes, func(a Axis) bool { return a.Name == axis })
		if k < 0 {
			return nil, fmt.Errorf("found %q, but protocol %q has no list called %q; its conditions are %s", name, base, axis, Names(p.Conditions))
		}
		kept = slices.DeleteFunc(slices.Clone(kept), func(c Condition) bool { return !same(c.Values[k], value) })
	}
	if len(kept) == 0 {
		return nil, fmt.Errorf("found %q, which is none of the conditions %s", name, Names(p.Conditions))
	}
	return kept, nil
}

// same reports whether two values are written alike, or are one number, as 1 and 1.0.
func same(a, b string) bool {
	x, errA := strconv.ParseFloat(a, 64)
	y, errB := strconv.ParseFloat(b, 64)
	return a == b || errA == nil && errB == nil && x == y
}

// Names writes the names of conditions, of many the first and the last.
func Names(list []Condition) string {
	var names []string
	for i, c := range list {
		if len(list) > 12 && i >= 5 && i < len(list)-1 {
			if i == 5 {
				names = append(names, "…")
			}
			continue
		}
		names = append(names, c.Name)
	}
	return strings.Join(names, ", ")
}

// Usual is what is shown without a protocol: the image, or a clip from its first frame
// on, at some steps.
func Usual(steps string, frames int) Condition {
	x := NewItem()
	x.Steps, x.Image = steps, 0
	if frames > 1 {
		x.Frame = NextFrame
	}
	return Condition{Name: "usual", Settings: Settings{Ground: "mean", Label: -1}, Items: []Item{x}}
}
