package run_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// many makes a folder of two runs, the second with a control, and of a task of
// which nobody has ever held the lock.
func many(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"list.json":         "{}",
		"runs/a/run.json":   `{"format": 2, "state": "finished"}`,
		"runs/b/run.json":   `{"format": 2, "state": "finished"}`,
		"tasks/a/task.json": "{}",
		"tasks/notes/mine":  "mine",
	} {
		writeAt(t, dir, name, text)
	}
	for _, run := range []string{"runs/a", "runs/b", "runs/b/controls/c"} {
		writeAt(t, dir, run+"/run.json", `{"format": 2, "state": "finished"}`)
		writeAt(t, dir, run+"/experiment.toml", "")
		writeAt(t, dir, run+"/weights.safetensors", "0123456789")
	}
	return dir
}

func writeAt(t *testing.T, dir, name, text string) {
	t.Helper()
	at := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Dir(at), filepath.Base(at), []byte(text))
}

func removalOfMany(dir string, take bool) (*rundir.Removal, error) {
	return rundir.NewRemovalOfMany(rundir.Folder(dir), take, "sweep", func(name string) bool {
		parts := strings.SplitN(name, "/", 3)
		switch {
		case parts[0] == "runs" && len(parts) == 3:
			return rundir.Ours(parts[2])
		case parts[0] == "tasks" && len(parts) == 3:
			return parts[2] == "task.json" || parts[2] == ".lock"
		}
		return name == "list.json"
	}, []string{"list.json"})
}

// held are the folders that a removal of many keeps others out of.
var held = []string{"runs/a", "runs/b", "runs/b/controls/c", "tasks/a"}

// TestRemoveManyAtOnce: where a process works in one part, whichever, nothing of
// the others goes.
func TestRemoveManyAtOnce(t *testing.T) {
	for _, part := range held {
		dir := many(t)
		r, err := removalOfMany(dir, false)
		if err != nil {
			t.Fatal(err)
		}
		lock, err := rundir.Folder(filepath.Join(dir, part)).Lock() // since the user was asked
		if err != nil {
			t.Fatal(err)
		}
		var busy *rundir.Busy
		if err := r.Remove(); !errors.As(err, &busy) {
			t.Errorf("%s is in use: got %v", part, err)
		}
		for _, name := range []string{"list.json", "runs/a/weights.safetensors", "runs/b/weights.safetensors", "runs/b/controls/c/weights.safetensors", "tasks/a/task.json"} {
			if !there(filepath.Join(dir, name)) {
				t.Errorf("%s is in use: %s is gone", part, name)
			}
		}
		lock.Release()
		if err := r.Remove(); err != nil {
			t.Error(err)
		}
		var left []string
		filepath.WalkDir(dir, func(path string, d os.DirEntry, _ error) error {
			if !d.IsDir() {
				left = append(left, filepath.Base(path))
			}
			return nil
		})
		if strings.Join(left, " ") != "mine" {
			t.Errorf("left: %v, want what is not ours", left)
		}
	}
}

// TestRemoveManyLocked: every part is locked for as long as any file is left that
// is not a lock.
func TestRemoveManyLocked(t *testing.T) {
	dir := many(t)
	r, err := removalOfMany(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	moments := 0
	run.AtMoment(func() {
		if !there(filepath.Join(dir, "tasks/a/task.json")) && !there(filepath.Join(dir, "runs/b/weights.safetensors")) {
			return // the locks go, then the list
		}
		moments++
		for _, part := range held {
			if !rundir.Folder(filepath.Join(dir, part)).InUse() {
				t.Errorf("at moment %d: %s is free", moments, part)
			}
		}
	})
	defer run.AtMoment(func() {})
	if err := r.Remove(); err != nil || moments < 5 {
		t.Errorf("%v after %d moments", err, moments)
	}
}

// TestRemoveManyBegun: a run that begins while others are removed stays, with the
// list, so that the removal can be repeated.
func TestRemoveManyBegun(t *testing.T) {
	dir := many(t)
	r, err := removalOfMany(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	run.AtMoment(func() {
		if !there(filepath.Join(dir, "runs/new")) {
			writeAt(t, dir, "runs/new/run.json", "{}")
		}
	})
	defer run.AtMoment(func() {})
	if err := r.Remove(); err == nil || !strings.Contains(err.Error(), "new: was made while") {
		t.Errorf("got %v", err)
	}
	if !there(filepath.Join(dir, "runs/new/run.json")) || !there(filepath.Join(dir, "list.json")) || there(filepath.Join(dir, "runs/a")) {
		t.Error("want the new run and the list, and no more")
	}
}

// TestRemoveManyVanishing: a file that another process removes or renames while the
// folder is looked through is no error; whoever works there is found by the locks.
func TestRemoveManyVanishing(t *testing.T) {
	dir := many(t)
	_, err := rundir.NewRemovalOfMany(rundir.Folder(dir), false, "sweep", func(name string) bool {
		if name == "runs/a/experiment.toml" {
			os.Remove(filepath.Join(dir, "runs/a/weights.safetensors"))
		}
		return true
	}, nil)
	if err != nil || there(filepath.Join(dir, "runs/a/weights.safetensors")) {
		t.Error(err)
	}
}

// TestRemoveWithoutLocks: where no lock tells, a run that says it is running is
// removed only when it is said that nobody works there.
func TestRemoveWithoutLocks(t *testing.T) {
	run.WithoutLocks(t)
	one, all := shelved(t, rundir.Running), many(t)
	writeAt(t, all, "runs/b/run.json", `{"format": 2, "state": "running"}`)
	for _, dir := range []string{one, all} {
		writeAt(t, dir, ".lock", "")
	}
	writeAt(t, all, "runs/b/.lock", "")
	find := func(dir string, take bool) (*rundir.Removal, error) {
		if dir == all {
			return removalOfMany(dir, take)
		}
		return rundir.NewRemoval(rundir.Folder(dir), false, take)
	}
	for _, dir := range []string{one, all} {
		if _, err := find(dir, false); err == nil || !strings.Contains(err.Error(), "the file system has no locks to tell; if no process works there, --take-running removes it") {
			t.Errorf("got %v", err)
		}
		run := dir
		if dir == all {
			run = filepath.Join(dir, "runs/b")
		}
		is, was := file(t, run, "run.json"), []byte(`{"format": 2, "state": "interrupted"}`)
		write(t, run, "run.json", was)
		r, err := find(dir, false)
		if err != nil {
			t.Fatal(err)
		}
		write(t, run, "run.json", is) // it has begun since the user was asked
		if err := r.Remove(); err == nil || !there(filepath.Join(run, "weights.safetensors")) {
			t.Errorf("a run that calls itself running by now: %v", err)
		}
		r, err = find(dir, true)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Remove(); err != nil || there(filepath.Join(dir, "run.json")) || there(filepath.Join(dir, "runs/b")) {
			t.Errorf("%v; want that it is removed", err)
		}
	}
}
