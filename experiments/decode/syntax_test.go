package decode

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestKeyAt takes a table's name, not its first element's, which stands at the same
// place; maps have no order, so it is asked for often.
func TestKeyAt(t *testing.T) {
	for text, want := range map[string]string{"a = 1\n[[list.x]]": "list.x", "[[]]": "", "[area.V1]\nshape": "area.V1.shape"} {
		for range 50 {
			if got := keyAt(text, len(text)); got != want {
				t.Fatalf("%q: got %q, want %q", text, got, want)
			}
		}
	}
}

// TestPlaceWithinACharacter: the parser may stop at any byte; a fault stands at a
// character.
func TestPlaceWithinACharacter(t *testing.T) {
	for _, text := range []string{"\"G홙", "\"ä", "x = 1\n\"ab€", "x = \"€"} {
		_, err := New("x.toml", text, Hints{Bare: func(string, int) (word, message string, from int) { return "", "", 0 }}).Decode()
		var f *Fault
		if !errors.As(err, &f) {
			t.Fatalf("%q: got %v", text, err)
		}
		lines := strings.Split(text, "\n")
		if line := lines[f.Line-1]; f.Column > utf8.RuneCountInString(line)+1 || !utf8.ValidString(f.Key) {
			t.Errorf("%q: column %d of %q, key %q", text, f.Column, line, f.Key)
		}
	}
}
