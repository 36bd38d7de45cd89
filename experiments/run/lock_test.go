package run_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// TestLock wants one holder at a time, in this process and in others, and none
// once the holder was killed.
func TestLock(t *testing.T) {
	dir := rundir.Folder(t.TempDir())
	if dir.InUse() {
		t.Error("a folder that nobody locked is in use")
	}
	l, err := dir.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if !l.Held() {
		t.Skip("the file system has no locks")
	}
	_, err = dir.Lock()
	var busy *rundir.Busy
	if !errors.As(err, &busy) || !strings.Contains(err.Error(), "process ") {
		t.Errorf("a second lock: got %v, want the process that holds it", err)
	}
	if !dir.InUse() {
		t.Error("a locked folder is not in use")
	}
	l.Release()
	l.Release()
	if dir.InUse() {
		t.Error("a released folder is in use")
	}

	t.Run("another process", func(t *testing.T) {
		c := child("lock", string(dir))
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Read(make([]byte, 1)); err != nil { // it has the lock
			t.Fatal(err)
		}
		if _, err := dir.Lock(); !errors.As(err, &busy) {
			t.Errorf("got %v, want *Busy", err)
		}
		c.Process.Kill()
		c.Wait()
		l, err := dir.Lock()
		if err != nil {
			t.Fatalf("after the process was killed: %v", err)
		}
		l.Release()
	})

	t.Run("nobody may write", func(t *testing.T) {
		if os.Getuid() == 0 {
			t.Skip("root may write anywhere")
		}
		dir := t.TempDir()
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
		if _, err := rundir.Folder(dir).Lock(); err == nil || !strings.Contains(err.Error(), "nothing can be written there") {
			t.Errorf("got %v", err)
		}
	})
}

// TestTwoProcesses wants the second process on a run to leave it alone.
func TestTwoProcesses(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=1"}})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	var second error
	o := plainly(1)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.Report = &stopper{when: func(_ *stopper, batch int) bool { return batch == 2 }, stop: func() {
		defer cancel()
		second = run.Resume(context.Background(), dir, plainly(1))
	}}
	if err := run.Run(ctx, e, nil, dir, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	var busy *rundir.Busy
	if !errors.As(second, &busy) {
		t.Errorf("a second process: got %v, want *Busy", second)
	}
	if got := stateOf(t, string(dir), "main"); got != rundir.Interrupted {
		t.Errorf("state %q", got)
	}
}

// TestBeginAgain wants a folder in which a process was killed before its run
// began to be as good as an empty one, and any other to be left alone.
func TestBeginAgain(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=1"}})
	for _, c := range []struct {
		name  string
		files []string
		taken bool
	}{
		{"killed before the run began", []string{".lock", "source.toml", "experiment.toml", ".tmp-1", "controls/a/run.json"}, false},
		{"no lock file", []string{"source.toml", "experiment.toml"}, true},
		{"a file of somebody's", []string{".lock", "notes.txt"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range c.files {
				if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
					t.Fatal(err)
				}
				write(t, dir, name, []byte("x"))
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			o := plainly(1)
			o.Report = &stopper{when: func(_ *stopper, batch int) bool { return batch == 1 }, stop: cancel}
			err := run.Run(ctx, e, nil, rundir.Folder(dir), o)
			if c.taken {
				if err == nil || !strings.Contains(err.Error(), "is not empty") {
					t.Errorf("got %v", err)
				}
				for _, name := range c.files {
					if string(file(t, dir, name)) != "x" {
						t.Errorf("%s was changed", name)
					}
				}
				return
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			for _, name := range c.files[3:] {
				if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
					t.Errorf("%s is still there", name)
				}
			}
		})
	}
}

// What looks like the half of a file is removed only by who keeps the process out
// that may be writing it.
func TestTemporaryFiles(t *testing.T) {
	for _, c := range []struct {
		name  string
		locks bool
		want  bool // that it stays
	}{{"with locks", true, false}, {"without locks", false, true}} {
		for how, tidy := range map[string]func(rundir.Folder){
			"Lock": func(f rundir.Folder) {
				l, err := f.Lock()
				if err != nil {
					t.Fatal(err)
				}
				l.Release()
			},
			"Tidy": rundir.Folder.Tidy,
		} {
			t.Run(c.name+", "+how, func(t *testing.T) {
				if !c.locks {
					run.WithoutLocks(t)
				}
				dir := t.TempDir()
				write(t, dir, ".tmp-1", []byte("half a file"))
				tidy(rundir.Folder(dir))
				if _, err := os.Stat(filepath.Join(dir, ".tmp-1")); (err == nil) != c.want {
					t.Errorf("got %v, want the file to be there: %v", err, c.want)
				}
			})
		}
	}
}

// A run that could not begin holds none of its folders.
func TestBeginReleases(t *testing.T) {
	e, controls := readAll(t, "control = [\"forward\"]\n"+tiny, spec.Overrides{})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	run.FailRenames(t, 1<<30)
	if err := run.Run(context.Background(), e, controls, dir, plainly(1)); err == nil {
		t.Fatal("a run began in a folder in which no file can be renamed")
	}
	for _, f := range []rundir.Folder{dir, dir.Control("forward")} {
		if rundir.Holds(f) {
			t.Errorf("%s is held by a run that did not begin", f)
		}
	}
}

// Who works under a lock of this process keeps it, though who took it has ended.
func TestAloneKeeps(t *testing.T) {
	dir := rundir.Folder(t.TempDir())
	l, err := dir.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if !l.Held() {
		t.Skip("the file system has no locks")
	}
	err = dir.Alone(func() error {
		l.Release()
		if !dir.InUse() {
			t.Error("the lock was given back while a call of Alone worked under it")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if dir.InUse() {
		t.Error("the lock is held, and nobody works there")
	}
}
