package sweep

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ventral/experiments/rundir"
)

// TestRemove: all of a sweep goes but what somebody else put there; nothing while
// a process works in it; and a removal that was cut short can be repeated.
func TestRemove(t *testing.T) {
	l, x := planned(t)
	must(t, l.Run(context.Background(), Options{Threads: 1}))
	outside := t.TempDir()
	must(t, os.WriteFile(filepath.Join(outside, "weights.safetensors"), []byte("theirs"), 0o666))
	link := filepath.Join(string(l.dir), "runs", "0123456789abcdef")
	linked := os.Symlink(outside, link) == nil // not every system lets us
	must(t, l.dir.WriteText("tasks/notes/task.json", "theirs"))

	for _, f := range []rundir.Folder{x.own(), x.Folder()} {
		lock, err := f.Lock()
		must(t, err)
		var busy *rundir.Busy
		if _, err := NewRemoval(l.dir, false); !errors.As(err, &busy) {
			t.Errorf("%s is in use: got %v", f, err)
		}
		lock.Release()
	}
	r, err := NewRemoval(l.dir, false)
	must(t, err)
	kept := []string{"tasks/notes/task.json"}
	if linked {
		kept = append([]string{"runs/0123456789abcdef"}, kept...)
	}
	if slices.Sort(r.Kept); r.Runs != 1 || r.Files < 15 || r.Bytes < 10_000 || !slices.Equal(r.Kept, kept) {
		t.Errorf("got %+v", r)
	}
	for _, f := range []rundir.Folder{x.own(), x.Folder()} {
		lock, err := f.Lock() // since then
		must(t, err)
		var busy *rundir.Busy
		if err := r.Remove(); !errors.As(err, &busy) || !x.Folder().Has("weights.safetensors") || !x.own().Has(taskFile) {
			t.Errorf("%s is in use by now: %v", f, err)
		}
		lock.Release()
	}
	must(t, os.Remove(filepath.Join(string(x.Folder()), "run.json"))) // as one that was cut short may leave it
	must(t, os.RemoveAll(string(x.own())))
	r, err = NewRemoval(l.dir, false)
	must(t, err)
	must(t, r.Remove())
	for _, name := range append(kept, "ledger.json", "runs/"+x.Short()) {
		if _, err := os.Lstat(filepath.Join(string(l.dir), name)); (err == nil) != slices.Contains(kept, name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(outside, "weights.safetensors")); err != nil {
		t.Error("what a link points to was removed")
	}
	if _, err := NewRemoval(l.dir, false); err == nil {
		t.Error("what is no sweep any more is removed")
	}
}
