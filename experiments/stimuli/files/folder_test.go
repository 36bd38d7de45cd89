package files

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

// write makes pictures below a folder.
func writeAll(t *testing.T, root string, names ...string) {
	t.Helper()
	for i, name := range names {
		if err := draw(filepath.Join(root, name), 13*i); err != nil {
			t.Fatal(err)
		}
	}
}

// numbered are names of n pictures of a class.
func numbered(folder string, n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("%s/%02d.png", folder, i))
	}
	return names
}

// ids are the names of the images of a split, with their classes.
func ids(t *testing.T, d stimuli.Data, s stimuli.Split) (names, classes []string) {
	t.Helper()
	x := d.(stimuli.Factored)
	for i := range d.Description().Images[s] {
		for _, c := range x.Columns() {
			v, err := x.Factor(s, i, c)
			if err != nil {
				t.Fatal(err)
			}
			switch c {
			case "id":
				names = append(names, v)
			case "class":
				classes = append(classes, v)
			}
		}
	}
	return names, classes
}

func open(t *testing.T, k stimuli.Kind, env stimuli.Env) stimuli.Data {
	t.Helper()
	d, err := k.Open(env)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestTree cuts one tree by the seed: of each class the same part, without an image in
// two splits.
func TestTree(t *testing.T) {
	root := t.TempDir()
	writeAll(t, root, slices.Concat(numbered("in/cat", 20), numbered("in/dog", 10), numbered("in/elk/deep", 10))...)
	f := NewFolder()
	f.Path, f.Size = "in", 8
	d := open(t, f, stimuli.Env{Seed: 3, Folder: root})
	if got := d.Description().Images; got != [3]int{28, 4, 8} {
		t.Errorf("got %v images, want 28, 4 and 8", got)
	}
	seen := map[string]bool{}
	for s, want := range map[stimuli.Split][3]int{stimuli.Train: {14, 7, 7}, stimuli.Validation: {2, 1, 1}, stimuli.Test: {4, 2, 2}} {
		names, classes := ids(t, d, s)
		var got [3]int
		for i, c := range classes {
			got[slices.Index([]string{"cat", "dog", "elk"}, c)]++
			if seen[names[i]] {
				t.Errorf("%s is in two splits", names[i])
			}
			seen[names[i]] = true
		}
		if got != want {
			t.Errorf("%v: got %v of each class, want %v", s, got, want)
		}
	}
	if len(seen) != 40 {
		t.Errorf("%d images are in a split, want 40", len(seen))
	}
	other, _ := ids(t, open(t, f, stimuli.Env{Seed: 4, Folder: root}), stimuli.Test)
	same, _ := ids(t, open(t, f, stimuli.Env{Seed: 3, Folder: root}), stimuli.Test)
	here, _ := ids(t, d, stimuli.Test)
	if slices.Equal(here, other) || !slices.Equal(here, same) {
		t.Error("the cut is not that of the seed")
	}
}

// TestImageNet: val is the test split, and validation where there is a test.
func TestImageNet(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  [3]int
	}{
		{slices.Concat(numbered("train/a", 10), numbered("train/b", 10), numbered("val/a", 3), numbered("val/b", 3)), [3]int{18, 2, 6}},
		{slices.Concat(numbered("train/a", 10), numbered("train/b", 10), numbered("val/a", 3), numbered("test/b", 2)), [3]int{20, 3, 2}},
		{slices.Concat(numbered("train/a", 10), numbered("train/b", 10), numbered("val/a", 3), numbered("test", 5)), [3]int{18, 2, 3}},
		{slices.Concat(numbered("train/a", 10), numbered("train/b", 10), numbered("Valid/a", 3), numbered("test/images", 5)), [3]int{18, 2, 3}},
		{slices.Concat(numbered("train/a", 10), numbered("train/b", 10), numbered("test", 5)), [3]int{14, 2, 4}},
		{slices.Concat(numbered("train", 10), numbered("test", 5)), [3]int{9, 1, 5}},
		{slices.Concat(numbered("training/a", 10), numbered("training/b", 10)), [3]int{16, 2, 2}},
	} {
		root := t.TempDir()
		writeAll(t, root, c.names...)
		f := NewFolder()
		f.Path, f.Size = ".", 8
		if len(c.names) == 20 {
			f.Test = 0.1
		}
		about, err := f.Describe(stimuli.Env{Seed: 1, Folder: root})
		if err != nil || about.Images != c.want {
			t.Errorf("%s … %s: got %v images, want %v; %v", c.names[0], c.names[len(c.names)-1], about.Images, c.want, err)
		}
		var told []string
		d := open(t, f, stimuli.Env{Seed: 1, Folder: root, Note: func(text string) { told = append(told, text) }})
		left := d.(stimuli.Skipping).Skipped()
		if flat := strings.HasPrefix(c.names[len(c.names)-1], "test/") && about.Labelled() && about.Images[stimuli.Test] != 2; flat != (len(left) == 1 && left[0].File == "test/" && len(told) == 1 && strings.Contains(told[0], "1 file of ")) {
			t.Errorf("%s …: left out %v, told %q", c.names[0], left, told)
		}
	}
}

