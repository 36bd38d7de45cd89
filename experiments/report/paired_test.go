package report

import (
	"bytes"
	"io"
	"math"
	"slices"
	"testing"

	"ventral/cortex/recording"
	"ventral/experiments/rundir"
)

// TestPaired counts answers of two files of logits, and compares the interval
// with that of a textbook: Altman, Practical Statistics for Medical Research,
// formula of paired proportions, worked here by hand for n = 100, b = 20, c = 10:
// d = 0.10, se = √(30 - 1)/100 = 0.05385.
func TestPaired(t *testing.T) {
	d, low, high := pair{images: 100, first: 20, other: 10}.difference()
	if math.Abs(d-10) > 1e-12 || math.Abs(low-(10-10.5547)) > 1e-3 || math.Abs(high-(10+10.5547)) > 1e-3 {
		t.Errorf("difference %v [%v, %v], want 10 [-0.555, 20.555]", d, low, high)
	}
	dir := rundir.Folder(t.TempDir())
	err := dir.Write(rundir.LogitsFile, func(w io.Writer) error {
		l, err := recording.CreateLogits(w, recording.Logits{Steps: []int{1, 2}, Classes: 3}, []int{0, 1, 2}, []int{2, 0, 1}, nil)
		if err != nil {
			return err
		}
		// [image, step, class]: right at the last step for images 0 and 2.
		if err := l.Append(3, []float32{9, 0, 0, 0, 0, 1 /**/, 1, 0, 0, 0, 5, 0 /**/, 0, 0, 1, 0, 3, 2}); err != nil {
			return err
		}
		return l.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	run := &Run{Dir: dir, Info: &rundir.Info{}}
	got, err := answersOf(run, 2)
	if err != nil || len(got.Right) != 3 || !got.Right[0] || got.Right[1] || !got.Right[2] {
		t.Errorf("right answers %v (%v), want true, false, true", got, err)
	}
	// At the first step only image 1 is answered rightly.
	first, err := answersOf(run, 1)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := first.Alone(got); !slices.Equal(first.Right, []bool{false, true, false}) || a != 1 || b != 2 {
		t.Errorf("step 1: right answers %v, %d and %d alone", first.Right, a, b)
	}
	if _, err := answersOf(run, 3); err == nil {
		t.Error("a step that was not tested is read")
	}
	if err := dir.Write(rundir.LogitsFile, func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader([]byte("no zip"))); return err }); err != nil {
		t.Fatal(err)
	}
	if _, err := answersOf(run, 2); err == nil {
		t.Error("a damaged file is read")
	}
}
