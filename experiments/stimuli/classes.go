package stimuli

import (
	"fmt"
	"slices"
	"strings"
)

// NotAmong is a word of a setting that is none of those there are. A program that reads
// settings may add which of them is near.
type NotAmong struct {
	Key, Found string
	Known      []string
}

// mostListed is how many words a message lists.
const mostListed = 20

// Error lists the words that there are.
func (e *NotAmong) Error() string {
	list := make([]string, 0, mostListed)
	for _, k := range e.Known[:min(len(e.Known), mostListed)] {
		list = append(list, fmt.Sprintf("%q", k))
	}
	more := ""
	if n := len(e.Known) - mostListed; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("%s: found %q, want some of %s%s", e.Key, e.Found, strings.Join(list, ", "), more)
}

// ChosenClasses reports the first of the classes that are to be used that is not there,
// as a [*NotAmong], or is named twice. The message begins with the key: "classes: …".
func ChosenClasses(chosen, known []string) error {
	for i, c := range chosen {
		switch {
		case !slices.Contains(known, c):
			return &NotAmong{"classes", c, known}
		case slices.Contains(chosen[:i], c):
			return fmt.Errorf("classes: found %q twice, want each class once", c)
		}
	}
	return nil
}
