package spec

import (
	"embed"
	"io/fs"
	"sort"
	"strings"

	"ventral/experiments/examples"
	"ventral/experiments/frompapers"
)

// Builtin is an experiment that travels with the program.
type Builtin struct {
	Name string // "debris", "Spoerer_2017"
	Text string
}

// Builtins lists the experiments that travel with the program: examples first,
// then one for each published model.
func Builtins() []Builtin {
	var list []Builtin
	for _, files := range []embed.FS{examples.Files, frompapers.Files} {
		names, err := fs.Glob(files, "*.toml")
		if err != nil {
			panic(err)
		}
		sort.Strings(names)
		for _, n := range names {
			text, err := files.ReadFile(n)
			if err != nil {
				panic(err)
			}
			list = append(list, Builtin{strings.TrimSuffix(n, ".toml"), string(text)})
		}
	}
	return list
}

// FindBuiltin returns the built-in experiment called name, whatever its case.
// Otherwise hint says which there are.
func FindBuiltin(name string) (b Builtin, hint string, ok bool) {
	var names []string
	for _, b := range Builtins() {
		if strings.EqualFold(b.Name, name) {
			return b, "", true
		}
		names = append(names, b.Name)
	}
	return Builtin{}, Meant(name, names), false
}
