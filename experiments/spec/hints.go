package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex/analysis"
	"ventral/experiments/decode"
	"ventral/experiments/stimuli"
	"ventral/nn/optim"
)

// Hints are those of an experiment's and of a sweep's file.
var Hints = decode.Hints{Near: Near, Unknown: elsewhere, Bare: unquoted}

// Meant returns "; did you mean …?" with the nearest of the known words, and
// the list of all where none is near.
func Meant(found string, known []string) string {
	if hint := Near(found, known); hint != "" {
		return hint
	}
	return decode.Meant(found, known)
}

// noArea says that no area is called so, which is meant, and which there are.
func noArea(found string, names []string) string {
	all := "the areas are " + strings.Join(names, ", ")
	if hint := Near(found, names); hint != "" {
		return fmt.Sprintf("no area is called %q%s T%s", found, hint, all[1:])
	}
	return fmt.Sprintf("no area is called %q; %s", found, all)
}

// Near returns "; did you mean …?" with the nearest of the known words, or that
// which found is another word for; "" where there is none.
func Near(found string, known []string) string {
	k := synonymAmong(found, known)
	if k == "" {
		k = decode.Nearest(found, known)
	}
	if k == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", k)
}

// elsewhere is meant for a key that the table at path does not have: where
// another kind of the same thing has it, or another table, it says so.
func elsewhere(path []string, key string, known []string) string {
	if kinds := kindsWith(path, key); len(kinds) > 0 {
		return " here; it belongs to " + strings.Join(kinds, " or ")
	}
	if k := synonymAmong(key, known); k == "" {
		if hint := otherwise(path, key); hint != "" {
			return hint
		}
	}
	if hint := Near(key, known); hint != "" {
		return hint
	}
	if owners := tablesWith(key); len(owners) > 0 {
		return " here; it belongs to " + strings.Join(owners, " or ") + withTable(path, owners, key)
	}
	return Meant(key, known)
}

// withTable says, of a key at the top of a file, how it is written there with its
// table, such as train.epochs; "" of a key in a table.
func withTable(path, owners []string, key string) string {
	if len(path) > 0 {
		return ""
	}
	var list []string
	for _, head := range heads.FindAllStringSubmatch(strings.Join(owners, " "), -1) {
		list = append(list, head[1]+"."+key)
	}
	return ", as " + strings.Join(list, " or ")
}

// heads finds the heads of tables, such as [train].
var heads = regexp.MustCompile(`\[([^\]]+)\]`)

// kindsWith names the kinds that a table at path could be of and that have a key.
func kindsWith(path []string, key string) (kinds []string) {
	if len(path) == 0 || path[0] == "default" && len(path) == 1 {
		return nil
	}
	add := func(what string, names []string, make func(string) any) {
		for _, k := range names {
			if x := make(k); slices.Contains(keysOfKind(x), key) {
				if len(kinds) == 0 {
					kinds = append(kinds, fmt.Sprintf("%s %q", what, k))
				} else {
					kinds = append(kinds, fmt.Sprintf("%q", k))
				}
			}
		}
	}
	switch {
	case path[0] == "train" && len(path) == 1:
		add("optimiser", optim.Kinds(), func(k string) any { o, _ := optim.New(k); return o })
	case path[0] == "analysis" && len(path) == 2:
		add("kind", analysisKinds(), func(name string) any { k, _ := analysis.Find(name); return k.New() })
	case path[0] == "stimuli" && len(path) == 1:
		add("kind", stimuli.Kinds(), func(k string) any { s, _ := stimuli.New(k); return s })
	case (path[0] == "connection" || path[0] == "role" || path[0] == "kind") && len(path) == 2:
		add("kind", connectivity.Kinds(), func(k string) any { t, _ := connectivity.New(k); return t })
	case (path[0] == "area" || path[0] == "default" && path[1] == "area") && len(path) == 2:
		add("kind", areas.Kinds(), func(k string) any { d, _ := areas.New(k); return d })
	}
	return kinds
}
