package stimuli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Kind is the settings of one sort of data set. The dynamic type is a pointer
// to a struct whose exported fields have the tags toml, the key in an
// experiment file, and doc, its help in one line; and oneof, min, max, above,
// below.
//
// A kind of files is a [Placed], too. One that can be described without its
// files may have a method Ready(Env) error, which [Ready] calls.
type Kind interface {
	// Describe tells what the settings will give. It may look at files, in
	// about a second, and reports the first setting that is out of its range,
	// and files that are missing. The message begins with the key: "digits:
	// found 11, want 3..10".
	Describe(Env) (Description, error)

	// Open reads or generates what is needed before the first image can be
	// read. It reports what Describe reports.
	Open(Env) (Data, error)
}

// Placed is a kind whose settings say where files lie.
type Placed interface {
	Kind

	// Content tells the data by what it is: the settings without those that
	// say where it lies, and the SHA-256 of what lies there, by name. Nothing
	// is downloaded; an archive counts by its checksum.
	Content(Env) (plain Kind, hashes map[string]string, err error)
}

// Content tells data by what it is rather than by where it lies, as [Placed]
// says. Of generated data the settings and the seed say everything: there are
// no hashes.
func Content(k Kind, env Env) (Kind, map[string]string, error) {
	if p, ok := k.(Placed); ok {
		return p.Content(env)
	}
	return k, nil, nil
}

// Ready reports, in about a second, what would keep a kind from being opened,
// such as files that are missing or of the wrong size. The message begins with
// the key that names them.
func Ready(k Kind, env Env) error {
	if r, ok := k.(interface{ Ready(Env) error }); ok {
		return r.Ready(env)
	}
	_, err := k.Describe(env)
	return err
}

// Within reports a value outside lo … hi.
func Within[T cmp.Ordered](key string, found, lo, hi T) error {
	if found >= lo && found <= hi {
		return nil
	}
	return fmt.Errorf("%s: found %v, want %v..%v", key, found, lo, hi)
}

// OneOf reports a name that is not among those known.
func OneOf(key, found string, known ...string) error {
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
