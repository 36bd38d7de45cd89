package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// tiny is a cortex that trains 3 epochs of 4 batches in a moment.
const tiny = `format = 2
steps = 4
areas = ["V1", "IT"]
pattern = ["feedforward", "lateral", "feedback"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
input = { to = "V1", steps = "0.." }
area.V1 = { shape = [8, 8, 4] }
area.IT = { shape = [4, 4, 6] }
default.norm = { kind = "batch", untrained = "reestimate" }
readout = { train = "any of 2..3", test = "1..3" }
train = { optimiser = "adam", rate = 0.01, batch = 16, epochs = 3, schedule = "cosine" }
record = { images = 8 }
analysis.feature_maps.images = 1

[variant.forward]
pattern = ["feedforward"]
`

var raced bool // built with the race detector

// stopper is a report that calls stop at a moment of a run.
type stopper struct {
	stage string // the last one
	when  func(s *stopper, batch int) bool
	stop  func()
}

func (s *stopper) tell(batch int) {
	if s.stop != nil && s.when(s, batch) {
		s.stop()
		s.stop = nil
	}
}

func (s *stopper) Stage(text string)              { s.stage = text; s.tell(-1) }
func (s *stopper) Work(done, _ int64)             { s.tell(-1) }
func (s *stopper) Train(p run.TrainedBatch)       { s.tell(p.Batch) }
func (s *stopper) Epoch(_ string, e rundir.Epoch) { s.tell(-e.Epoch - 1) }
func (s *stopper) Drawable(rundir.Folder)         {}
func (s *stopper) Note(format string, a ...any)   {}
func surroundings(threads int) run.Options {
	e := cpu.New(cpu.Options{Threads: threads})
	return run.Options{Engine: e, Kernel: e.KernelName(), Threads: e.Threads(), Command: []string{"test"}}
}

// readAll reads an experiment and its controls.
func readAll(t *testing.T, text string, o spec.Overrides) (*spec.Experiment, []*spec.Experiment) {
	t.Helper()
	e, err := spec.Read("tiny.toml", text, o)
	if err != nil {
		t.Fatal(err)
	}
	var controls []*spec.Experiment
	for _, name := range e.Control {
		c := o
		c.Variant = name
		x, err := spec.Read("tiny.toml", text, c)
		if err != nil {
			t.Fatal(err)
		}
		controls = append(controls, x)
	}
	return e, controls
}

// sameRun wants two folders to hold the same weights, answers, activity and
// metrics; only times may differ.
func sameRun(t *testing.T, got, want string) {
	t.Helper()
	for _, name := range []string{"weights.safetensors", "logits.npz", "recordings/V1.response.npz", "recordings/IT.response.npz", "recordings/V1.state.npz", "recordings/stimuli.image.npz", "test.json", "steps.csv"} {
		if a, b := file(t, got, name), file(t, want, name); !bytes.Equal(a, b) {
			t.Errorf("%s/%s: %d bytes that differ from those of a run without a break", got, name, len(a))
		}
	}
	a, b := metrics(t, got), metrics(t, want)
	if len(a) != len(b) {
		t.Fatalf("%s: %d epochs, want %d", got, len(a), len(b))
	}
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("%s: epoch %d:\n%s\nwant\n%s", got, i+1, a[i], b[i])
		}
	}
}

func file(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// metrics returns the lines of metrics.jsonl without times.
func metrics(t *testing.T, dir string) (lines []string) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(string(file(t, dir, "metrics.jsonl"))), "\n") {
		var x map[string]any
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		if x["seconds"].(float64) <= 0 {
			t.Errorf("%s: an epoch took %v s", dir, x["seconds"])
		}
		if w, ok := x["waiting_seconds"].(float64); !ok || w < 0 || w > x["seconds"].(float64) {
			t.Errorf("%s: an epoch of %v s waited %v s", dir, x["seconds"], x["waiting_seconds"])
		}
		delete(x, "seconds")
		delete(x, "waiting_seconds")
		delete(x, "images_per_second")
		b, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(b))
	}
	return lines
}

