package files

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/stimuli"
)

// TestMasksHashed: masks are hashed by the rule of pictures, one by one or by folder, and
// a mask that changed is told by its file.
func TestMasksHashed(t *testing.T) {
	for _, n := range []int{6, 7 * perFile / 10} {
		root, cache := t.TempDir(), t.TempDir()
		var table strings.Builder
		table.WriteString("file\tlabel\tmask\n")
		pictures, masks := numbered("pictures", n), numbered("masks", n)
		for i, name := range pictures {
			mask := "./" + masks[i/2] // two pictures share one
			if i == 0 {
				mask = pictures[1] // and a picture is one
			}
			fmt.Fprintf(&table, "%s\t%s\t%s\n", name, []string{"cat", "dog"}[i%2], mask)
		}
		writeAll(t, root, slices.Concat(pictures, masks)...)
		if err := os.WriteFile(filepath.Join(root, "images.tsv"), []byte(table.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		x := NewTable()
		x.Path, x.Size, x.Pack, x.Masks = "images.tsv", 8, 0, []string{"mask"}
		env := stimuli.Env{Seed: 1, Folder: root, Cache: cache}
		_, before, err := x.Content(env)
		if err != nil {
			t.Fatal(err)
		}
		files := n + (n+1)/2
		want := append(slices.Concat(pictures, masks[:(n+1)/2]), "images.tsv")
		if files > perFile {
			want = []string{"pictures/", "masks/", "images.tsv"}
		}
		if got := slices.Sorted(maps.Keys(before)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%d files: got hashes of %d, %.100q, want %d", files, len(got), got, len(want))
		}
		if err := draw(filepath.Join(root, masks[1]), 5000); err != nil {
			t.Fatal(err)
		}
		d := open(t, x, env)
		var changed []string
		for name, sum := range d.Hashes() {
			if before[name] != sum {
				changed = append(changed, name)
			}
		}
		if is := "masks/"; files > perFile && (!slices.Equal(changed, []string{is}) || d.(stimuli.Tracing).Differs(is, before[is]) != masks[1]+" is another file") {
			t.Errorf("%q changed, %q", changed, d.(stimuli.Tracing).Differs(is, before[is]))
		} else if files <= perFile && !slices.Equal(changed, masks[1:2]) {
			t.Errorf("%q changed, want %q", changed, masks[1])
		}
	}
}

// TestMasksChecked: a mask that is no picture, or of another shape than its image, is told
// before an image is read; of one shape and another size it is scaled as the image is.
func TestMasksChecked(t *testing.T) {
	for name, c := range map[string]struct {
		mask string
		size int
		want string
	}{
		"text":           {"text.png", 8, `masks: column "mask": `},
		"wide":           {"wide.png", 8, `wide.png has 6×12 pixels (height × width), its image pictures/00.png `},
		"small":          {"small.png", 8, ""},
		"small as it is": {"small.png", 0, `small.png has 9×10 pixels`},
	} {
		root := t.TempDir()
		pictures := numbered("pictures", 4)
		writeAll(t, root, pictures...)
		var table strings.Builder
		table.WriteString("file\tlabel\tmask\n")
		for i, p := range pictures {
			fmt.Fprintf(&table, "%s\t%s\t%s\n", p, []string{"cat", "dog"}[i%2], c.mask)
		}
		writeGrey(t, filepath.Join(root, "wide.png"), 12, 6)
		writeGrey(t, filepath.Join(root, "small.png"), 10, 9)
		for file, text := range map[string]string{"images.tsv": table.String(), "text.png": "hello"} {
			if err := os.WriteFile(filepath.Join(root, file), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		x := NewTable()
		x.Path, x.Size, x.Validation, x.Test, x.Masks = "images.tsv", c.size, 0, 2, []string{"mask"}
		_, err := x.Describe(stimuli.Env{Folder: root})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), "masks: ") || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

// writeGrey writes a grey picture.
func writeGrey(t *testing.T, path string, width, height int) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
