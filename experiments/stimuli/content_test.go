package stimuli

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// TestContent holds that data counts by what it is, wherever it lies.
func TestContent(t *testing.T) {
	one, other := t.TempDir(), t.TempDir()
	writeCIFAR(t, one, 20)
	writeCIFAR(t, filepath.Join(other, cifarFolder), 20)
	content := func(c *CIFAR10, env Env) (Kind, map[string]string) {
		t.Helper()
		k, hashes, err := Content(c, env)
		if err != nil {
			t.Fatal(err)
		}
		return k, hashes
	}
	k, hashes := content(smallCIFAR(one), Env{})
	d, err := smallCIFAR(one).Open(Env{})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(hashes, d.Hashes()) {
		t.Errorf("hashes %v, want those of the data once it is open, %v", hashes, d.Hashes())
	}
	moved := smallCIFAR(filepath.Base(other))
	moved.Download, moved.URL = true, "https://example.org/mirror"
	k2, hashes2 := content(moved, Env{Folder: filepath.Dir(other)})
	if !reflect.DeepEqual(k, k2) || !reflect.DeepEqual(hashes, hashes2) {
		t.Errorf("the same files elsewhere are %v %v, want %v %v", k2, hashes2, k, hashes)
	}
	if err := os.WriteFile(filepath.Join(one, "test_batch.bin"), cifarBytes(6, 20), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, changed := content(smallCIFAR(one), Env{}); changed["test_batch.bin"] == hashes["test_batch.bin"] {
		t.Error("a file that changed has the same hash")
	}
	absent := smallCIFAR("")
	absent.Download = true
	if _, got := content(absent, Env{}); got["archive"] != absent.SHA256 || len(got) != 1 {
		t.Errorf("an archive counts as %v, want its checksum", got)
	}
	if _, _, err := Content(smallCIFAR("nowhere"), Env{}); err == nil {
		t.Error("found data where there is none")
	}
	digits := NewDigits()
	if got, h, err := Content(digits, Env{}); err != nil || got != Kind(digits) || h != nil {
		t.Errorf("digits count as %v %v, %v; want their settings", got, h, err)
	}
}
