package files

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

// tree makes a folder of two classes of six pictures each.
func tree(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	for i := range 6 {
		for _, class := range []string{"cat", "dog"} {
			if err := draw(filepath.Join(root, "in", class, fmt.Sprintf("%d.png", i)), 40*i+len(class)+int(class[0])); err != nil {
				t.Fatal(err)
			}
		}
	}
	return root
}

// of are settings for a folder.
func of(change func(*Folder)) *Folder {
	f := NewFolder()
	f.Path, f.Size, f.Test, f.Validation = "in", 8, 2, 2
	if change != nil {
		change(f)
	}
	return f
}

// TestHostileFolders: each is an error that names it, or, where on_error says so, left
// out and listed; it is never read.
func TestHostileFolders(t *testing.T) {
	link := func(to, from string) error { return os.Symlink(to, from) }
	for name, c := range map[string]struct {
		make func(root string) error
		want string // of the error
		left string // out, with on_error = "skip"; "" where that does not help
	}{
		"a link out of the root": {func(root string) error {
			return errors.Join(draw(filepath.Join(root, "out.png"), 3), link(filepath.Join(root, "out.png"), filepath.Join(root, "in", "cat", "a.png")))
		}, "cat/a.png: is a link that leads out of", "cat/a.png"},
		"a link to nothing": {func(root string) error { return link("nothing.png", filepath.Join(root, "in", "cat", "a.png")) },
			"cat/a.png: is a link that leads nowhere", "cat/a.png"},
		"a link to a device": {func(root string) error { return link("/dev/zero", filepath.Join(root, "in", "cat", "a.png")) },
			"cat/a.png: is a link that leads out of", "cat/a.png"},
		"a name with a new line": {func(root string) error { return draw(filepath.Join(root, "in", "cat", "a\nb.png"), 3) },
			`"cat/a\nb.png": its name holds a control character`, "cat/a\nb.png"},
		"an empty class": {func(root string) error { return os.Mkdir(filepath.Join(root, "in", "elk"), 0o777) },
			"elk/: the folder of the class holds no pictures", "elk/"},
		"classes that differ in case": {func(root string) error { return draw(filepath.Join(root, "in", "Cat", "a.png"), 3) },
			"differ in case alone", ""},
		"pictures beside classes": {func(root string) error { return draw(filepath.Join(root, "in", "a.png"), 3) }, "", "a.png"},
		"a text among pictures": {func(root string) error {
			return os.WriteFile(filepath.Join(root, "in", "cat", "notes.txt"), []byte("mine"), 0o666)
		}, "", "cat/notes.txt"},
		"a folder that is called a picture": {func(root string) error { return os.Mkdir(filepath.Join(root, "in", "cat", "a.png"), 0o777) }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" {
				t.Skip("names and links of this test are those of Unix")
			}
			root := tree(t)
			if err := c.make(root); err != nil {
				t.Fatal(err)
			}
			env := stimuli.Env{Seed: 1, Folder: root}
			_, err := of(nil).Open(env)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "path: ")) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			d, err := of(func(f *Folder) { f.OnError = "skip" }).Open(env)
			if err != nil {
				if c.want != "" && c.left == "" {
					return
				}
				t.Fatal(err)
			}
			left := d.(stimuli.Skipping).Skipped()
			if c.left != "" && !slices.ContainsFunc(left, func(s stimuli.Skipped) bool { return s.File == c.left && s.Reason != "" }) {
				t.Errorf("left out %v, want %q", left, c.left)
			}
			if n := d.Description().Images; n != [3]int{8, 2, 2} {
				t.Errorf("got %v images, want 8, 2 and 2", n)
			}
		})
	}
}

