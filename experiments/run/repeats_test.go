package run_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"ventral/cortex/recording"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// TestRepeats records each image twice under noise: the first time as without repeats,
// the second with other noise; and without noise twice the same. Where the label is that
// of an image that is drawn, each repeat has its own.
func TestRepeats(t *testing.T) {
	noisy := `
[protocol.noisy]
show = [{ steps = "0..", image = true, noise = { kind = "gaussian", sd = 0.3 } }]
[protocol.other]
label = 1
show = [{ for = 1, image = true }, { for = "rest", image = 1 }]
`
	e, _ := readAll(t, tiny+noisy, spec.Overrides{Set: []string{`input.protocol="noisy"`, "record.images=6"}})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	if err := run.Run(context.Background(), e, nil, dir, plainly(1)); err != nil {
		t.Fatal(err)
	}
	record := func(name string, set ...string) *recording.TraceReader {
		t.Helper()
		there, err := run.Test(context.Background(), dir, run.Condition{Name: name, Set: set, Record: true}, plainly(2))
		if err != nil {
			t.Fatal(err)
		}
		file, size, err := there.Open(rundir.Recording("IT", recording.Response))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { file.Close() })
		r, err := recording.Open(file, size)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	read := func(r *recording.TraceReader, lo, hi int) []float32 {
		t.Helper()
		x := make([]float32, (hi-lo)*r.PerImage())
		if err := r.Read(lo, hi, x); err != nil {
			t.Fatal(err)
		}
		for i, v := range x {
			if v != v {
				x[i] = -1 // before onset
			}
		}
		return x
	}
	once, twice := record("once", "record.images=6"), record("twice", "record.repeats=2")
	if got, want := twice.ImageIDs, append(slices.Clone(once.ImageIDs), once.ImageIDs...); !slices.Equal(got, want) {
		t.Errorf("got images %v, want %v", got, want)
	}
	if got, want := twice.Trace.Repeats, []int{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("got repeats %v, want %v", got, want)
	}
	if once.Trace.Repeats != nil {
		t.Errorf("got repeats %v of images that are shown once", once.Trace.Repeats)
	}
	a, b, c := read(once, 0, 6), read(twice, 0, 6), read(twice, 6, 12)
	if !slices.Equal(a, b) || slices.Equal(b, c) {
		t.Errorf("the first repeat is the recording without repeats: %t; the second is the first: %t", slices.Equal(a, b), slices.Equal(b, c))
	}
	still := record("still", "record.repeats=2", `input.protocol=[]`)
	if !slices.Equal(read(still, 0, 6), read(still, 6, 12)) {
		t.Error("images without noise differ from repeat to repeat")
	}
	first, other := twice.Labels[:6], record("other", "record.repeats=2", `input.protocol="other"`).Labels
	if a, b := other[:6], other[6:]; slices.Equal(a, b) {
		t.Errorf("got labels %v of images that are drawn in both repeats", a)
	}
	for i, label := range other {
		if label == first[i%6] {
			t.Errorf("row %d: got label %d, want that of an image of another class than image %d", i, label, i%6)
		}
	}
}
