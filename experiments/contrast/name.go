package contrast

import (
	"fmt"
	"slices"
	"strings"

	"ventral/experiments/decode"
)

// AsTrained is the name of the run itself beside its conditions.
const AsTrained = "as trained"

// Value is one of a list, by the name of the list.
type Value struct {
	Of    string `json:"of"`
	Value string `json:"value"`
}

// NameOf takes the name of a condition apart: "mask[soa=1,lesion=none]" is of mask, with
// two values. What stands outside of brackets belongs to the first part.
func NameOf(name string) (of string, values []Value) {
	depth, at := 0, 0
	inside := func(part string) {
		if k, v, ok := strings.Cut(strings.TrimSpace(part), "="); ok {
			values = append(values, Value{k, v})
		}
	}
	for i := range len(name) {
		switch name[i] {
		case '[':
			if depth++; depth == 1 {
				of, at = of+name[at:i], i+1
			}
		case ']':
			if depth--; depth == 0 {
				inside(name[at:i])
				at = i + 1
			}
		case ',':
			if depth == 1 {
				inside(name[at:i])
				at = i + 1
			}
		}
	}
	if depth != 0 {
		return name, nil
	}
	return of + name[at:], values
}

// Has reports whether a condition is one of those that a name stands for: of that name,
// with all the values that it fixes.
func Has(name, condition string) bool {
	of, fixed := NameOf(name)
	is, values := NameOf(condition)
	return of == is && !slices.ContainsFunc(fixed, func(v Value) bool { return !slices.Contains(values, v) })
}

// Families lists names, those of one table together with the values of its lists:
// "mask[soa=1|2,lesion=none|fb]".
func Families(names []string) []string {
	var order []string
	values := map[string][]Value{}
	for _, name := range names {
		of, own := NameOf(name)
		if !slices.Contains(order, of) {
			order = append(order, of)
		}
		for _, v := range own {
			if !slices.Contains(values[of], v) {
				values[of] = append(values[of], v)
			}
		}
	}
	for i, of := range order {
		var keys []string
		each := map[string][]string{}
		for _, v := range values[of] {
			if each[v.Of] == nil {
				keys = append(keys, v.Of)
			}
			each[v.Of] = append(each[v.Of], v.Value)
		}
		var parts []string
		for _, key := range keys {
			parts = append(parts, key+"="+strings.Join(each[key], "|"))
		}
		if len(parts) > 0 {
			order[i] = of + "[" + strings.Join(parts, ",") + "]"
		}
	}
	return order
}

// Nowhere says why none of the names is called name: the value that none has, the name
// that may be meant, or all there are.
func Nowhere(name string, names []string) string {
	of, values := NameOf(name)
	if from := strings.IndexByte(name, '['); from >= 0 && len(values) == 0 {
		return "; want values in brackets, as in " + name[:from] + "[soa=1]; there are " + strings.Join(Families(names), ", ")
	}
	var bases, family []string
	for _, x := range names {
		base, _ := NameOf(x)
		if bases = append(bases, base); base == of {
			family = append(family, x)
		}
	}
	if len(family) == 0 {
		if near := decode.Nearest(of, bases); near != "" {
			return fmt.Sprintf("; did you mean %q?", near)
		}
		return "; there are " + strings.Join(Families(names), ", ")
	}
	known := map[string][]string{}
	var keys []string
	for _, x := range family {
		_, own := NameOf(x)
		for _, v := range own {
			if known[v.Of] == nil {
				keys = append(keys, v.Of)
			}
			if !slices.Contains(known[v.Of], v.Value) {
				known[v.Of] = append(known[v.Of], v.Value)
			}
		}
	}
	for _, v := range values {
		switch {
		case len(keys) == 0: // of lists
			return "; " + of + " has no lists, so that it is one condition"
		case known[v.Of] == nil:
			return "; " + of + " has no " + v.Of + ", its lists are " + strings.Join(Families(family), ", ")
		case !slices.Contains(known[v.Of], v.Value):
			return "; the values of " + v.Of + " are " + strings.Join(known[v.Of], ", ")
		}
	}
	return "; there are " + strings.Join(Families(names), ", ")
}
