package run_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// One flipped bit in any result of a finished run is noticed by whoever reads it,
// and named by verify; results that a verb makes again are sound again.
func TestDamagedResults(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	e, controls := readAll(t, "control = [\"forward\"]\n"+tiny, spec.Overrides{})
	if err := run.Run(context.Background(), e, controls, rundir.Folder(dir), surroundings(1)); err != nil {
		t.Fatal(err)
	}
	folder := rundir.Folder(dir)
	readers := map[string]func() error{
		"answers":  func() error { _, err := report.ReadAnswers(folder, 3); return err },
		"outcome":  func() error { _, err := rundir.ReadStatus(folder, false); return err },
		"standing": func() error { _, err := rundir.ReadStatus(folder, true); return err },
		"list": func() error {
			_, faults := rundir.List([]string{dir})
			return errors.Join(faults...)
		},
		"drawn":  func() error { _, err := report.ReadTested(folder); return err },
		"plot":   func() error { return report.Draw(folder) },
		"epochs": func() error { _, err := report.ReadEpochs(folder); return err },
		"record": func() error {
			return run.RecordAgain(context.Background(), folder, func(*spec.Recording) {}, plainly(1))
		},
	}
	sound := func() {
		t.Helper()
		for name, read := range readers {
			if err := read(); err != nil {
				t.Fatalf("%s of a whole run: %v", name, err)
			}
		}
		v, err := run.Verify(context.Background(), folder, plainly(1))
		if err != nil || !v.Same() {
			t.Fatalf("verify of a whole run: %v, %v", v, err)
		}
	}
	sound()
	info := infoOf(t, dir)
	want := []string{"metrics.jsonl", "metrics.csv", "steps.csv", "weights.safetensors", "test.json", "logits.npz", "logits.validation.npz", "anatomy.json", "recordings/stimuli.image.npz", "recordings/V1.response.npz", "recordings/IT.response.npz"}
	for _, name := range want {
		if info.Results[name] == "" {
			t.Errorf("run.json has no SHA-256 of %s: %v", name, info.Results)
		}
	}
	for name, by := range map[string][]string{
		"test.json": {"outcome", "standing", "list", "drawn", "plot", "record"}, "logits.npz": {"answers", "plot"},
		"metrics.jsonl": {"outcome", "standing", "list", "drawn", "plot", "epochs"}, "anatomy.json": {"drawn", "plot"}, "weights.safetensors": {"record"},
		"recordings/V1.response.npz": nil, "steps.csv": nil,
	} {
		b := file(t, dir, name)
		damaged := bytes.Clone(b)
		damaged[len(b)/2] ^= 4
		write(t, dir, name, damaged)
		for _, reader := range by {
			var d *rundir.Damaged
			if err := readers[reader](); !errors.As(err, &d) || !strings.Contains(err.Error(), filepath.Base(name)+": is not what the run wrote") {
				t.Errorf("%s damaged, %s: got %v", name, reader, err)
			}
		}
		v, err := run.Verify(context.Background(), folder, plainly(1))
		if err != nil || v.Same() || len(v.Damaged) != 1 || !strings.Contains(v.String(), name+": is not what the run wrote") {
			t.Errorf("%s damaged: verify says %v, %v", name, v, err)
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if v, err := run.Verify(context.Background(), folder, plainly(1)); err != nil || v.Same() || !strings.Contains(v.String(), name+": is missing") {
			t.Errorf("%s removed: verify says %v, %v", name, v, err)
		}
		write(t, dir, name, b)
	}
	// Recordings are made again, and known again.
	write(t, dir, "recordings/V1.response.npz", nil)
	sound()
	if infoOf(t, dir).Results["recordings/V1.response.npz"] != info.Results["recordings/V1.response.npz"] {
		t.Error("recordings of the same images have other bytes")
	}
	// Of a run without sums nothing is known, and it is read as before.
	text := string(file(t, dir, "run.json"))
	from, to := strings.Index(text, `"results_sha256"`), strings.Index(text, `"precision"`)
	write(t, dir, "run.json", unsealed(text[:from]+text[to:]))
	if _, err := rundir.ReadStatus(folder, false); err != nil {
		t.Error(err)
	}
}
