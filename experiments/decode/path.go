package decode

import (
	"fmt"
	"strings"
)

// Joined makes one string of a path of keys. Elements of arrays are "#0", "#1", ….
func Joined(path []string) string { return strings.Join(path, "\x00") }

// Below returns the path of keys below another, in memory of its own.
func Below(path []string, keys ...string) []string {
	return append(append(make([]string, 0, len(path)+len(keys)), path...), keys...)
}

// Element returns the path of an element of the array at path.
func Element(path []string, i int) []string { return Below(path, fmt.Sprintf("#%d", i)) }

// Dotted writes a path as keys of a file.
func Dotted(path []string) string {
	var parts []string
	for _, p := range path {
		switch {
		case strings.HasPrefix(p, "#"):
			if len(parts) > 0 {
				parts[len(parts)-1] += "[" + p[1:] + "]"
			}
		case !BareKey(p):
			parts = append(parts, fmt.Sprintf("%q", p))
		default:
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ".")
}
