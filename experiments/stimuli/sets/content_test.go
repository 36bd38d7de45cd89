package sets

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/generated"
)

// TestContent holds that data counts by what it is, wherever it lies.
func TestContent(t *testing.T) {
	one, other := t.TempDir(), t.TempDir()
	writeCIFAR(t, one, 20)
	writeCIFAR(t, filepath.Join(other, cifarFolder), 20)
	content := func(c *CIFAR10, env stimuli.Env) (stimuli.Kind, map[string]string) {
		t.Helper()
		k, hashes, err := stimuli.Content(c, env)
		if err != nil {
			t.Fatal(err)
		}
		return k, hashes
	}
	k, hashes := content(smallCIFAR(one), stimuli.Env{})
	d, err := smallCIFAR(one).Open(stimuli.Env{})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(hashes, d.Hashes()) {
		t.Errorf("hashes %v, want those of the data once it is open, %v", hashes, d.Hashes())
	}
	moved := smallCIFAR(filepath.Base(other))
	moved.Download, moved.URL = true, "https://example.org/mirror"
	k2, hashes2 := content(moved, stimuli.Env{Folder: filepath.Dir(other)})
	if !reflect.DeepEqual(k, k2) || !reflect.DeepEqual(hashes, hashes2) {
		t.Errorf("the same files elsewhere are %v %v, want %v %v", k2, hashes2, k, hashes)
	}
	if err := os.WriteFile(filepath.Join(one, "test_batch.bin"), cifarBytes(6, 20), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, changed := content(smallCIFAR(one), stimuli.Env{}); changed["test_batch.bin"] == hashes["test_batch.bin"] {
		t.Error("a file that changed has the same hash")
	}
	absent := smallCIFAR("")
	absent.Download = true
	if _, got := content(absent, stimuli.Env{}); got["archive"] != absent.SHA256 || len(got) != 1 {
		t.Errorf("an archive counts as %v, want its checksum", got)
	}
	if _, _, err := stimuli.Content(smallCIFAR("nowhere"), stimuli.Env{}); err == nil {
		t.Error("found data where there is none")
	}
	digits := generated.NewDigits()
	if got, h, err := stimuli.Content(digits, stimuli.Env{}); err != nil || got != stimuli.Kind(digits) || h != nil {
		t.Errorf("digits count as %v %v, %v; want their settings", got, h, err)
	}
}
