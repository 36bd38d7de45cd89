package files

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ventral/experiments/stimuli"
)

// TestNamesHashed: another class of a folder, under names that stay, is told by a hash.
func TestNamesHashed(t *testing.T) {
	root := t.TempDir()
	writeAll(t, root, slices.Concat(numbered("n01", 4), numbered("n02", 4), numbered("n03", 4))...)
	f := NewFolder()
	f.Path, f.Size, f.Labels = ".", 8, "names.txt"
	var hashes []map[string]string
	var classes [][]string
	for _, text := range []string{"n01 cat\nn02 dog\nn03 cat\n", "n01 cat\nn02 dog\nn03 dog\n"} { // of one size
		if err := os.WriteFile(filepath.Join(root, f.Labels), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		env := stimuli.Env{Seed: 1, Folder: root}
		d := open(t, f, env)
		_, content, err := f.Content(env)
		if err != nil || !maps.Equal(content, d.Hashes()) {
			t.Errorf("the hashes of the content are %v, %v, want those of the data, %v", content, err, d.Hashes())
		}
		hashes, classes = append(hashes, d.Hashes()), append(classes, d.Description().Label().Classes)
	}
	if !slices.Equal(classes[0], classes[1]) || maps.Equal(hashes[0], hashes[1]) {
		t.Errorf("got classes %q and the same hashes", classes)
	}
}
