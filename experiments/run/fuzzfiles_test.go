package run

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"ventral/experiments/report"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn"
	"ventral/nn/safetensors"
)

// small is a cortex of three areas.
const small = `format = 2
steps = 8
areas = ["A", "B", "C"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
pattern = "feedforward"
input = { to = "A", steps = "0.." }
area.A = { shape = [16, 16, 4] }
area.B = { shape = [8, 8, 4] }
area.C = { shape = [4, 4, 4] }
default.norm = { kind = "none" }
readout = { train = "6.." }
`

// fuzzFolder is the folder of a run with one file of any content, and functions
// that read it.
func fuzzFolder(f *testing.F) (dir rundir.Folder, put func(t *testing.T, name string, b []byte)) {
	f.Helper()
	dir = rundir.Folder(f.TempDir())
	e, err := spec.Read("x.toml", small, spec.Overrides{})
	if err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(dir.Path(rundir.ExperimentFile), []byte(e.TOML()), 0o666); err != nil {
		f.Fatal(err)
	}
	info := `{"format": 2, "state": "finished", "experiment_sha256": "` + rundir.Digest(e.TOML()) + `", "precision": "float32"}`
	if err := os.WriteFile(dir.Path(rundir.InfoFile), []byte(info), 0o666); err != nil {
		f.Fatal(err)
	}
	return dir, func(t *testing.T, name string, b []byte) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(dir.Path(name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir.Path(name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzInfo reads any text as run.json, by all who do: nobody panics.
func FuzzInfo(f *testing.F) {
	dir, put := fuzzFolder(f)
	was, err := os.ReadFile(dir.Path(rundir.InfoFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(was)
	f.Add([]byte(`{"format": 2, "state": "running", "controls": ["a"], "best": {"file": "checkpoints/batch-000000001.safetensors"}, "resumed": [{"batches": -1}]}`))
	f.Add([]byte(`{"format": 2, "results_sha256": {"../x": "y", "": ""}, "images": null, "normaliser": {"Mean": [1e999]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		put(t, rundir.InfoFile, b)
		if s, err := rundir.ReadStatus(dir, true); err == nil {
			_ = report.StatusText(s)
		}
		rundir.ReadStatus(dir, false)
		rundir.List([]string{string(dir)})
		if r, err := rundir.NewRemoval(dir, false, false); err == nil && len(r.Foreign) > 0 {
			t.Errorf("a removal would take %q", r.Foreign)
		}
	})
}

// FuzzTestResult reads any text as test.json of a finished run.
func FuzzTestResult(f *testing.F) {
	dir, put := fuzzFolder(f)
	f.Add([]byte(`{"format": 2, "split": "test", "classes": 10, "chance": 10, "steps": [{"step": 3, "images": 4, "correct": 1, "loss": 2, "accuracy": 25}], "reestimated": ["IT@3"], "unrecorded": ["IT@3/state: x"]}`))
	f.Add([]byte(`{"split": "test", "steps": [], "reestimated": ["@", "", "x@y"], "unrecorded": ["/"]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		put(t, rundir.TestFile, b)
		if o, err := rundir.ReadStatus(dir, false); err == nil && o.Test != nil {
			_ = report.ResultText(o)
			stepsOf(o.Test.Reestimated)
			unrecorded(o.Test.Unrecorded)
		}
		if s, err := rundir.ReadStatus(dir, true); err == nil {
			_ = report.StatusText(s)
		}
	})
}

// FuzzCheckpoint reads any bytes as a checkpoint: what is accepted is of the batch
// in its name.
func FuzzCheckpoint(f *testing.F) {
	dir, put := fuzzFolder(f)
	v := nn.NewVariables(1)
	v.Set("a/kernel", nn.Tensor{Shape: nn.Shape{2}, Data: []float32{1, 2}})
	for _, progress := range []string{`{"batches":8}`, `{"batches":-8}`, `{"batches":8,"images":2,"correct":1,"loss":1e300}`, `null`} {
		meta := map[string]string{"progress": progress, "format": "1", "seed": "3", "experiment": "e"}
		sum, err := rundir.SumOf(v, meta)
		if err != nil {
			f.Fatal(err)
		}
		meta["sha256"] = sum
		var b bytes.Buffer
		if err := safetensors.Write(&b, v, meta); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	name := rundir.CheckpointName(8)
	f.Fuzz(func(t *testing.T, b []byte) {
		put(t, name, b)
		if c, _, err := rundir.ReadCheckpoint(dir, name); err == nil && (c.At.Batches != 8 || c.At.Correct > c.At.Images) {
			t.Errorf("accepted %+v", c.At)
		}
	})
}

// FuzzFilter reads any text as a filter of a list, and asks it of a run.
func FuzzFilter(f *testing.F) {
	for _, text := range []string{"state=finished", "train.rate<=0.01", `name="a b"`, "validation>=50", "=", "a!=b", "seed<", "accuracy=", `"x`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := rundir.ParseFilter(text)
		if err != nil {
			return
		}
		run := rundir.Row{Name: "a", State: rundir.Finished}
		if x.Key == "" {
			t.Errorf("%q has no key", text)
		}
		x.Holds(&run)
		rundir.KnownKey([]rundir.Row{run}, x.Key, spec.Near)
	})
}

// FuzzMetrics reads any bytes as metrics.jsonl: what is accepted is written as
// it was read.
func FuzzMetrics(f *testing.F) {
	line, err := json.Marshal(rundir.Epoch{Format: spec.Format, Epoch: 1, Batches: 4, Rate: 0.1, TrainingLoss: 2.5, Steps: []rundir.Step{{Step: 3, Images: 10, Correct: 4, Accuracy: 40}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add(append(line, '\n'))
	f.Add(append(append(append([]byte{}, line...), '\n'), line...))
	f.Add(line[:len(line)/2])
	f.Add([]byte(`{"format":2,"training_loss":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		epochs, err := rundir.ParseMetrics("metrics.jsonl", b)
		if err != nil {
			return
		}
		var text bytes.Buffer
		for _, e := range epochs {
			line, err := json.Marshal(e)
			if err != nil {
				t.Fatalf("an epoch that was read cannot be written: %v", err)
			}
			text.Write(append(line, '\n'))
		}
		again, err := rundir.ParseMetrics("metrics.jsonl", text.Bytes())
		if err != nil || len(again) != len(epochs) {
			t.Fatalf("%d epochs read back as %d, %v", len(epochs), len(again), err)
		}
		var second bytes.Buffer
		for _, e := range again {
			line, _ := json.Marshal(e)
			second.Write(append(line, '\n'))
		}
		if !bytes.Equal(text.Bytes(), second.Bytes()) {
			t.Errorf("%s reads back as %s", text.Bytes(), second.Bytes())
		}
	})
}
