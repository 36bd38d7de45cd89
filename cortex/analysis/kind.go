package analysis

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Kind is a kind of analysis.
type Kind struct {
	Name    string // its word in an experiment file
	About   string // a line for lists and the reference
	Source  string // where the definition is from
	Default bool   // of an experiment that says nothing of it
	New     func() Settings
}

// Settings are the keys of a kind with their defaults: a pointer to a struct
// whose fields have the tags toml and doc, and oneof, min, max, above, below.
type Settings interface {
	// Needs says which recordings the analysis reads.
	Needs() []Need

	// Start begins an analysis. It may be called any number of times.
	Start(Subject) Analysis
}

// Analysis takes the recordings of one run, batch by batch.
type Analysis interface {
	// Add takes a batch of a recording that Needs names. It keeps nothing of
	// the batch's Data, which the next one overwrites.
	Add(Batch) error

	// Frames returns the result, after the last batch.
	Frames() ([]Frame, error)
}

// kinds are in the order of documentation and of a run's frames.
var kinds = newRegistry(
	accuracyKind,
	confusionKind,
	answersKind,
	decisionKind,
	solutionKind,
	robustKind,
	activityKind,
	stateChangeKind,
	stateSizeKind,
	tuningKind,
	sparsenessKind,
	latencyKind,
	featureMapsKind,
	rdmKind,
	ckaKind,
	brainKind,
	trajectoryKind,
	decodeKind,
	generaliseKind,
	inferenceKind,
	fieldKind,
	stabilityKind,
	shareKind,
	lesionKind,
	controlKind,
)

// Kinds lists the kinds of analysis.
func Kinds() []Kind { return kinds.all() }

// Find returns the kind of a name.
func Find(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Register adds a kind from outside this package, and returns what takes it out
// again. It panics where the name is no word or is taken, or a field is missing.
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
		panic(fmt.Sprintf("analysis: name %q: want lower-case letters, digits and _", k.Name))
	}
	if k.About == "" || k.Source == "" || k.New == nil {
		panic(fmt.Sprintf("analysis: kind %q: want About, Source and New", k.Name))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	same := func(x Kind) bool { return x.Name == k.Name }
	if slices.ContainsFunc(r.list, same) {
		panic(fmt.Sprintf("analysis: %q is registered twice", k.Name))
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
