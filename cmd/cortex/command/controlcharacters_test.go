package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestControlCharacters: what a file or a name holds reaches the terminal as text, whatever it is.
func TestControlCharacters(t *testing.T) {
	dir := t.TempDir()
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	nasty := "x\x1b]0;title\x07\x1b[2J"
	text := "name = \"n\\u001b[31m\"\nabout = \"a\\u001b[31m\"\n" + string(small)
	must(t, os.WriteFile(filepath.Join(dir, nasty+".toml"), []byte(text), 0o666))
	must(t, os.Mkdir(filepath.Join(dir, nasty), 0o777))
	for _, args := range [][]string{{"check", nasty + ".toml"}, {"show", nasty + ".toml", "graph"}, {"ls", nasty}, {"show", nasty}, {"plot", nasty}, {"run", nasty}, {nasty}, {"check", nasty + ".toml", "--set", nasty}, {"diff", nasty + ".toml", nasty}, {"compare", nasty}, {"sweep", "run", nasty}} {
		out, _ := process(dir, args...).CombinedOutput()
		if i := bytes.IndexAny(out, "\x1b\x07\r"); i >= 0 {
			t.Errorf("%q prints a control character: %q", args, out[max(0, i-40):min(len(out), i+20)])
		}
		if strings.TrimSpace(string(out)) == "" {
			t.Errorf("%q prints nothing", args)
		}
	}
}
