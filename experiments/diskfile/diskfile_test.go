package diskfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWriteWhole: a file is there whole, and of one that cannot be written nothing is
// left.
func TestWriteWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "a", "b.tsv")
	for _, text := range []string{"first", "second, longer", ""} {
		if err := WriteWhole(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(path, "a table", 100); err != nil || string(got) != text {
			t.Errorf("got %q, %v, want %q", got, err, text)
		}
	}
	if err := os.MkdirAll(filepath.Join(folder, "full", "inside"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := WriteWhole(filepath.Join(folder, "full"), []byte("text")); err == nil {
		t.Error("a file took the place of a folder")
	}
	left, err := filepath.Glob(filepath.Join(folder, ".tmp-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestRead: a file above the limit, and a folder, are not read.
func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := os.WriteFile(path, []byte("12345"), 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(path, "a text", 5); err != nil || string(got) != "12345" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, c := range []struct {
		path string
		most int64
		want string
	}{{path, 4, "a.txt: 5 bytes: the limit is 4"}, {filepath.Dir(path), 100, "is a folder, not a text"}, {path + "x", 100, "no such file"}} {
		if _, err := Read(c.path, "a text", c.most); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.path, err, c.want)
		}
	}
}
