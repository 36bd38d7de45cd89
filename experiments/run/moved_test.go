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

// A run whose folder is moved away while it trains stops with a message. Nothing
// of a run that took its place is touched, and the moved one goes on where it is.
func TestMovedFolder(t *testing.T) {
	top := t.TempDir()
	at := func(name string) string { return filepath.Join(top, name) }
	e, _ := readAll(t, tiny, spec.Overrides{})
	for _, name := range []string{"whole", "other"} {
		if err := run.Run(context.Background(), e, nil, rundir.Folder(at(name)), plainly(1)); err != nil {
			t.Fatal(err)
		}
	}
	before := snapshot(t, at("other"))
	for _, replaced := range []bool{true, false} {
		o := plainly(1)
		o.Report = &stopper{when: func(_ *stopper, batch int) bool { return batch == 5 }, stop: func() {
			if err := os.Rename(at("run"), at("elsewhere")); err != nil {
				t.Fatal(err)
			}
			if replaced {
				if err := os.Rename(at("other"), at("run")); err != nil {
					t.Fatal(err)
				}
			}
		}}
		err := run.Run(context.Background(), e, nil, rundir.Folder(at("run")), o)
		var moved *rundir.Moved
		if !errors.As(err, &moved) || !strings.Contains(err.Error(), "was moved, removed or replaced while this process worked there") {
			t.Errorf("replaced %v: got %v, want *Moved", replaced, err)
		}
		switch _, err := os.Stat(at("run")); {
		case replaced:
			if got := snapshot(t, at("run")); !same(got, before) {
				t.Error("the run that took its place was changed")
			}
			if err := os.Rename(at("run"), at("other")); err != nil {
				t.Fatal(err)
			}
		case err == nil:
			t.Error("the folder was made again")
		}
		if err := run.Resume(context.Background(), rundir.Folder(at("elsewhere")), plainly(2)); err != nil {
			t.Fatal(err)
		}
		sameRun(t, at("elsewhere"), at("whole"))
		if err := os.RemoveAll(at("elsewhere")); err != nil {
			t.Fatal(err)
		}
	}
}

