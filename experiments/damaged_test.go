package experiments

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"ventral/nn"
)

// checkpointOf writes a checkpoint of step 8 into a folder.
func checkpointOf(t *testing.T, meta map[string]string) (Folder, string) {
	t.Helper()
	dir := Folder(t.TempDir())
	v := nn.NewVariables(1)
	v.Set("a/kernel", nn.Tensor{Shape: nn.Shape{2}, Data: []float32{1, 2}})
	name := checkpointName(8)
	if err := writeVariables(dir, name, v, &Info{Experiment: "e", Seed: 3}, meta); err != nil {
		t.Fatal(err)
	}
	return dir, name
}

// A checkpoint is whole by the hash of all that it holds: every changed bit is
// noticed, a missing hash is no pass, and the step is that of the file's name.
func TestDamagedCheckpoint(t *testing.T) {
	whole := func() map[string]string {
		return map[string]string{"progress": `{"step":8,"images":4,"correct":2}`, "kernel": "go", "experiment_toml": "steps = 1"}
	}
	dir, name := checkpointOf(t, whole())
	c, experiment, err := readCheckpoint(dir, name)
	if err != nil || experiment != "e" || c.at.Step != 8 {
		t.Fatalf("a whole one: %+v, %q, %v", c.at, experiment, err)
	}
	b, err := os.ReadFile(dir.path(name))
	if err != nil {
		t.Fatal(err)
	}
	for i := 8; i < len(b); i++ { // a wrong length of the header is another matter
		for bit := range 8 {
			damaged := bytes.Clone(b)
			damaged[i] ^= 1 << bit
			if err := os.WriteFile(dir.path(name), damaged, 0o666); err != nil {
				t.Fatal(err)
			}
			d, _, err := readCheckpoint(dir, name)
			if err != nil {
				continue
			}
			// White space of the header may change, and what it says may not.
			if x, _ := d.v.Get("a/kernel"); d.at != c.at || x.Data[0] != 1 || x.Data[1] != 2 || d.v.Seed != 3 || d.by != c.by {
				t.Fatalf("bit %d of byte %d (%q): %+v", bit, i, b[max(0, i-10):min(len(b), i+10)], d.at)
			}
		}
	}
	if err := os.WriteFile(dir.path(name), bytes.Replace(b, []byte(`"sha256":`), []byte(`"sha255":`), 1), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, err := readCheckpoint(dir, name); err == nil || !strings.Contains(err.Error(), "has no SHA-256 of itself") {
		t.Errorf("without its hash: %v", err)
	}
	for progress, want := range map[string]string{
		`{"step":9}`:                           "it is of step 9, as it says, and not of that in its name",
		`{"step":-8}`:                          "it is of step -8",
		`{"step":8,"images":-1}`:               "found 0 of -1 images right",
		`{"step":8,"images":3,"correct":4}`:    "found 4 of 3 images right",
		`{"step":"8"}`:                         "progress: ",
		``:                                     "progress: ",
		`{"step":1000000000000000000000000.0}`: "progress: ",
	} {
		meta := whole()
		meta["progress"] = progress
		dir, name := checkpointOf(t, meta)
		if _, _, err := readCheckpoint(dir, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("progress %s: got %v, want %q", progress, err, want)
		}
	}
}

// Names in run.json that would lead out of its folder, and numbers that no run
// writes, are damage; so are those of test.json.
func TestDamagedJSON(t *testing.T) {
	dir := Folder(t.TempDir())
	for _, c := range []struct{ name, text, want string }{
		{infoFile, `{"format": 1, "controls": ["../../victim"]}`, `controls: found "../../victim"`},
		{infoFile, `{"format": 1, "controls": ["a/b"]}`, `controls: found "a/b"`},
		{infoFile, `{"format": 1, "controls": [""]}`, `controls: found ""`},
		{infoFile, `{"format": 1, "controls": ["` + strings.Repeat("x", 300) + `"]}`, `controls: found`},
		{infoFile, `{"format": 1, "best": {"file": "../x"}}`, `best: found the file "../x"`},
		{infoFile, `{"format": 1, "best": {"file": "checkpoints/../../x"}}`, "best: found the file"},
		{infoFile, `{"format": 1, "step": -3}`, "step: found -3"},
		{infoFile, `[]`, "found array"},
		{testFile, `{"format": 1, "split": "test", "slices": [{"slice": 2}, {"slice": 1}]}`, "want rising slices"},
		{testFile, `{"format": 1, "split": "test", "slices": [{"slice": -1}]}`, "want rising slices"},
		{testFile, `{"format": 1, "split": "test", "slices": [{"slice": 1, "images": 2, "correct": 3}]}`, "found 3 of 2 images right"},
		{testFile, `{"format": 1, "split": "none"}`, `split: found "none"`},
		{testFile, `{}`, `split: found ""`},
	} {
		if err := dir.WriteText(c.name, c.text); err != nil {
			t.Fatal(err)
		}
		var err error
		if c.name == infoFile {
			err = dir.ReadJSON(c.name, &Info{})
		} else {
			err = dir.ReadJSON(c.name, &TestResult{})
		}
		if _, ok := err.(*Damaged); !ok || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a *Damaged with %q", c.text, err, c.want)
		}
	}
	// Nothing outside is removed, drawn or resumed.
	if err := dir.WriteText(infoFile, `{"format": 1, "controls": ["../../victim"]}`); err != nil {
		t.Fatal(err)
	}
	if err := dir.WriteText(experimentFile, ""); err != nil {
		t.Fatal(err)
	}
	for what, do := range map[string]func() error{
		"open":   func() error { _, _, err := Open(dir); return err },
		"plot":   func() error { return Plot(dir) },
		"remove": func() error { _, err := NewRemoval(dir, false, false); return err },
		"stand":  func() error { _, err := ReadStand(dir); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "../../victim") {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

// A sealed file is refused with any byte changed or in another's place, and read
// without its seal.
func TestSeal(t *testing.T) {
	dir := Folder(t.TempDir())
	if err := dir.WriteJSON(infoFile, &Info{Format: 1, Name: "x \"self_sha256\"", State: Finished, Parameters: 1234}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(dir.path(infoFile))
	if err != nil {
		t.Fatal(err)
	}
	read := func(b []byte) error {
		t.Helper()
		if err := os.WriteFile(dir.path(infoFile), b, 0o666); err != nil {
			t.Fatal(err)
		}
		return dir.ReadJSON(infoFile, &Info{})
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
	if err := os.WriteFile(dir.path(testFile), b, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := dir.ReadJSON(testFile, &Info{}); err == nil {
		t.Error("a sealed file is read under the name of another")
	}
	if err := read([]byte("{\n  \"format\": 1,\n  \"slices\": []\n}\n")); err == nil || !strings.Contains(err.Error(), "slices") {
		t.Errorf("another file without a seal: %v", err)
	}
}
