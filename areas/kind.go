package areas

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// builtIn makes every kind of dynamics that travels with the program, with its
// defaults, in the order of documentation.
var builtIn = []func() Dynamics{
	func() Dynamics { return NewSum() },
	func() Dynamics { return NewRate() },
}

// kinds are those that New knows.
var kinds struct {
	sync.RWMutex
	list []func() Dynamics
}

func init() {
	for _, kind := range builtIn {
		Register(kind)
	}
}

// Register adds a kind of dynamics after the others, and returns what takes it
// out again. It panics where its name is taken.
func Register(kind func() Dynamics) (remove func()) {
	name := kind().Kind()
	if slices.Contains(Kinds(), name) {
		panic("areas: two kinds are called " + name)
	}
	kinds.Lock()
	defer kinds.Unlock()
	kinds.list = append(kinds.list, kind)
	return func() {
		kinds.Lock()
		defer kinds.Unlock()
		kinds.list = slices.DeleteFunc(kinds.list, func(k func() Dynamics) bool { return k().Kind() == name })
	}
}

// all makes every kind.
func all() []Dynamics {
	kinds.RLock()
	defer kinds.RUnlock()
	made := make([]Dynamics, len(kinds.list))
	for i, kind := range kinds.list {
		made[i] = kind()
	}
	return made
}

// Kinds returns the names that New knows.
func Kinds() []string {
	var names []string
	for _, d := range all() {
		names = append(names, d.Kind())
	}
	return names
}

// New returns the named kind of dynamics with its defaults.
func New(kind string) (Dynamics, error) {
	for _, d := range all() {
		if d.Kind() == kind {
			return d, nil
		}
	}
	return nil, fmt.Errorf("found kind %q, want one of %s", kind, strings.Join(Kinds(), ", "))
}

// Signals returns the signals that kinds offer with their defaults, each once.
func Signals() []string {
	names := []string{State, Response}
	for _, d := range all() {
		for _, name := range d.Layout().SignalNames() {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