// snapshot returns the bytes of every file below a folder.
func snapshot(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func same(a, b map[string][]byte) bool {
	for name := range a {
		if !bytes.Equal(a[name], b[name]) {
			return false
		}
	}
	return len(a) == len(b)
}

// A finished run with controls that goes on changes nothing that is drawn; of what a
// kill left undrawn Complete tells, and drawing makes it as it was.
func TestDrawnAgainBesideControls(t *testing.T) {
	e, controls := readAll(t, "control = [\"forward\"]\n"+tiny, spec.Overrides{})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(context.Background(), e, controls, dir, surroundings(1)); err != nil {
		t.Fatal(err)
	}
	complete := func(want bool) {
		t.Helper()
		if got, err := report.Complete(dir); got != want || err != nil {
			t.Errorf("complete: got %v, %v, want %v", got, err, want)
		}
	}
	complete(false)
	if err := report.Draw(dir); err != nil {
		t.Fatal(err)
	}
	complete(true)
	drawn := func() map[string][]byte {
		files := snapshot(t, string(dir))
		for name := range files {
			if name != "anatomy.json" && !strings.HasPrefix(name, "figures/") {
				delete(files, name)
			}
		}
		return files
	}
	was := drawn()
	if len(was) < 5 || !bytes.Contains(was["anatomy.json"], []byte(`"Classes": [`)) {
		t.Fatalf("%d files of drawings; anatomy.json:\n%s", len(was), was["anatomy.json"])
	}
	if err := run.Resume(context.Background(), dir, surroundings(1)); err != nil {
		t.Fatal(err)
	}
	complete(true)
	if err := os.Remove(dir.Path("controls/forward/figures/learning.pdf")); err != nil {
		t.Fatal(err)
	}
	complete(false)
	if err := report.Draw(dir); err != nil {
		t.Fatal(err)
	}
	for name, b := range drawn() {
		if !bytes.Equal(b, was[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// observer draws beside the training.
type observer struct {
	stopper
	report.Drawer
}

func (o *observer) Drawable(dir rundir.Folder) { o.Draw(dir) }

// Drawing beside the training changes no bit of it, and ends with all figures.
func TestDrawnBesideTraining(t *testing.T) {
	e, controls := readAll(t, "control = [\"forward\"]\n"+tiny, spec.Overrides{})
	plain, dir := rundir.Folder(filepath.Join(t.TempDir(), "r")), rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(context.Background(), e, controls, plain, surroundings(1)); err != nil {
		t.Fatal(err)
	}
	var pictures []string
	o, x := surroundings(1), &observer{}
	x.Figure = func(path string) { pictures = append(pictures, path) }
	o.Report = x
	if err := run.Run(context.Background(), e, controls, dir, o); err != nil {
		t.Fatal(err)
	}
	if err := x.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"weights.safetensors", "recordings/IT.state.npz", "anatomy.json", "controls/forward/weights.safetensors"} {
		if !bytes.Equal(file(t, string(plain), name), file(t, string(dir), name)) {
			t.Errorf("%s differs", name)
		}
	}
	if ok, err := report.Complete(dir); !ok || err != nil || len(pictures) < 5 {
		t.Errorf("complete: %v, %v, with %d pictures", ok, err, len(pictures))
	}
}

// A folder that cannot be looked for is an error, and the search for a free name
// ends.
func TestFree(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := rundir.Free(file); err != nil || got != file+"-2" {
		t.Errorf("got %q, %v", got, err)
	}
	for _, base := range []string{filepath.Join(file, "run"), filepath.Join(dir, strings.Repeat("x", 300))} {
		if got, err := rundir.Free(base); err == nil || !strings.Contains(err.Error(), "choose a folder by --out") {
			t.Errorf("%.80s: got %.80q, %v", base, got, err)
		}
	}
}

// Whoever takes a lock removes what a killed process left, and leaves alone what
// another may be writing in a folder with a lock of its own.
func TestLockTidies(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".tmp-1", "figures/.tmp-2", "checkpoints/.tmp-3", "controls/a/.lock", "controls/a/.tmp-4", "controls/b/.tmp-5", "run.json"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, dir, name, nil)
	}
	l, err := rundir.Folder(dir).Lock()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	var left []string
	for name := range snapshot(t, dir) {
		left = append(left, filepath.ToSlash(name))
	}
	if len(left) != 4 || !strings.Contains(strings.Join(left, " "), "controls/a/.tmp-4") {
		t.Errorf("left are %q; want .lock, run.json and what controls/a has", left)
	}
}

// A folder's name is no pattern: a run in "h[1]" has checkpoints of its own, and
// none of "h1".
func TestFolderIsNoPattern(t *testing.T) {
	top := t.TempDir()
	e, _ := readAll(t, tiny, spec.Overrides{})
	whole := filepath.Join(top, "h1")
	if err := run.Run(context.Background(), e, nil, rundir.Folder(whole), plainly(1)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"h[1]", "u[1", "a*b?", "\x1b[2J"} {
		dir := filepath.Join(top, name)
		ctx, cancel := context.WithCancel(context.Background())
		o := plainly(1)
		o.Keep = 1
		o.Report = &stopper{when: func(_ *stopper, batch int) bool { return batch == 6 }, stop: cancel}
		if err := run.Run(ctx, e, nil, rundir.Folder(dir), o); !errors.Is(err, context.Canceled) {
			t.Fatalf("%q: %v", name, err)
		}
		if err := run.Resume(context.Background(), rundir.Folder(dir), plainly(1)); err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if info := infoOf(t, dir); info.Resumed[0].Batches != 6 {
			t.Errorf("%q went on at batch %d, want 6", name, info.Resumed[0].Batches)
		}
		if entries, err := os.ReadDir(filepath.Join(dir, "checkpoints")); err != nil || len(entries) > 2 {
			t.Errorf("%q keeps %d checkpoints, want the last and the best: %v", name, len(entries), err)
		}
		sameRun(t, dir, whole)
	}
}
