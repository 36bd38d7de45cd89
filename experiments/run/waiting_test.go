package run_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	made "ventral/experiments/stimuli/generated"
	"ventral/experiments/stimuli/stimulitest"
)

// slow is digits, each of which takes a while to read while training.
type slow struct {
	stimuli.Kind
	Wait int `toml:"wait" doc:"milliseconds"`
}

func (s *slow) Open(env stimuli.Env) (stimuli.Data, error) {
	d, err := s.Kind.Open(env)
	return &slowData{d, time.Duration(s.Wait) * time.Millisecond}, err
}

type slowData struct {
	stimuli.Data
	wait time.Duration
}

func (d *slowData) Read(s stimuli.Split, image, frame int, pixels []float32) error {
	if s == stimuli.Train {
		time.Sleep(d.wait)
	}
	return d.Data.Read(s, image, frame, pixels)
}

// TestWaiting trains on images that are read in time, and on images that are not,
// and looks at the time that was waited for them.
func TestWaiting(t *testing.T) {
	digits := made.NewDigits()
	digits.Train, digits.Validation, digits.Test = 64, 16, 16
	stimulitest.Register(t, stimuli.Set{
		Name: "slow", About: "digits that take a while", Source: "a test",
		New:   func() stimuli.Kind { return &slow{Kind: digits} },
		Small: func(string) (stimuli.Kind, error) { return digits, nil },
	})
	share := func(wait string) (float64, string) {
		text := strings.Replace(tiny, `{ kind = "digits", train = 64, validation = 16, test = 16 }`, `{ kind = "slow", wait = `+wait+`, normalise = "range" }`, 1)
		e, _ := readAll(t, text, spec.Overrides{Set: []string{"train.epochs=1"}})
		o := plainly(2)
		notes := &noted{}
		o.Report = notes
		dir := filepath.Join(t.TempDir(), "r")
		if err := run.Run(context.Background(), e, nil, rundir.Folder(dir), o); err != nil {
			t.Fatal(err)
		}
		epochs, err := rundir.ReadMetrics(rundir.Folder(dir))
		if err != nil || len(epochs) != 1 {
			t.Fatal(err)
		}
		return float64(epochs[0].WaitingSeconds / epochs[0].Seconds), notes.String()
	}
	// 64 images of 20 ms take 1.3 s on one goroutine, far longer than to learn them.
	if is, notes := share("20"); is < 0.5 || is > 1 || !strings.Contains(notes, "training waited for images") {
		t.Errorf("slow images: waited %.2f of the time, notes %q", is, notes)
	}
}
