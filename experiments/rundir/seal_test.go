package rundir

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// info is a file with a seal, in the midst of it.
type info struct {
	Format     int    `json:"format"`
	Name       string `json:"name"`
	State      string `json:"state"`
	Seal       Seal   `json:"self_sha256"`
	Parameters int    `json:"parameters"`
}

// A sealed file is refused with any byte changed or in another's place, and read
// without its seal.
func TestSeal(t *testing.T) {
	dir := Folder(t.TempDir())
	if err := dir.WriteJSON(InfoFile, &info{Format: 1, Name: "x \"self_sha256\"", State: "finished", Parameters: 1234}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(dir.Path(InfoFile))
	if err != nil {
		t.Fatal(err)
	}
	read := func(b []byte) error {
		t.Helper()
		if err := os.WriteFile(dir.Path(InfoFile), b, 0o666); err != nil {
			t.Fatal(err)
		}
		return dir.ReadJSON(InfoFile, &info{})
	}
	if err := read(b); err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, sealKey)
	for i := range b {
		if i > at && i < at+len(sealKey) {
			continue // another key: a file without a seal
		}
		damaged := bytes.Clone(b)
		damaged[i] ^= 1
		if err := read(damaged); err == nil {
			t.Errorf("byte %d (%q) changed, and nobody sees it", i, b[max(0, i-10):i+1])
		}
	}
	if err := read(append(bytes.Clone(b[:at-1]), "\n}\n"...)); err != nil {
		t.Errorf("without a seal: %v", err)
	}
	if err := os.WriteFile(dir.Path(TestFile), b, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := dir.ReadJSON(TestFile, &info{}); err == nil {
		t.Error("a sealed file is read under the name of another")
	}
	if err := read([]byte("{\n  \"format\": 2,\n  \"steps\": []\n}\n")); err == nil || !strings.Contains(err.Error(), "steps") {
		t.Errorf("another file without a seal: %v", err)
	}
}