// TestResume stops runs at chosen moments, goes on with other numbers of
// threads, and wants the bytes of a run without a break.
func TestResume(t *testing.T) {
	if testing.Short() && raced {
		t.Skip("-short: the race detector makes drawing take a minute")
	}
	text := "control = [\"forward\"]\n" + tiny
	e, controls := readAll(t, text, spec.Overrides{})
	whole := filepath.Join(t.TempDir(), "whole")
	if err := run.Run(context.Background(), e, controls, rundir.Folder(whole), plainly(2)); err != nil {
		t.Fatal(err)
	}
	at := func(batch int) func(*stopper, int) bool { return func(_ *stopper, s int) bool { return s == batch } }
	stage := func(prefix string) func(*stopper, int) bool {
		return func(s *stopper, _ int) bool { return strings.HasPrefix(s.stage, prefix) }
	}
	inControl := func(batch int) func(*stopper, int) bool {
		return func(s *stopper, n int) bool { return n == batch && strings.HasPrefix(s.stage, "training forward") }
	}
	for _, c := range []struct {
		name string
		when []func(*stopper, int) bool // one stop after the other
	}{
		{"within an epoch", []func(*stopper, int) bool{at(6)}},
		{"first batch, within and after epochs", []func(*stopper, int) bool{at(1), at(3), at(5), at(-3)}},
		{"last batches, test and recording", []func(*stopper, int) bool{at(8), at(12), stage("testing"), stage("recording")}},
		{"in the control", []func(*stopper, int) bool{inControl(7), stage("recording forward")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && c.name != "within an epoch" {
				t.Skip("-short stops once only")
			}
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "r")
			for i := 0; i <= len(c.when); i++ {
				ctx, cancel := context.WithCancel(context.Background())
				o := surroundings(1 + i%2)
				stop := &stopper{}
				if i < len(c.when) {
					stop.when, stop.stop = c.when[i], cancel
				}
				o.Report = stop
				var err error
				if i == 0 {
					err = run.Run(ctx, e, controls, rundir.Folder(dir), o)
				} else {
					err = run.Resume(ctx, rundir.Folder(dir), o)
				}
				cancel()
				if i == len(c.when) {
					if err != nil {
						t.Fatal(err)
					}
					break
				}
				if stop.stop != nil {
					t.Fatalf("the run ended before it was stopped: %v", err)
				}
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("a stopped run ended with %v", err)
				}
				state := "main"
				if strings.Contains(c.name, "control") {
					state = "controls/forward"
				}
				if got := stateOf(t, dir, state); got != rundir.Interrupted {
					t.Errorf("%s is %q, want %q", state, got, rundir.Interrupted)
				}
			}
			sameRun(t, dir, whole)
			sameRun(t, filepath.Join(dir, "controls/forward"), filepath.Join(whole, "controls/forward"))
			for _, part := range []string{"main", "controls/forward"} {
				if got := stateOf(t, dir, part); got != rundir.Finished {
					t.Errorf("%s is %q, want %q", part, got, rundir.Finished)
				}
			}
		})
	}
}

func stateOf(t *testing.T, dir, part string) string {
	t.Helper()
	if part != "main" {
		dir = filepath.Join(dir, part)
	}
	var x struct{ State string }
	if err := json.Unmarshal(file(t, dir, "run.json"), &x); err != nil {
		t.Fatal(err)
	}
	return x.State
}

