package stimuli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// TestHashOf: a file that changed a moment ago is read again, though its size and its
// time are those of before; one that changed long ago is not.
func TestHashOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "names.txt")
	for _, c := range []struct {
		ago   time.Duration
		again bool
	}{{0, true}, {time.Hour, false}, {-time.Hour, true}} {
		at := time.Now().Add(-c.ago)
		var sums []string
		for _, text := range []string{"cat", "dog"} {
			if err := errors.Join(os.WriteFile(path, []byte(text), 0o666), os.Chtimes(path, at, at)); err != nil {
				t.Fatal(err)
			}
			sum, err := HashOf(path)
			if err != nil {
				t.Fatal(err)
			}
			sums = append(sums, sum)
		}
		if again := sums[0] != sums[1]; again != c.again {
			t.Errorf("a file that changed %v ago is read again: %t, want %t", c.ago, again, c.again)
		}
	}
}

// TestHashOfForgets: what this process remembers has a bound.
func TestHashOfForgets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	old := time.Now().Add(-time.Hour)
	if err := errors.Join(os.WriteFile(path, nil, 0o666), os.Chtimes(path, old, old)); err != nil {
		t.Fatal(err)
	}
	process.Lock()
	for i := range mostKnown {
		process.found[fileState{"sums", strconv.Itoa(i), ""}] = ""
	}
	process.Unlock()
	if _, err := HashOf(path); err != nil || len(process.found) > mostKnown {
		t.Errorf("%d files are remembered, want %d at most; %v", len(process.found), mostKnown, err)
	}
}

// TestSumsOfOthers: what is remembered of files that are not asked for stays while they
// are there.
func TestSumsOfOthers(t *testing.T) {
	root, env := t.TempDir(), Env{Cache: t.TempDir()}
	old := time.Now().Add(-time.Hour)
	for _, name := range []string{"a", "b", "c"} {
		path := filepath.Join(root, name)
		if err := errors.Join(os.WriteFile(path, []byte(name), 0o666), os.Chtimes(path, old, old)); err != nil {
			t.Fatal(err)
		}
	}
	for _, names := range [][]string{{"a", "b"}, {"c"}} {
		if _, err := Sums(env, root, names); err != nil {
			t.Fatal(err)
		}
	}
	known := readMemo(memoOf(env, "sums", root))
	if len(known) != 3 {
		t.Errorf("%d files are remembered, want 3", len(known))
	}
	if err := errors.Join(os.Remove(filepath.Join(root, "a")), os.WriteFile(filepath.Join(root, "c"), []byte("other"), 0o666), os.Chtimes(filepath.Join(root, "c"), old, old)); err != nil {
		t.Fatal(err)
	}
	if _, err := Sums(env, root, []string{"c"}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range readMemo(memoOf(env, "sums", root)) {
		names = append(names, name)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"b", "c"}) {
		t.Errorf("got %q, want b and c", names)
	}
}
