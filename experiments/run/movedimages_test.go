package run_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Where the images of a run were moved as a whole, a condition that names their new folder
// is tested; other images are not taken for those of the run, and the error says what
// would do.
func TestImagesThatWereMoved(t *testing.T) {
	there := t.TempDir()
	before, after := filepath.Join(there, "before"), filepath.Join(there, "after")
	e, _ := readAll(t, pictures(t, before, 0), spec.Overrides{})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(t.Context(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(before, after); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Test(t.Context(), dir, run.Condition{Name: "moved", Set: []string{"stimuli.path=" + after}}, plainly(1)); err != nil {
		t.Error(err)
	}
	pictures(t, filepath.Join(there, "other"), 9)
	_, err := run.Test(t.Context(), dir, run.Condition{Name: "other", Set: []string{"stimuli.path=" + filepath.Join(there, "other")}}, plainly(1))
	if err == nil || !strings.Contains(err.Error(), "the training images of the run") || !strings.Contains(err.Error(), "put them back, or give the folder that has all of them now by --set stimuli.path") {
		t.Errorf("got %v", err)
	}
}
