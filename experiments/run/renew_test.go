package run_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Recording that is broken off leaves run.json with the SHA-256 of every result
// that it did not write, so that damage is still noticed.
func TestSumsAfterCancel(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	e, _ := readAll(t, tiny, spec.Overrides{})
	if err := run.Run(context.Background(), e, nil, rundir.Folder(dir), plainly(1)); err != nil {
		t.Fatal(err)
	}
	want := infoOf(t, dir).Results
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := plainly(1)
	o.Report = &stopper{when: func(s *stopper, _ int) bool { return strings.HasPrefix(s.stage, "recording ") }, stop: cancel}
	err := run.RecordAgain(ctx, rundir.Folder(dir), func(*spec.Recording) {}, o)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the recording to be cancelled", err)
	}
	if got := infoOf(t, dir).Results; !maps.Equal(got, want) {
		t.Errorf("run.json has the SHA-256 of %d results, before of %d:\n%v", len(got), len(want), slices.Sorted(maps.Keys(got)))
	}
	write(t, dir, "recordings/V1.response.npz", []byte("garbage"))
	v, err := run.Verify(context.Background(), rundir.Folder(dir), plainly(1))
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Damaged) != 1 || !strings.Contains(v.Damaged[0], "V1.response.npz") {
		t.Errorf("of a recording that is garbage Verify says %q", v.Damaged)
	}
}

// At no moment of recording again, or of drawing beside controls, has run.json
// the SHA-256 of other bytes than those of the file, and it always has those of
// recordings that are left alone.
func TestSumsMeanwhile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "r")
	e, controls := readAll(t, "control = [\"forward\"]\n"+tiny, spec.Overrides{Set: []string{"train.epochs=1"}})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := plainly(1)
	o.Report = &stopper{when: func(s *stopper, _ int) bool {
		return strings.HasSuffix(s.stage, "forward") && infoOf(t, dir).State == rundir.Finished
	}, stop: cancel}
	if err := run.Run(ctx, e, controls, rundir.Folder(dir), o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want the control to be cancelled", err)
	}
	kept := func(string) bool { return false }
	moments := 0
	defer run.AtMoment(func() {})
	run.AtMoment(func() {
		moments++
		sums := infoOf(t, dir).Results
		for name, sum := range sums {
			if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || fmt.Sprintf("%x", sha256.Sum256(b)) != sum {
				t.Fatalf("moment %d: run.json has another SHA-256 than that of %s (%v)", moments, name, err)
			}
		}
		for _, name := range []string{"recordings/V1.response.npz", "recordings/IT.response.npz", "logits.npz"} {
			if kept(name) && sums[name] == "" {
				t.Fatalf("moment %d: run.json has no SHA-256 of %s, which is left alone", moments, name)
			}
		}
	})
	for _, c := range []struct {
		name string
		do   func() error
		kept func(string) bool
	}{
		{"drawing beside controls", func() error {
			return run.Resume(context.Background(), rundir.Folder(dir), surroundings(1))
		}, func(string) bool { return true }},
		{"recording states", func() error {
			return run.RecordAgain(context.Background(), rundir.Folder(dir), func(r *spec.Recording) { r.Signals = []string{"state"} }, plainly(1))
		}, func(name string) bool { return name == "logits.npz" }},
		{"recording V1 and IT", func() error {
			return run.RecordAgain(context.Background(), rundir.Folder(dir), func(r *spec.Recording) { r.Images = 3 }, plainly(1))
		}, func(name string) bool { return name == "logits.npz" }},
	} {
		kept = func(string) bool { return false }
		anotherAnatomy(t, dir)
		kept, moments = c.kept, 0
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if moments < 8 {
			t.Errorf("%s: %d moments of writing", c.name, moments)
		}
		for _, name := range []string{"anatomy.json", "recordings/V1.state.npz", "recordings/V1.response.npz"} {
			if infoOf(t, dir).Results[name] == "" {
				t.Errorf("%s: at the end run.json has no SHA-256 of %s", c.name, name)
			}
		}
	}
}

// anotherAnatomy makes a run's anatomy one that is to be written anew, as one of
// another version is.
func anotherAnatomy(t *testing.T, dir string) {
	t.Helper()
	was := infoOf(t, dir).Results["anatomy.json"]
	b := append(file(t, dir, "anatomy.json"), ' ')
	text := string(file(t, dir, "run.json"))
	if was == "" || !strings.Contains(text, was) {
		t.Fatal("run.json has no SHA-256 of the anatomy")
	}
	write(t, dir, "anatomy.json", b)
	write(t, dir, "run.json", unsealed(strings.Replace(text, was, fmt.Sprintf("%x", sha256.Sum256(b)), 1)))
}
