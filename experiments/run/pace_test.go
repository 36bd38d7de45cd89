package run_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// timed is a report of a run in which every batch takes a minute and the end of
// every epoch three.
type timed struct {
	stopper
	now     time.Time
	batches []run.TrainedBatch
}

func (r *timed) Train(s run.TrainedBatch) {
	r.now = r.now.Add(time.Minute)
	r.batches = append(r.batches, s)
}
func (r *timed) Epoch(string, rundir.Epoch) { r.now = r.now.Add(3 * time.Minute) }

// TestRemaining holds what a run says is left to a clock: 3 epochs of 4 batches,
// validation and test of one batch each.
func TestRemaining(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{})
	r := &timed{now: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}
	o := plainly(1)
	o.Report, o.Now = r, func() time.Time { return r.now }
	if err := run.Run(context.Background(), e, nil, rundir.Folder(filepath.Join(t.TempDir(), "r")), o); err != nil {
		t.Fatal(err)
	}
	if len(r.batches) != 12 {
		t.Fatalf("%d batches, want 12", len(r.batches))
	}
	// A report comes before the clock goes on, so that n of n+1 batches took time.
	test := time.Minute / 3
	for _, c := range []struct {
		batch int
		left  time.Duration
	}{
		// Half a minute a batch: 10 batches, and 3 validations and the test of a third each.
		{2, 5*time.Minute + 4*test/2},
		// After the first epoch, of which 3 minutes came before a report: 36 s for
		// each of 5 batches; its end took 3 minutes.
		{5, 7*36*time.Second + 2*3*time.Minute + 12*time.Second},
		// The last batch: one end and the test.
		{12, 3*time.Minute + test*9/12},
	} {
		if got := r.batches[c.batch-1].Remaining; (got - c.left).Abs() > time.Millisecond {
			t.Errorf("batch %d: %v left, want %v", c.batch, got, c.left)
		}
	}
}
