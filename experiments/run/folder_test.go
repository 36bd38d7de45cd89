package run_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// TestWriteWhileRead: on systems where an open file cannot be replaced, whoever
// reads run.json for a moment does not end a run; one that stays in the way does,
// and the file stays as it was.
func TestWriteWhileRead(t *testing.T) {
	dir := rundir.Folder(t.TempDir())
	if err := dir.WriteText("run.json", "old"); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(string(dir), "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(50*time.Millisecond, func() { file.Close() }) // in the way on Windows
	if err := dir.WriteText("run.json", "new"); err != nil {
		t.Error(err)
	}
	run.FailRenames(t, 2)
	if err := dir.WriteText("run.json", "newer"); err != nil {
		t.Error(err)
	}
	run.FailRenames(t, 1000)
	if err := dir.WriteText("run.json", "newest"); err == nil {
		t.Error("a file that cannot be replaced is no error")
	}
	if text, err := dir.ReadText("run.json"); err != nil || text != "newer" {
		t.Errorf("%q, %v; want newer", text, err)
	}
	if entries, err := os.ReadDir(string(dir)); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v; want run.json alone", entries, err)
	}
}
