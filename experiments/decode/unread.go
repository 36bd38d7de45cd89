package decode

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// Unread reports, where a list or a table is wanted, a --set whose list or table
// TOML cannot read, mostly since a shell took the quotes of its texts. Text
// without quotes stands for itself elsewhere.
func (s *Source) Unread(at []string, v any) error {
	text, ok := v.(string)
	o, n, moved := s.changes.written(at)
	if !ok || !moved || n != len(at) || o.Set == "" || !strings.HasPrefix(text, "[") && !strings.HasPrefix(text, "{") {
		return nil
	}
	what, example := "a list", "[1, 2]"
	if text[0] == '{' {
		what, example = "a table", `{ kind = "conv" }`
	}
	key, _, _ := strings.Cut(strings.TrimPrefix(o.Set, "--set "), "=")
	if right := withQuotes(text); readable(right) {
		return s.Fault(at, "found %s, want the texts in it in quotes: --set '%s=%s'", text, strings.TrimSpace(key), right)
	}
	return s.Fault(at, "found %s, which cannot be read as %s; want one such as %s, with texts in quotes", text, what, example)
}

// readable reports whether a text is a value of TOML.
func readable(text string) bool {
	var x struct{ V any }
	_, err := toml.Decode("V = "+text, &x)
	return err == nil
}

// wordsOfValue are texts and bare words in a list or a table.
var wordsOfValue = regexp.MustCompile(`"[^"]*"|'[^']*'|[^\s,=\[\]{}"']+`)

// withQuotes puts the bare words of a list or a table in quotes, those that begin
// with a letter, but for keys and what TOML reads as it is.
func withQuotes(text string) string {
	var b strings.Builder
	last := 0
	for _, m := range wordsOfValue.FindAllStringIndex(text, -1) {
		word := text[m[0]:m[1]]
		first, _ := utf8.DecodeRuneInString(word)
		if !unicode.IsLetter(first) || strings.HasPrefix(strings.TrimSpace(text[m[1]:]), "=") || readable(word) {
			continue
		}
		b.WriteString(text[last:m[0]])
		fmt.Fprintf(&b, "%q", word)
		last = m[1]
	}
	return b.String() + text[last:]
}