// TestResumeRefuses wants no way to go on with another experiment than the
// run's, nor with damaged files, to be silent.
func TestResumeRefuses(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=2"}})
	begin := func(t *testing.T) string {
		dir := filepath.Join(t.TempDir(), "r")
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		o := plainly(1)
		o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == 6 }, stop: cancel}
		if err := run.Run(ctx, e, nil, rundir.Folder(dir), o); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		return dir
	}
	for _, c := range []struct {
		name, want string
		edit       func(t *testing.T, dir string)
	}{
		{"experiment changed", "go on without these changes:\n  train.rate is 0.02, was 0.01", func(t *testing.T, dir string) {
			replace(t, dir, "experiment.toml", "rate = 0.01", "rate = 0.02")
		}},
		{"other format", "run.json: format = 3: this version reads format 2; make the file again, or", func(t *testing.T, dir string) {
			replace(t, dir, "run.json", `"format": 2`, `"format": 3`)
		}},
		{"other values", `run.json: key "state": found number, want another kind of value`, func(t *testing.T, dir string) {
			replace(t, dir, "run.json", `"state": "interrupted"`, `"state": 3`)
		}},
		{"metrics cut off", "metrics.jsonl:1: ", func(t *testing.T, dir string) {
			b := file(t, dir, "metrics.jsonl")
			write(t, dir, "metrics.jsonl", b[:len(b)/2])
		}},
		{"metrics of another format", "metrics.jsonl:1: format = 7: this version reads format 2", func(t *testing.T, dir string) {
			replace(t, dir, "metrics.jsonl", `"format":2`, `"format":7`)
		}},
		{"checkpoints cut off", "checkpoints/", func(t *testing.T, dir string) {
			paths, _ := filepath.Glob(filepath.Join(dir, "checkpoints/*"))
			for _, p := range paths {
				name, _ := filepath.Rel(dir, p)
				write(t, dir, name, file(t, dir, name)[:100])
			}
		}},
		{"no run", "is not the folder of a run", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "run.json")); err != nil {
				t.Fatal(err)
			}
		}},
		{"other data", "the data changed since the run began: train has another SHA-256", func(t *testing.T, dir string) {
			replace(t, dir, "run.json", `"train": "`, `"train": "0`)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := begin(t)
			c.edit(t, dir)
			err := run.Resume(context.Background(), rundir.Folder(dir), plainly(1))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	t.Run("newest checkpoint cut off", func(t *testing.T) {
		if testing.Short() {
			t.Skip("-short: two whole runs")
		}
		dir := begin(t)
		paths, _ := filepath.Glob(filepath.Join(dir, "checkpoints/*"))
		name, _ := filepath.Rel(dir, paths[len(paths)-1])
		write(t, dir, name, file(t, dir, name)[:100])
		if err := run.Resume(context.Background(), rundir.Folder(dir), plainly(1)); err != nil {
			t.Fatalf("the checkpoint before it was not taken: %v", err)
		}
		whole := filepath.Join(t.TempDir(), "whole")
		if err := run.Run(context.Background(), e, nil, rundir.Folder(whole), plainly(1)); err != nil {
			t.Fatal(err)
		}
		sameRun(t, dir, whole)
	})
}

// TestResumeFinished wants a finished run whose results are damaged to be told so, with
// all of them, and one that is whole to be left as it is.
func TestResumeFinished(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=1"}})
	dir := filepath.Join(t.TempDir(), "r")
	if err := run.Run(context.Background(), e, nil, rundir.Folder(dir), plainly(1)); err != nil {
		t.Fatal(err)
	}
	resume := func() error { return run.Resume(context.Background(), rundir.Folder(dir), plainly(1)) }
	if err := resume(); err != nil {
		t.Fatalf("a whole run: %v", err)
	}
	weights := file(t, dir, "weights.safetensors")
	write(t, dir, "weights.safetensors", weights[:len(weights)/2])
	if err := os.Remove(filepath.Join(dir, "logits.npz")); err != nil {
		t.Fatal(err)
	}
	err := resume()
	var damaged *rundir.Damaged
	if !errors.As(err, &damaged) || !strings.Contains(err.Error(), "weights.safetensors: is not what the run wrote") || !strings.Contains(err.Error(), "logits.npz: is missing, though the run is finished") {
		t.Errorf("got %v, want both files", err)
	}
}

func replace(t *testing.T, dir, name, old, new string) {
	t.Helper()
	text := string(file(t, dir, name))
	if !strings.Contains(text, old) {
		t.Fatalf("%s: found no %q", name, old)
	}
	write(t, dir, name, unsealed(strings.Replace(text, old, new, 1)))
}

// unsealed leaves the seal out of a JSON file, as whoever edits one has to.
func unsealed(text string) []byte {
	return regexp.MustCompile(`,\n  "self_sha256": "[0-9a-f]*"`).ReplaceAll([]byte(text), nil)
}

func write(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestNotANumber wants a loss that is no number to end a run with its area,
// step and operation, and to keep the checkpoint before.
func TestNotANumber(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.optimiser=sgd", "train.schedule=constant", "train.rate=1e30"}})
	dir := filepath.Join(t.TempDir(), "r")
	err := run.Run(context.Background(), e, nil, rundir.Folder(dir), plainly(1))
	if err == nil {
		t.Fatal("no error")
	}
	// AREA@STEP/part: result of OPERATION is not a number.
	for _, want := range []string{"training stopped in epoch 1 at batch ", "@", " is not a number", "A lower train.rate (now 1e+30)"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\nlacks %q", err, want)
		}
	}
	if got := stateOf(t, dir, "main"); got != rundir.Failed {
		t.Errorf("state %q, want %q", got, rundir.Failed)
	}
	if paths, _ := filepath.Glob(filepath.Join(dir, "checkpoints/*")); len(paths) == 0 {
		t.Error("no checkpoint was kept")
	}
}
