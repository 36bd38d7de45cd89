package run_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ventral/experiments/rundir"
)

// TestDifferingKeys: keys with other values among the runs, those of runs of one
// name first; a key that a run lacks is not shared; names and seeds are columns
// of their own.
func TestDifferingKeys(t *testing.T) {
	top := t.TempDir()
	for i, x := range []struct{ name, text string }{
		{"a", "seed = 1\nsteps = 4\n\n[train]\noptimiser = \"sgd\"\nrate = 0.1\nmomentum = 0.9\n"},
		{"a", "seed = 2\nsteps = 4\n\n[train]\noptimiser = \"sgd\"\nrate = 0.2\nmomentum = 0.9\n"},
		{"b", "seed = 1\nsteps = 5\n\n[train]\noptimiser = \"adam\"\nrate = 0.1\n"},
	} {
		dir := filepath.Join(top, fmt.Sprint(i))
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, dir, "run.json", fmt.Appendf(nil, `{"format": 2, "name": %q, "state": "finished"}`, x.name))
		write(t, dir, "experiment.toml", fmt.Appendf(nil, "format = 2\nname = %q\n%s", x.name, x.text))
	}
	runs, faults := rundir.List([]string{top})
	if len(runs) != 3 || len(faults) > 0 {
		t.Fatalf("found %d runs, faults %v", len(runs), faults)
	}
	got := rundir.DifferingKeys(runs)
	want := []rundir.Differing{{Key: "train.rate", Shared: true}, {Key: "steps", Shared: true}, {Key: "train.optimiser", Shared: true}, {Key: "train.momentum"}}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if v, ok := runs[2].Setting("train.optimiser"); v != "adam" || !ok {
		t.Errorf("train.optimiser is %q, %v", v, ok)
	}
	if got := rundir.DifferingKeys(runs[:1]); len(got) > 0 {
		t.Errorf("one run differs from itself in %v", got)
	}
}

// TestChosenByValidation: a list is sorted and filtered by validation accuracy,
// that of the last epoch, though another run is better on test images, and a test
// on validation images is none.
func TestChosenByValidation(t *testing.T) {
	top := t.TempDir()
	for _, x := range []struct {
		folder, metrics, test string
	}{
		{"a", `{"format":2,"epoch":1,"validation_accuracy":80}` + "\n" + `{"format":2,"epoch":2,"validation_accuracy":60}` + "\n", `{"format":2,"split":"test","steps":[{"step":3,"accuracy":90}]}`},
		{"b", `{"format":2,"epoch":1,"validation_accuracy":70}` + "\n", `{"format":2,"split":"test","steps":[{"step":3,"accuracy":10}]}`},
		{"c", `{"format":2,"epoch":1,"validation_accuracy":50}` + "\n", `{"format":2,"split":"validation","steps":[{"step":3,"accuracy":99}]}`},
		{"d", `{"format":2,"epoch":1,"validation_accuracy":null}` + "\n", `{"format":2,"split":"test","steps":[{"step":3,"accuracy":95}]}`},
	} {
		dir := filepath.Join(top, x.folder)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, dir, "run.json", []byte(`{"format": 2, "name": "x", "state": "finished", "best": {"epoch": 1, "validation_accuracy": 80}}`))
		write(t, dir, "metrics.jsonl", []byte(x.metrics))
		write(t, dir, "test.json", []byte(x.test))
	}
	runs, faults := rundir.List([]string{top})
	if len(runs) != 4 || len(faults) > 0 {
		t.Fatalf("found %d runs, faults %v", len(runs), faults)
	}
	if a := runs[0]; a.Validated.Accuracy != 60 || a.Epoch != 2 || a.BestAccuracy != 80 || a.BestEpoch != 1 || a.Test != 90 {
		t.Errorf("found %+v", a)
	}
	if c := runs[2]; !math.IsNaN(float64(c.Test)) {
		t.Errorf("a test on validation images is listed as %v %% of test images", c.Test)
	}
	for _, key := range []string{"-validation", "-accuracy"} {
		rundir.Sort(runs, key)
		var order []string
		for _, x := range runs {
			order = append(order, filepath.Base(x.Folder))
		}
		if want := []string{"b", "a", "c", "d"}; !slices.Equal(order, want) {
			t.Errorf("--sort %s: %v, want %v", key, order, want)
		}
	}
	f, err := rundir.ParseFilter("accuracy>65")
	if err != nil || !f.Holds(&runs[0]) || f.Holds(&runs[1]) {
		t.Errorf("accuracy>65 is not about validation: %v", err)
	}
}
