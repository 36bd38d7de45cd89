package run_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// shelved makes the folder of a run with a control, as far as removing sees it.
func shelved(t *testing.T, state string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "r")
	for _, part := range []string{"", "controls/a"} {
		for _, name := range []string{"run.json", "experiment.toml", "weights.safetensors", "checkpoints/batch-000000001.safetensors", "figures/a.svg"} {
			at := filepath.Join(dir, part, name)
			if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
				t.Fatal(err)
			}
			text := "0123456789"
			if name == "run.json" {
				text = `{"format": 2, "state": "` + state + `"}`
			}
			write(t, filepath.Dir(at), filepath.Base(at), []byte(text))
		}
	}
	return dir
}

func there(path string) bool { _, err := os.Lstat(path); return err == nil }

func TestRemove(t *testing.T) {
	dir := shelved(t, rundir.Running) // as a killed process leaves it
	write(t, dir, "notes.txt", []byte("mine"))
	outside := t.TempDir()
	write(t, outside, "precious", []byte("x"))
	if err := os.Symlink(outside, filepath.Join(dir, "figures/link")); err != nil {
		if runtime.GOOS != "windows" {
			t.Fatal(err)
		}
	}
	r, err := rundir.NewRemoval(rundir.Folder(dir), false, false)
	if err != nil {
		t.Fatal(err)
	}
	if r.Files < 11 || r.Bytes < 80 || len(r.Foreign) < 1 || !strings.Contains(strings.Join(r.Foreign, " "), "notes.txt") {
		t.Errorf("got %+v", r)
	}
	if !there(dir) {
		t.Fatal("finding out what there is removed it")
	}
	if err := r.Remove(); err != nil {
		t.Fatal(err)
	}
	if there(dir) {
		t.Error("the folder is still there")
	}
	if !there(filepath.Join(outside, "precious")) {
		t.Error("what a symbolic link points to was removed")
	}
}

func TestRemoveCheckpoints(t *testing.T) {
	dir := shelved(t, rundir.Finished)
	r, err := rundir.NewRemoval(rundir.Folder(dir), true, false)
	if err != nil {
		t.Fatal(err)
	}
	if r.Files != 2 || r.Bytes != 20 || len(r.Foreign) != 0 {
		t.Errorf("got %+v", r)
	}
	if err := r.Remove(); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{dir, filepath.Join(dir, "controls/a")} {
		if there(filepath.Join(part, "checkpoints")) {
			t.Errorf("%s has checkpoints", part)
		}
		for _, name := range []string{"run.json", "experiment.toml", "weights.safetensors", "figures/a.svg"} {
			if !there(filepath.Join(part, name)) {
				t.Errorf("%s/%s is gone", part, name)
			}
		}
	}
}

// TestRemoveStopped: a run whose process was killed is stopped, as ls says, and not
// running as its run.json says, where no process holds its lock.
func TestRemoveStopped(t *testing.T) {
	dir := shelved(t, rundir.Running)
	r, err := rundir.NewRemoval(rundir.Folder(dir), false, false)
	if err != nil || r.State != rundir.Stopped {
		t.Errorf("got %+v, %v; want the state %s", r, err, rundir.Stopped)
	}
	_, err = rundir.NewRemoval(rundir.Folder(dir), true, false)
	if want := ": is stopped; its checkpoints are what it goes on from"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("checkpoints: got %v, want %q", err, want)
	}
}

