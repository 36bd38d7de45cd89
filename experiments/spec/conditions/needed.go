package conditions

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ventral/experiments/decode"
)

// Besides are the [Circumstances] of a file that the text of another does not have alike.
func Besides(file, text, other string, h decode.Hints) ([]string, error) {
	added, err := Circumstances(file, text, h)
	own, none := Circumstances("", other, h)
	if err != nil || none != nil {
		return added, err
	}
	return slices.DeleteFunc(added, func(set string) bool { return slices.Contains(own, set) }), nil
}

// Needed are those of the added tables that a condition names.
func Needed(added []string, c Condition) (list []string) {
	for _, set := range added {
		key, _, _ := strings.Cut(set, "=")
		path, _ := decode.SplitKey(key)
		named := func(text string) bool { return len(path) > 1 && names(text, path[1]) }
		if path[0] != "condition" && path[0] != "contrast" && (slices.ContainsFunc(c.Set, named) || slices.ContainsFunc(c.Lesions, named)) {
			list = append(list, set)
		}
	}
	return list
}

// names reports whether a text has a name in it as a whole word.
func names(text, name string) bool {
	letter := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_-.>+", r)
	}
	for at := 0; name != "" && at < len(text); {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:at+i])
		after, _ := utf8.DecodeRuneInString(text[at+i+len(name):])
		if !letter(before) && !letter(after) {
			return true
		}
		at += i + len(name)
	}
	return false
}
