package run

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/rundir"
)

// TestVacant refuses folders in which a run could not be kept, before any work.
func TestVacant(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(filepath.Join(full, "x"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "new"), ""},
		{filepath.Join(dir, "deep", "er", "new"), ""},
		{filepath.Join(file, "new"), "choose another folder"},
		{file, "choose another folder"},
		{full, "is not empty"},
	} {
		err := rundir.Folder(c.path).Vacant()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.path, err, c.want)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("%d entries are left (%v), want the two that were there", len(left), err)
	}
}

// TestCSV leaves cells empty that are no numbers.
func TestCSV(t *testing.T) {
	dir := rundir.Folder(t.TempDir())
	err := rundir.WriteCSV(dir, "x.csv", [][]any{{"a", "b", "c", "d"}, {1, rundir.Number(2.5), rundir.Number(math.NaN()), rundir.Number(math.Inf(1))}})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := dir.ReadText("x.csv"); err != nil || text != "a,b,c,d\n1,2.5,,\n" {
		t.Errorf("%q (%v)", text, err)
	}
}
