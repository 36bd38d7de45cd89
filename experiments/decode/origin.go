package decode

import (
	"maps"
	"slices"
	"strings"
)

// Origin is where a changed value comes from.
type Origin struct {
	Path []string // in the file, for a variant
	Set  string   // "--set key=value"
}

// target returns the path to which a variant's value was written.
func (o Origin) target() []string {
	if len(o.Path) < 3 {
		return nil
	}
	path, _ := SplitKey(o.Path[2])
	return append(path, o.Path[3:]...)
}

// changes are the origins of what a variant or --set wrote, by the joined path.
type changes map[string]Origin

// written returns the origin of a path or of the nearest table above it, which
// has n keys.
func (c changes) written(path []string) (o Origin, n int, ok bool) {
	for n = len(path); n > 0; n-- {
		if o, ok = c[Joined(path[:n])]; ok {
			return o, n, true
		}
	}
	return o, 0, false
}

// setBelow returns the first --set that wrote below a path, or "".
func (c changes) setBelow(path []string) string {
	for _, at := range slices.Sorted(maps.Keys(c)) {
		if strings.HasPrefix(at, Joined(path)+"\x00") && c[at].Set != "" {
			return c[at].Set
		}
	}
	return ""
}