// TestFlatValidation: pictures of validation without classes are no validation.
func TestFlatValidation(t *testing.T) {
	root := t.TempDir()
	writeAll(t, root, slices.Concat(numbered("train/a", 4), numbered("train/b", 4), numbered("val", 4))...)
	f := NewFolder()
	f.Path, f.Size = ".", 8
	if _, err := f.Describe(stimuli.Env{Folder: root}); err == nil || !strings.Contains(err.Error(), "val: holds no folder of a class that is in train") {
		t.Errorf("got %v", err)
	}
}

// TestChosen uses some classes in an order of their own, some images of each, and names
// that a file gives.
func TestChosen(t *testing.T) {
	root := t.TempDir()
	writeAll(t, root, slices.Concat(numbered("in/n01", 8), numbered("in/n02", 8), numbered("in/n03", 8))...)
	if err := os.WriteFile(filepath.Join(root, "in", "names.txt"), []byte("n01 cat\nn02\tbig cat\nn03 cat\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change  func(*Folder)
		classes string
		images  int
		want    string // of the error
	}{
		"all":           {func(f *Folder) {}, "n01 n02 n03", 24, ""},
		"some":          {func(f *Folder) { f.Classes = []string{"n03", "n01"} }, "n03 n01", 16, ""},
		"a few of each": {func(f *Folder) { f.Limit = 3 }, "n01 n02 n03", 9, ""},
		"named":         {func(f *Folder) { f.Labels = "names.txt" }, "cat|big cat", 24, ""},
		"unknown":       {func(f *Folder) { f.Classes = []string{"n03", "n09"} }, "", 0, `classes: found "n09", want some of "n01", "n02", "n03"; they are folders in `},
		"none known":    {func(f *Folder) { f.Classes = []string{"m1", "m2"} }, "", 0, `classes: found "m1", want some of "n01"`},
		"twice":         {func(f *Folder) { f.Classes = []string{"n03", "n01", "n03"} }, "", 0, `classes: found "n03" twice`},
		"one":           {func(f *Folder) { f.Classes = []string{"n03"} }, "", 0, `in the one folder "n03"`},
		"no names":      {func(f *Folder) { f.Labels = "nothing.txt" }, "", 0, "labels: "},
		"nowhere":       {func(f *Folder) { f.Path = "nowhere" }, "", 0, "path: "},
		"a file":        {func(f *Folder) { f.Path = "in/names.txt" }, "", 0, "is no folder"},
		"too many":      {func(f *Folder) { f.Test, f.Validation = 20, 8 }, "", 0, "validation: found 8 of the images besides 20 for the test, there are 24"},
		"resize":        {func(f *Folder) { f.Resize = 4 }, "", 0, "resize: found 4, want at least size, 8"},
		"pack":          {func(f *Folder) { f.Pack = 4 }, "", 0, "pack: found 4"},
	} {
		f := NewFolder()
		f.Path, f.Size = "in", 8
		c.change(f)
		about, err := f.Describe(stimuli.Env{Seed: 1, Folder: root})
		if c.want != "" {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: got %v, want %q", name, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n := about.Images[0] + about.Images[1] + about.Images[2]
		if got := about.Label().Classes; strings.Join(got, " ") != c.classes && strings.Join(got, "|") != c.classes || n != c.images {
			t.Errorf("%s: got classes %q and %d images, want %q and %d", name, got, n, c.classes, c.images)
		}
	}
}

// TestLimitReadable: limit counts images that can be read, of folders and of tables.
func TestLimitReadable(t *testing.T) {
	root := t.TempDir()
	names := slices.Concat(numbered("in/cat", 8), numbered("in/dog", 8))
	writeAll(t, root, names...)
	var table strings.Builder
	table.WriteString("file\tlabel\n")
	for i, name := range names {
		fmt.Fprintf(&table, "%s\t%s\n", name, []string{"cat", "dog"}[i/8])
	}
	if err := os.WriteFile(filepath.Join(root, "images.tsv"), []byte(table.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"in/cat/00.png", "in/cat/02.png", "in/dog/03.png", "in/dog/07.png"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte("no picture"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	f, x := NewFolder(), NewTable()
	f.Path, f.settings.Size, f.OnError, f.Limit, f.Test, f.Validation = "in", 8, "skip", 4, 0, 0
	x.Path, x.settings = "images.tsv", f.settings
	for _, c := range []struct {
		kind stimuli.Kind
		want []string
		left []string
	}{
		{f, []string{"cat/01.png", "cat/03.png", "cat/04.png", "cat/05.png", "dog/00.png", "dog/01.png", "dog/02.png", "dog/04.png"}, []string{"cat/00.png", "cat/02.png", "dog/03.png"}},
		{x, []string{"in/cat/01.png", "in/cat/03.png", "in/cat/04.png", "in/cat/05.png", "in/dog/00.png", "in/dog/01.png", "in/dog/02.png", "in/dog/04.png"}, []string{"in/cat/00.png", "in/cat/02.png", "in/dog/03.png"}},
	} {
		d := open(t, c.kind, stimuli.Env{Folder: root, Cache: t.TempDir()})
		got, _ := ids(t, d, stimuli.Train)
		if !slices.Equal(got, c.want) {
			t.Errorf("got %q, want %q", got, c.want)
		}
		var left []string
		for _, s := range d.(stimuli.Skipping).Skipped() {
			left = append(left, s.File)
		}
		if slices.Sort(left); !slices.Equal(left, c.left) {
			t.Errorf("left out %q, want %q", left, c.left)
		}
	}
}

// TestOneSize: images of several sizes without a size to scale to are told before one is
// read.
func TestOneSize(t *testing.T) {
	root := t.TempDir()
	writeAll(t, root, slices.Concat(numbered("in/cat", 4), numbered("in/dog", 4))...)
	p := image.NewGray(image.Rect(0, 0, 7, 9))
	for _, name := range []string{"in/cat/02.png", "in/dog/03.png"} {
		var b bytes.Buffer
		if err := errors.Join(png.Encode(&b, p), os.WriteFile(filepath.Join(root, name), b.Bytes(), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	f := of(func(f *Folder) { f.Size = 0 })
	for _, cache := range []string{"", t.TempDir()} {
		_, err := f.Describe(stimuli.Env{Folder: root, Cache: cache})
		if want := "size: found 0, and cat/00.png of 18×20 pixels, cat/02.png of 9×7, and 1 more"; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	f.Size = 8
	if _, err := f.Describe(stimuli.Env{Folder: root}); err != nil {
		t.Error(err)
	}
}

// TestMisnamed: a JPEG that is called a PNG is read, and listed.
func TestMisnamed(t *testing.T) {
	root := tree(t)
	if err := errors.Join(draw(filepath.Join(root, "a.jpg"), 5), os.Rename(filepath.Join(root, "a.jpg"), filepath.Join(root, "in", "dog", "2.png")),
		os.Rename(filepath.Join(root, "in", "dog", "3.png"), filepath.Join(root, "in", "dog", "3.PNG"))); err != nil {
		t.Fatal(err)
	}
	env := stimuli.Env{Folder: root, Cache: t.TempDir()}
	d := open(t, of(nil), env)
	if err := readEach(d); err != nil {
		t.Error(err)
	}
	for range 2 {
		list, err := d.(stimuli.Misnaming).Misnamed(env)
		if want := []stimuli.Skipped{{File: "dog/2.png", Reason: "is JPEG"}}; err != nil || !slices.Equal(list, want) {
			t.Errorf("got %v, %v, want %v", list, err, want)
		}
	}
}

// TestUnlabelled: pictures without folders have no labels.
func TestUnlabelled(t *testing.T) {
	root := t.TempDir()
	writeAll(t, root, numbered("in", 10)...)
	f := NewFolder()
	f.Path, f.Size = "in", 8
	d := open(t, f, stimuli.Env{Folder: root})
	if d.Description().Labelled() || d.Description().Images != [3]int{7, 1, 2} {
		t.Errorf("got %+v, want 7, 1 and 2 images without labels", d.Description())
	}
}

// TestPacked: images have the same pixels from the pack as from their files, and parts
// of them at full detail, too.
func TestPacked(t *testing.T) {
	root := t.TempDir()
	writeAll(t, root, slices.Concat(numbered("in/cat", 6), numbered("in/dog", 6))...)
	for _, f := range []*Folder{of(nil), of(func(f *Folder) { f.Resize = 12 }), of(func(f *Folder) { f.Size, f.Grey = 0, true })} {
		f.Pack = 0
		plain := open(t, f, stimuli.Env{Seed: 1, Folder: root})
		f.Pack = -1
		packed := open(t, f, stimuli.Env{Seed: 1, Folder: root, Cache: t.TempDir()})
		if p := packed.(*data).shelf.Pack(); p == nil || p.Len() != 12 {
			t.Fatal("there is no pack of 12 images")
		}
		about := plain.Description()
		a, b := make([]float32, about.Shape[0]*about.Shape[1]*about.Shape[2]), make([]float32, about.Shape[0]*about.Shape[1]*about.Shape[2])
		for s, n := range about.Images {
			for i := range n {
				if err := plain.Read(stimuli.Split(s), i, 0, a); err != nil {
					t.Fatal(err)
				}
				if err := packed.Read(stimuli.Split(s), i, 0, b); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(a, b) {
					t.Errorf("image %d of %v is another from the pack", i, stimuli.Split(s))
				}
			}
		}
		w := packed.(stimuli.Windowed)
		height, width, err := w.Size(stimuli.Train, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.ReadWindow(stimuli.Train, 0, 0, stimuli.Window{X: 1, Y: 1, Width: width - 1, Height: height - 1}, b); err != nil {
			t.Error(err)
		}
		if err := w.ReadWindow(stimuli.Train, 0, 0, stimuli.Window{X: 1, Y: 1, Width: width, Height: height}, b); err == nil {
			t.Error("a window beyond the image is read")
		}
	}
}

// TestDiffers names the first file of a folder that changed, where a hash stands for
// the folder.
func TestDiffers(t *testing.T) {
	root, cache := t.TempDir(), t.TempDir()
	writeAll(t, root, slices.Concat(numbered("in/cat", perFile), numbered("in/dog", 3))...)
	f := of(func(f *Folder) { f.Pack = 0 })
	env := stimuli.Env{Seed: 1, Folder: root, Cache: cache}
	before := open(t, f, env).Hashes()
	if len(before) != 2 {
		t.Fatalf("got hashes of %d folders, want 2", len(before))
	}
	for _, c := range []struct {
		change func() error
		want   string
	}{
		{func() error { return draw(filepath.Join(root, "in/cat/500.png"), 1) }, "cat/500.png is another file"},
		{func() error { return draw(filepath.Join(root, "in/cat/0040.png"), 1) }, "cat/0040.png is new"},
		{func() error { return os.Remove(filepath.Join(root, "in/cat/00.png")) }, "cat/00.png is missing"},
	} {
		if err := c.change(); err != nil {
			t.Fatal(err)
		}
		d := open(t, f, env)
		if got := d.(stimuli.Tracing).Differs("cat/", before["cat/"]); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if d.Hashes()["cat/"] == before["cat/"] || d.Hashes()["dog/"] != before["dog/"] {
			t.Error("the hash of a folder is not that of what it holds")
		}
	}
}