// TestHostileFiles: what a picture cannot be is an error that names it when it is read,
// or left out before.
func TestHostileFiles(t *testing.T) {
	whole := filepath.Join(tree(t), "in", "cat", "0.png")
	png, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	bomb := slices.Clone(png)
	copy(bomb[16:24], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536×65536 pixels in the header
	for name, content := range map[string][]byte{
		"cut off": png[:len(png)/2], "empty": nil, "text": []byte("no picture"), "a bomb": bomb,
	} {
		t.Run(name, func(t *testing.T) {
			root := tree(t)
			bad := filepath.Join(root, "in", "dog", "3.png")
			if err := os.WriteFile(bad, content, 0o666); err != nil {
				t.Fatal(err)
			}
			env := stimuli.Env{Seed: 1, Folder: root}
			d, err := of(nil).Open(env)
			if err == nil {
				err = readEach(d)
			}
			if err == nil || !strings.Contains(err.Error(), filepath.Join("dog", "3.png")) {
				t.Errorf("got %v, want an error that names dog/3.png", err)
			}
			for _, cache := range []string{"", t.TempDir()} {
				env.Cache = cache
				kind := of(func(f *Folder) { f.OnError = "skip" })
				about, err := kind.Describe(env)
				if err != nil {
					t.Fatal(err)
				}
				d, err := kind.Open(env)
				if err != nil {
					t.Fatal(err)
				}
				if left := d.(stimuli.Skipping).Skipped(); len(left) != 1 || left[0].File != "dog/3.png" || left[0].Reason == "" {
					t.Errorf("left out %v, want dog/3.png", left)
				}
				if err := readEach(d); err != nil || d.Description().Difference(about) != "" || about.Images != [3]int{7, 2, 2} {
					t.Errorf("the others: %v, %v images", err, about.Images)
				}
			}
		})
	}
}

// readEach reads every image.
func readEach(d stimuli.Data) error {
	about := d.Description()
	pixels := make([]float32, about.Shape[0]*about.Shape[1]*about.Shape[2])
	for s, n := range about.Images {
		for i := range n {
			if err := d.Read(stimuli.Split(s), i, 0, pixels); err != nil {
				return err
			}
		}
	}
	return nil
}

// TestHostileTables: each fault has its line.
func TestHostileTables(t *testing.T) {
	for text, want := range map[string]string{
		"":                                                      "found no header",
		"file\tlabel\n":                                         "found no files below the header",
		"name\tlabel\nin/cat/0.png\tcat\n":                      `want one called "file"`,
		"file,label\nin/cat/0.png,cat\n":                        "columns are divided by tabs",
		"file\tfile\nin/cat/0.png\tcat\n":                       `found column "file" twice`,
		"file\tlabel\n../out.png\tcat\n":                        "line 2: ../out.png: lies outside of the folder of the table",
		"file\tlabel\n/etc/passwd\tcat\n":                       "line 2: /etc/passwd: lies outside",
		"file\tlabel\nin/cat/0.png\tcat\nin/x.png\tcat\n":       "line 3: in/x.png: no such file",
		"file\tlabel\nin/cat/0.png\tcat\nin/cat\tdog\n":         "line 3: in/cat: is no regular file",
		"file\tlabel\nin/cat/0.png\tcat\n\tdog\n":               "line 3: column \"file\" is empty, want the path of a picture; on_error",
		"file\tlabel\nin/cat/0.png\tcat\nin/cat/./0.png\tdog\n": "stands in line 2 already",
		"file\tlabel\nin/cat/0.png\n":                           "line 2: cells: found 1, want 2",
		"file\tlabel\nin/cat/0.png\tcat\tx\n":                   "line 2: cells: found 3, want 2",
		"file\tlabel\nin/cat/0.png\tcat\nin/dog/0.png\t\n":      `line 3: in/dog/0.png: column "label" is empty, want a class`,
		"file\tlabel\nin/cat/0.png\tcat\nin/dog/0.png\t \n":     `line 3: in/dog/0.png: column "label" is empty, want a class`,
		"file\tlabel\nin/cat/0.png\tcat\nin/dog/0.png\tcat \n":  `the one value "cat"`,
		"file\tlabel\tby\nin/cat/0.png\tcat\tJ\xfcrg\n":         `line 2: column "by": found bytes that are no UTF-8: "J\xfcrg"`,
		"file\tlabel\tM\xfche\nin/cat/0.png\tcat\t3\n":          "line 1: found the column",
		"file\tlabel\tsplit\nin/cat/0.png\tcat\tlate\n":         `split: found "late"`,
		"file\tlabel\nin/cat/0.png\tcat\nin/cat/1.png\tcat\n":   `the one value "cat"`,
		"file\tid\nin/cat/0.png\ta\nin/cat/1.png\ta\n":          `the one id "a"`,
	} {
		root := tree(t)
		if err := os.WriteFile(filepath.Join(root, "images.tsv"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		x := NewTable()
		x.Path, x.Size, x.Test, x.Validation = "images.tsv", 8, 0, 0
		if _, err := x.Open(stimuli.Env{Folder: root}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// FuzzTable reads any text as a table: an error begins with a key.
func FuzzTable(f *testing.F) {
	f.Add("file\tlabel\nin/cat/0.png\tcat\nin/dog/0.png\tdog\n")
	f.Add("file\tlabel\tsplit\tid\nin/cat/0.png\tcat\ttrain\t7\n")
	f.Add("\ufefffile\n\"in/cat/0.png\n")
	root := f.TempDir()
	for i, name := range []string{"in/cat/0.png", "in/dog/0.png"} {
		if err := draw(filepath.Join(root, name), i); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(filepath.Join(root, "images.tsv"), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		x := NewTable()
		x.Path, x.Size, x.Test, x.Validation = "images.tsv", 8, 0, 0
		d, err := x.Open(stimuli.Env{Folder: root})
		if err != nil {
			if key, _, _ := strings.Cut(err.Error(), ": "); !slices.Contains([]string{"path", "label", "classes", "masks", "targets", "test", "validation"}, key) {
				t.Errorf("the error begins with no key: %v", err)
			}
			return
		}
		if err := readEach(d); err != nil {
			t.Error(err)
		}
	})
}
