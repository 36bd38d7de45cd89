package areas

import (
	"fmt"
	"slices"
	"strings"
)

// kinds makes every kind of dynamics with its defaults, in the order of documentation.
var kinds = []func() Dynamics{
	func() Dynamics { return NewSum() },
	func() Dynamics { return NewRate() },
}

// Register adds a kind of dynamics after the others, and returns what takes it
// out again. It panics where its name is taken. It is not meant for use while
// others read the kinds.
func Register(kind func() Dynamics) (remove func()) {
	name := kind().Kind()
	if slices.Contains(Kinds(), name) {
		panic("areas: two kinds are called " + name)
	}
	before := kinds
	kinds = append(slices.Clone(kinds), kind)
	return func() { kinds = before }
}

// Kinds returns the names that New knows.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k().Kind()
	}
	return names
}

// New returns the named kind of dynamics with its defaults.
func New(kind string) (Dynamics, error) {
	for _, k := range kinds {
		if d := k(); d.Kind() == kind {
			return d, nil
		}
	}
	return nil, fmt.Errorf("found kind %q, want one of %s", kind, strings.Join(Kinds(), ", "))
}

// Signals returns the signals that kinds offer with their defaults, each once.
func Signals() []string {
	names := []string{State, Response}
	for _, k := range kinds {
		for _, name := range k().Layout().SignalNames() {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
