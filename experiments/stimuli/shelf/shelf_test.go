package shelf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/picture"
	"ventral/experiments/stimuli/stimulitest"
)

// photographs writes JPEG files and lists them.
func photographs(t *testing.T) Files {
	t.Helper()
	root := t.TempDir()
	if err := (stimulitest.Photographs{Train: 20, Val: 10, Classes: 3, Side: 40, Seed: 7}).Write(root); err != nil {
		t.Fatal(err)
	}
	f := Files{Of: "photographs", Root: root, Short: 24}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			name, _ := filepath.Rel(root, path)
			f.Names = append(f.Names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil || len(f.Names) != 30 {
		t.Fatalf("%d files, %v", len(f.Names), err)
	}
	return f
}

// TestShelf compares pictures from a pack and from files with those that package
// picture makes, in colour and in grey, scaled and as they lie.
func TestShelf(t *testing.T) {
	for _, c := range []struct {
		grey  bool
		short int
	}{{false, 24}, {true, 24}, {false, 0}, {true, 60}} {
		f := photographs(t)
		f.Grey, f.Short = c.grey, c.short
		env := stimuli.Env{Cache: t.TempDir()}
		packed, err := Open(env, f, true, false)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := Open(env, f, false, false)
		if err != nil || plain.Pack() != nil || packed.Pack() == nil {
			t.Fatal(err)
		}
		for i, name := range f.Names {
			path := filepath.Join(f.Root, filepath.FromSlash(name))
			want, err := picture.Read(path, picture.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if c.short > 0 {
				want = want.ShortSide(c.short)
			}
			if c.grey {
				want = want.Grey()
			}
			for _, s := range []*Shelf{packed, plain} {
				if err := s.View(i, func(p pack.Picture) error {
					if p.Height != want.Height || p.Width != want.Width || p.Channels != want.Channels || !bytes.Equal(p.Pixels, want.Data) {
						return errors.New("another picture")
					}
					return nil
				}); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if h, w, err := s.Size(i); h != want.Height || w != want.Width || err != nil {
					t.Errorf("%s: %d×%d, want %d×%d; %v", name, h, w, want.Height, want.Width, err)
				}
			}
			whole, _ := os.ReadFile(path)
			if sum := sha256.Sum256(whole); packed.Sums()[i] != hex.EncodeToString(sum[:]) {
				t.Errorf("%s: another sum", name)
			}
			shape := [3]int{8, 8, want.Channels}
			a, b := make([]float32, 64*want.Channels), make([]float32, 64*want.Channels)
			w := stimuli.Window{X: 2, Y: 1, Width: want.Width - 3, Height: want.Height / 2}
			if err := errors.Join(packed.ReadWindow(i, w, shape, a), plain.ReadWindow(i, w, shape, b)); err != nil || !slices.Equal(a, b) || slices.Max(a) == 0 {
				t.Errorf("%s: a part differs; %v", name, err)
			}
			for _, w := range []stimuli.Window{{X: 1, Width: want.Width, Height: 1}, {Y: -1, Width: 1, Height: 1}, {Width: 1}} {
				if err := packed.ReadWindow(i, w, shape, a); err == nil {
					t.Errorf("%s: %+v was read", name, w)
				}
			}
		}
	}
}

// TestUndecodable opens files of which one is cut off and one is text.
func TestUndecodable(t *testing.T) {
	f := photographs(t)
	path := func(i int) string { return filepath.Join(f.Root, filepath.FromSlash(f.Names[i])) }
	whole, err := os.ReadFile(path(4))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(path(4), whole[:len(whole)/2], 0o666), os.WriteFile(path(9), []byte("text"), 0o666)); err != nil {
		t.Fatal(err)
	}
	env := stimuli.Env{Cache: t.TempDir()}
	if _, err := Open(env, f, true, false); err == nil || !strings.Contains(err.Error(), f.Names[4]) {
		t.Errorf("got %v, want an error that names the first", err)
	}
	plain, err := Open(env, f, false, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.View(4, nil); err == nil || !strings.Contains(err.Error(), path(4)) {
		t.Errorf("got %v, want an error that names the file", err)
	}
}

// TestContent checks that files of other content, and pictures of another kind, are
// another pack, and that a copy of the folder is the same.
func TestContent(t *testing.T) {
	f, env := photographs(t), stimuli.Env{Cache: t.TempDir()}
	folder := func() string {
		t.Helper()
		s, err := Open(env, f, true, false)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Pack().Close()
		kept, err := s.Keep("a", func() ([]byte, error) { return []byte("kept"), nil })
		if err != nil || string(kept) != "kept" {
			t.Errorf("kept %q, %v", kept, err)
		}
		return s.Pack().Folder()
	}
	first := folder()
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(f.Root)); err != nil {
		t.Fatal(err)
	}
	f.Root = copied
	if folder() != first {
		t.Error("a copy of the files is another pack")
	}
	f.Grey = true
	if folder() == first {
		t.Error("grey pictures are the same pack")
	}
	f.Grey, f.Short = false, 25
	if folder() == first {
		t.Error("pictures of another size are the same pack")
	}
	f.Short = 24
	a, _ := os.ReadFile(filepath.Join(copied, filepath.FromSlash(f.Names[0])))
	b, _ := os.ReadFile(filepath.Join(copied, filepath.FromSlash(f.Names[1])))
	if err := errors.Join(os.WriteFile(filepath.Join(copied, filepath.FromSlash(f.Names[0])), b, 0o666), os.WriteFile(filepath.Join(copied, filepath.FromSlash(f.Names[1])), a, 0o666)); err != nil {
		t.Fatal(err)
	}
	if folder() == first {
		t.Error("files that changed places are the same pack")
	}
}
