package decode

import (
	"fmt"
	"slices"
	"strings"
)

// yesOrNo is a hint to the word that means what true or false was written for;
// "" where none of the words does.
func yesOrNo(v any, words []string) string {
	on, ok := v.(bool)
	if !ok {
		return ""
	}
	meaning := []string{"absent", "none"}
	switch {
	case on:
		meaning = []string{"present"}
	case slices.Contains(words, "zero"):
		return "" // silence is of two sorts, none of which is a no
	}
	for _, w := range meaning {
		if slices.Contains(words, w) {
			return fmt.Sprintf("; %q is the word for %v", w, on)
		}
	}
	return ""
}

// nearWord is a hint to the one of some words that a text is meant for, "no" and
// "false" among them, or else what near says.
func nearWord(text string, words []string, near func(string, []string) string) string {
	switch strings.ToLower(text) {
	case "false", "no", "off", "none", "absent":
		if hint := yesOrNo(false, words); hint != "" {
			return strings.Replace(hint, "false", fmt.Sprintf("%q", text), 1)
		}
	case "true", "yes", "on":
		if hint := yesOrNo(true, words); hint != "" {
			return strings.Replace(hint, "true", fmt.Sprintf("%q", text), 1)
		}
	}
	return near(text, words)
}
