package stimuli

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Env is what a data set needs to know of its surroundings to be opened. The
// zero Env is a valid one: seed 0, paths relative to the working directory, no
// cache and no report of progress.
type Env struct {
	// Seed determines what is generated and which images are cut off for
	// validation.
	Seed uint64

	// Folder is the folder that relative paths in the settings start from.
	Folder string

	// Cache is the folder for downloads. Empty means that nothing can be
	// downloaded.
	Cache string

	// Progress, if not nil, is told of long work: images generated or bytes
	// downloaded, out of a total that is 0 while unknown. It is never called
	// from two goroutines at once.
	Progress func(done, total int64)

	// Context, if not nil, ends opening early when it is cancelled.
	Context context.Context
}

// Kind is the settings of one sort of data set. The dynamic type is a pointer
// to a struct whose exported fields have the tags toml, the key in an
// experiment file, and doc, its help in one line.
type Kind interface {
	// Check reports the first setting that is out of its range, before any
	// work. The message begins with the key: "digits: found 11, want 3..10".
	Check() error

	// Describe tells what the settings will give, without any work.
	Describe() Description

	// Ready reports, in well under a second, files that are missing or of the
	// wrong size. The message begins with the key that names them.
	Ready(Env) error

	// Open checks the settings, reads or generates everything, and returns
	// the data.
	Open(Env) (Data, error)
}

// kinds holds the data sets by name, each with its defaults.
var kinds = map[string]func() Kind{
	"cifar10": func() Kind { return NewCIFAR10() },
	"digits":  func() Kind { return NewDigits() },
}

// New returns the settings of the named kind with their defaults. An unknown
// name is an error that lists the known ones.
func New(kind string) (Kind, error) {
	defaults, ok := kinds[kind]
	if !ok {
		return nil, fmt.Errorf("stimuli: kind: found %q, want one of %s", kind, strings.Join(Kinds(), ", "))
	}
	return defaults(), nil
}

// Kinds returns the names that [New] knows, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }

func (e Env) context() context.Context {
	if e.Context == nil {
		return context.Background()
	}
	return e.Context
}

func (e Env) progress(done, total int64) {
	if e.Progress != nil {
		e.Progress(done, total)
	}
}

// resolve returns path, taken from e.Folder when it is relative.
func (e Env) resolve(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(e.Folder, path)
}

// within reports a value outside lo … hi.
func within[T cmp.Ordered](key string, found, lo, hi T) error {
	if found >= lo && found <= hi {
		return nil
	}
	return fmt.Errorf("%s: found %v, want %v..%v", key, found, lo, hi)
}

// oneOf reports a name that is not among those known.
func oneOf(key, found string, known ...string) error {
	if slices.Contains(known, found) {
		return nil
	}
	quoted := make([]string, len(known))
	for i, k := range known {
		quoted[i] = fmt.Sprintf("%q", k)
	}
	return fmt.Errorf("%s: found %q, want %s", key, found, strings.Join(quoted, " or "))
}

// first returns the first error that is not nil.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
