package decode

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzPositions finds keys in any text: every place lies in it, and that of a
// key begins with the key where it has no quotes.
func FuzzPositions(f *testing.F) {
	for _, folder := range []string{"examples", "frompapers", "spec/testdata/faulty"} {
		names, err := filepath.Glob(filepath.Join("..", folder, "*.toml"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for path, p := range positions(text) {
			if p.key < 0 || p.key > len(text) || p.value < 0 || p.value > len(text) || p.value < p.key {
				t.Fatalf("%q stands at %d and %d of %d bytes", path, p.key, p.value, len(text))
			}
			parts := strings.Split(path, "\x00")
			key := parts[len(parts)-1]
			if rest := text[p.key:]; key != "" && !strings.HasPrefix(key, "#") && !strings.HasPrefix(rest, key) && rest[0] != '"' && rest[0] != '\'' {
				t.Fatalf("%q stands at %q", path, rest[:min(len(rest), 20)])
			}
		}
	})
}