func TestRemoveRefuses(t *testing.T) {
	unfinished := shelved(t, rundir.Interrupted)
	busy := shelved(t, rundir.Finished)
	lock, err := rundir.Folder(filepath.Join(busy, "controls/a")).Lock()
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	plain := t.TempDir()
	write(t, plain, "run.json", []byte("{}"))
	link := filepath.Join(t.TempDir(), "link")
	linked := os.Symlink(unfinished, link) == nil
	for _, c := range []struct {
		name, dir, want string
		checkpoints     bool
	}{
		{"no run", plain, "is not the folder of a run, a sweep or a comparison, and nothing else is removed", false},
		{"nothing there", filepath.Join(plain, "x"), "x: ", false},
		{"symbolic link", link, "is a symbolic link", false},
		{"a control", filepath.Join(unfinished, "controls/a"), "is a control of r", false},
		{"in use", busy, "works there", false},
		{"checkpoints of a run that is not finished", unfinished, "is interrupted; its checkpoints are what it goes on from", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.dir == link && !linked {
				t.Skip("there are no symbolic links")
			}
			if _, err := rundir.NewRemoval(rundir.Folder(c.dir), c.checkpoints, false); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// TestRemoveAgain cuts removals short before every file that they remove: the
// same removal must be possible once more, and leave nothing.
func TestRemoveAgain(t *testing.T) {
	remove := func(dir string, moment int) (cut bool) {
		t.Helper()
		at := 0
		run.AtMoment(func() {
			if at++; at == moment {
				panic("cut short")
			}
		})
		defer run.AtMoment(func() {})
		defer func() { cut = recover() != nil }()
		r, err := rundir.NewRemoval(rundir.Folder(dir), false, false)
		if err != nil {
			t.Fatalf("at moment %d: %v", moment, err)
		}
		if err := r.Remove(); err != nil {
			t.Fatalf("at moment %d: %v", moment, err)
		}
		return false
	}
	for moment := 1; ; moment++ {
		dir := shelved(t, rundir.Finished)
		cut := remove(dir, moment)
		if left, _ := os.ReadDir(dir); cut && len(left) > 0 {
			remove(dir, 0)
		} else if cut {
			// An empty folder is in nobody's way.
			continue
		}
		if there(dir) {
			t.Errorf("at moment %d: the folder is still there", moment)
		}
		if !cut {
			if moment < 8 {
				t.Errorf("a removal had %d moments, want one before every file", moment-1)
			}
			return
		}
	}
}

// TestRemoveControlTaken: a process that takes the lock of a control as soon as
// that is free finds nothing there that it could work on, and keeps its folder.
func TestRemoveControlTaken(t *testing.T) {
	dir := shelved(t, rundir.Interrupted)
	control := rundir.Folder(filepath.Join(dir, "controls/a"))
	r, err := rundir.NewRemoval(rundir.Folder(dir), false, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Lock(); err != nil {
		t.Fatal(err)
	}
	var lock *rundir.Lock
	run.AtMoment(func() {
		if lock != nil || control.InUse() {
			return
		}
		for _, path := range []string{"experiment.toml", "run.json", "weights.safetensors", "checkpoints"} {
			if control.Has(path) {
				t.Errorf("the lock is free and %s still there", path)
			}
		}
		if lock, err = control.Lock(); err != nil {
			t.Fatal(err)
		}
		write(t, string(control), "new", nil)
	})
	defer run.AtMoment(func() {})
	if err := r.Remove(); err == nil {
		t.Error("want an error: the folder is not empty")
	}
	if lock == nil {
		t.Fatal("the lock was never free")
	}
	defer lock.Release()
	if !control.Has("new") {
		t.Error("a folder that another process holds was removed")
	}
}

// TestRemoveRemnant removes what a second removal cut short leaves, the lock
// file beside run.json.
func TestRemoveRemnant(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "run.json", []byte(`{"format": 2, "state": "finished"}`))
	write(t, dir, ".lock", nil)
	r, err := rundir.NewRemoval(rundir.Folder(dir), false, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Remove(); err != nil || there(dir) {
		t.Errorf("%v, still there: %v", err, there(dir))
	}
}

// TestRemoveHere removes the folder that the process is in, by its own name and
// through a symbolic link.
func TestRemoveHere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a folder that a process is in cannot be removed")
	}
	for _, linked := range []bool{false, true} {
		dir := shelved(t, rundir.Finished)
		in := dir
		if linked {
			in = filepath.Join(t.TempDir(), "link")
			if err := os.Symlink(dir, in); err != nil {
				t.Fatal(err)
			}
		}
		t.Chdir(in)
		r, err := rundir.NewRemoval(".", false, false)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Remove(); err != nil {
			t.Error(err)
		}
		if there(dir) {
			t.Errorf("linked %v: the folder is still there", linked)
		}
	}
}
