package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"ventral/cortex/analysis"
)

// Kind is a kind of probe.
type Kind struct {
	Name   string // its word, and that of its file
	About  string // a line for lists
	Source string // where the definition is from
	Images int    // that it is shown where nobody says how many
	New    func() Probe
}

// Probe is a pointer to the settings of a kind with their defaults: a struct whose fields
// are of int, float64 or string and have the tags toml and doc, and oneof, min, max,
// above, below.
type Probe interface {
	// Measure returns what it measures. It returns the error of the context soon after
	// that is cancelled.
	Measure(context.Context, *Subject) ([]analysis.Frame, error)
}

// kinds are in the order of lists.
var kinds = newRegistry(
	gradientKind,
	dropKind,
	fieldKind,
	jacobianKind,
	controlKind,
)

// Kinds lists the kinds of probe.
func Kinds() []Kind { return kinds.all() }

// Names lists the names of kinds.
func Names() (list []string) {
	for _, k := range Kinds() {
		list = append(list, k.Name)
	}
	return list
}

// Register adds a kind from outside this package, and returns what takes it out again.
// It panics where the name is no word or is taken, or a field is missing.
func Register(k Kind) (remove func()) { return kinds.add(k) }

// registry holds kinds in the order in which they were added.
type registry struct {
	mu   sync.RWMutex
	list []Kind
}

func newRegistry(list ...Kind) *registry {
	r := &registry{}
	for _, k := range list {
		r.add(k)
	}
	return r
}

func (r *registry) add(k Kind) (remove func()) {
	if k.Name == "" || strings.Trim(k.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		panic(fmt.Sprintf("probe: name %q: want lower-case letters, digits and _", k.Name))
	}
	if k.About == "" || k.Source == "" || k.Images < 1 || k.New == nil {
		panic(fmt.Sprintf("probe: kind %q: want About, Source, Images and New", k.Name))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	same := func(x Kind) bool { return x.Name == k.Name }
	if slices.ContainsFunc(r.list, same) {
		panic(fmt.Sprintf("probe: %q is registered twice", k.Name))
	}
	r.list = append(r.list, k)
	return sync.OnceFunc(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.list = slices.DeleteFunc(r.list, same)
	})
}

func (r *registry) all() []Kind {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.list)
}
