package stimuli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSums compares sums with those of the bytes: at first, from memory, and after
// files changed, were touched or went away. What is remembered and damaged is not used.
func TestSums(t *testing.T) {
	root, env := t.TempDir(), Env{Cache: t.TempDir()}
	var names, want []string
	old := time.Now().Add(-time.Hour)
	write := func(name, text string, at time.Time) {
		t.Helper()
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	sum := func(text string) string { s := sha256.Sum256([]byte(text)); return hex.EncodeToString(s[:]) }
	for i := range 600 {
		name := fmt.Sprintf("c%d/file %d\n.jpg", i%7, i)
		names, want = append(names, name), append(want, sum(name))
		write(name, name, old)
	}
	check := func(what string) {
		t.Helper()
		got, err := Sums(env, root, names)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%s: other sums; %v", what, err)
		}
	}
	check("at first")
	memo := memoOf(env, "sums", root)
	if known := readMemo(memo); len(known) != 600 {
		t.Fatalf("%d are remembered", len(known))
	}

	// Remembered: bytes that changed behind size and time are not seen, as HashOf says. The
	// memory of this process is of another path.
	moved := root + "-moved"
	if err := os.Rename(root, moved); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(memo)
	if err != nil {
		t.Fatal(err)
	}
	root = moved
	if err := os.WriteFile(memoOf(env, "sums", root), text, 0o666); err != nil {
		t.Fatal(err)
	}
	write(names[5], strings.ToUpper(names[5]), old)
	check("remembered")
	write(names[5], strings.ToUpper(names[5]), old.Add(time.Second))
	want[5] = sum(strings.ToUpper(names[5]))
	check("touched")
	write(names[6], "longer than it was, by far", old)
	want[6] = sum("longer than it was, by far")
	check("of another size")

	// A file that changed a moment ago is read each time.
	write(names[7], "new", time.Now())
	want[7] = sum("new")
	check("new")
	if len(readMemo(memoOf(env, "sums", root))) != 599 {
		t.Error("a file that changed a moment ago is remembered")
	}

	memo = memoOf(env, "sums", root)
	if text, err = os.ReadFile(memo); err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{0, len(text) / 2, len(text) - 2} {
		damaged := slices.Clone(text)
		damaged[at] ^= 1
		if err := os.WriteFile(memo, damaged, 0o666); err != nil {
			t.Fatal(err)
		}
		if len(readMemo(memo)) != 0 {
			t.Errorf("byte %d is damaged, and the sums are used", at)
		}
		check("damaged")
	}
	env.Cache = ""
	check("without a cache")
	os.Remove(filepath.Join(root, filepath.FromSlash(names[9])))
	os.Remove(filepath.Join(root, filepath.FromSlash(names[400])))
	if _, err := Sums(env, root, names); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "file 9\n") {
		t.Errorf("got %v, want the first file that is missing", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	env.Context = ctx
	if _, err := Sums(env, root, names); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
}
