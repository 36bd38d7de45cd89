package run

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"ventral/experiments/report"
	"ventral/experiments/rundir"
	"ventral/nn"
)

// checkpointOf writes a checkpoint of batch 8 into a folder.
func checkpointOf(t *testing.T, meta map[string]string) (rundir.Folder, string) {
	t.Helper()
	dir := rundir.Folder(t.TempDir())
	v := nn.NewVariables(1)
	v.Set("a/kernel", nn.Tensor{Shape: nn.Shape{2}, Data: []float32{1, 2}})
	name := rundir.CheckpointName(8)
	if err := rundir.WriteVariables(dir, name, v, &rundir.Info{Experiment: "e", Seed: 3}, meta); err != nil {
		t.Fatal(err)
	}
	return dir, name
}

// A checkpoint is whole by the hash of all that it holds: every changed bit is
// noticed, a missing hash is no pass, and the batch is that of the file's name.
func TestDamagedCheckpoint(t *testing.T) {
	whole := func() map[string]string {
		return map[string]string{"progress": `{"batches":8,"images":4,"correct":2}`, "kernel": "go", "experiment_toml": "steps = 1"}
	}
	dir, name := checkpointOf(t, whole())
	c, experiment, err := rundir.ReadCheckpoint(dir, name)
	if err != nil || experiment != "e" || c.At.Batches != 8 {
		t.Fatalf("a whole one: %+v, %q, %v", c.At, experiment, err)
	}
	b, err := os.ReadFile(dir.Path(name))
	if err != nil {
		t.Fatal(err)
	}
	for i := 8; i < len(b); i++ { // a wrong length of the header is another matter
		for bit := range 8 {
			damaged := bytes.Clone(b)
			damaged[i] ^= 1 << bit
			if err := os.WriteFile(dir.Path(name), damaged, 0o666); err != nil {
				t.Fatal(err)
			}
			d, _, err := rundir.ReadCheckpoint(dir, name)
			if err != nil {
				continue
			}
			// White space of the header may change, and what it says may not.
			if x, _ := d.V.Get("a/kernel"); d.At != c.At || x.Data[0] != 1 || x.Data[1] != 2 || d.V.Seed != 3 || d.By != c.By {
				t.Fatalf("bit %d of byte %d (%q): %+v", bit, i, b[max(0, i-10):min(len(b), i+10)], d.At)
			}
		}
	}
	if err := os.WriteFile(dir.Path(name), bytes.Replace(b, []byte(`"sha256":`), []byte(`"sha255":`), 1), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, _, err := rundir.ReadCheckpoint(dir, name); err == nil || !strings.Contains(err.Error(), "has no SHA-256 of itself") {
		t.Errorf("without its hash: %v", err)
	}
	for progress, want := range map[string]string{
		`{"batches":9}`:                        "it is of batch 9, as it says, and not of that in its name",
		`{"batches":-8}`:                       "it is of batch -8",
		`{"batches":8,"images":-1}`:            "found 0 of -1 images right",
		`{"batches":8,"images":3,"correct":4}`: "found 4 of 3 images right",
		`{"batches":"8"}`:                      "progress: ",
		``:                                     "progress: ",
		`{"batches":1000000000000000000000000.0}`: "progress: ",
	} {
		meta := whole()
		meta["progress"] = progress
		dir, name := checkpointOf(t, meta)
		if _, _, err := rundir.ReadCheckpoint(dir, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("progress %s: got %v, want %q", progress, err, want)
		}
	}
}

// Names in run.json that would lead out of its folder, and numbers that no run
// writes, are damage; so are those of test.json.
func TestDamagedJSON(t *testing.T) {
	dir := rundir.Folder(t.TempDir())
	for _, c := range []struct{ name, text, want string }{
		{rundir.InfoFile, `{"format": 2, "controls": ["../../victim"]}`, `controls: found "../../victim"`},
		{rundir.InfoFile, `{"format": 2, "controls": ["a/b"]}`, `controls: found "a/b"`},
		{rundir.InfoFile, `{"format": 2, "controls": [""]}`, `controls: found ""`},
		{rundir.InfoFile, `{"format": 2, "controls": ["` + strings.Repeat("x", 300) + `"]}`, `controls: found`},
		{rundir.InfoFile, `{"format": 2, "best": {"file": "../x"}}`, `best: found the file "../x"`},
		{rundir.InfoFile, `{"format": 2, "best": {"file": "checkpoints/../../x"}}`, "best: found the file"},
		{rundir.InfoFile, `{"format": 2, "batches": -3}`, "batches: found -3"},
		{rundir.InfoFile, `[]`, "found array"},
		{rundir.TestFile, `{"format": 2, "split": "test", "steps": [{"step": 2}, {"step": 1}]}`, "want rising steps"},
		{rundir.TestFile, `{"format": 2, "split": "test", "steps": [{"step": -1}]}`, "want rising steps"},
		{rundir.TestFile, `{"format": 2, "split": "test", "steps": [{"step": 1, "images": 2, "correct": 3}]}`, "found 3 of 2 images right"},
		{rundir.TestFile, `{"format": 2, "split": "none"}`, `split: found "none"`},
		{rundir.TestFile, `{}`, `split: found ""`},
	} {
		if err := dir.WriteText(c.name, c.text); err != nil {
			t.Fatal(err)
		}
		var err error
		if c.name == rundir.InfoFile {
			err = dir.ReadJSON(c.name, &rundir.Info{})
		} else {
			err = dir.ReadJSON(c.name, &rundir.TestResult{})
		}
		if _, ok := err.(*rundir.Damaged); !ok || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want a *Damaged with %q", c.text, err, c.want)
		}
	}
	// Nothing outside is removed, drawn or resumed.
	if err := dir.WriteText(rundir.InfoFile, `{"format": 2, "controls": ["../../victim"]}`); err != nil {
		t.Fatal(err)
	}
	if err := dir.WriteText(rundir.ExperimentFile, ""); err != nil {
		t.Fatal(err)
	}
	for what, do := range map[string]func() error{
		"open":   func() error { _, _, err := Open(dir); return err },
		"plot":   func() error { return report.Draw(dir) },
		"remove": func() error { _, err := rundir.NewRemoval(dir, false, false); return err },
		"stand":  func() error { _, err := rundir.ReadState(dir); return err },
	} {
		if err := do(); err == nil || !strings.Contains(err.Error(), "../../victim") {
			t.Errorf("%s: got %v", what, err)
		}
	}
}
