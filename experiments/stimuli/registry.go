package stimuli

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Set is a sort of data set as it is registered.
type Set struct {
	Name   string      // its word in an experiment file
	About  string      // a line for lists and the reference
	Source string      // where the images or the generator are published
	New    func() Kind // its settings with their defaults

	// Small returns settings of a few images of every split, for tests. If the
	// set reads files, Small first makes them below folder, which is empty, and
	// the settings name them by paths relative to it.
	Small func(folder string) (Kind, error)
}

// sets holds the data sets that [Register] added: those of package sets, which
// travel with the program, among them.
var sets = &registry{}

// Sets returns the data sets, sorted by name.
func Sets() []Set { return sets.all() }

// Register adds a data set, and returns what takes it out again. It panics where
// the name is no word or is taken, or a field is missing.
func Register(s Set) (remove func()) { return sets.add(s) }

// Kinds returns the names that [New] knows, sorted.
func Kinds() []string {
	var names []string
	for _, s := range Sets() {
		names = append(names, s.Name)
	}
	return names
}

// New returns the settings of the named kind with their defaults. An unknown
// name is an error that lists the known ones.
func New(kind string) (Kind, error) {
	for _, s := range Sets() {
		if s.Name == kind {
			return s.New(), nil
		}
	}
	if len(Sets()) == 0 {
		return nil, fmt.Errorf("stimuli: kind: found %q, there are no data sets", kind)
	}
	return nil, fmt.Errorf("stimuli: kind: found %q, want one of %s", kind, strings.Join(Kinds(), ", "))
}

// registry holds data sets in the order of their names.
type registry struct {
	mu   sync.RWMutex
	list []Set
}

func (r *registry) add(s Set) (remove func()) {
	if s.Name == "" || strings.Trim(s.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		panic(fmt.Sprintf("stimuli: name %q: want lower-case letters, digits and _", s.Name))
	}
	if s.About == "" || s.Source == "" || s.New == nil || s.Small == nil {
		panic(fmt.Sprintf("stimuli: data set %q: want About, Source, New and Small", s.Name))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	at, taken := slices.BinarySearchFunc(r.list, s.Name, func(x Set, name string) int { return strings.Compare(x.Name, name) })
	if taken {
		panic(fmt.Sprintf("stimuli: %q is registered twice", s.Name))
	}
	r.list = slices.Insert(r.list, at, s)
	return sync.OnceFunc(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.list = slices.DeleteFunc(r.list, func(x Set) bool { return x.Name == s.Name })
	})
}

func (r *registry) all() []Set {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.list)
}
