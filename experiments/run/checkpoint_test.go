package run_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// plainly returns surroundings without figures.
func plainly(threads int) run.Options {
	o := surroundings(threads)
	return o
}

func infoOf(t *testing.T, dir string) rundir.Info {
	t.Helper()
	var x rundir.Info
	if err := json.Unmarshal(file(t, dir, "run.json"), &x); err != nil {
		t.Fatal(err)
	}
	return x
}

func checkpointsOf(t *testing.T, dir string) (names []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "checkpoints/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(p), "batch-00000"), ".safetensors"))
	}
	return names
}

// TestKeep wants as many of the newest checkpoints as asked for, the best on
// validation besides and named, and results that do not depend on it.
func TestKeep(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=4"}})
	var dirs []string
	for _, keep := range []int{1, 3} {
		dir := filepath.Join(t.TempDir(), "r")
		dirs = append(dirs, dir)
		o := plainly(1)
		o.Keep, o.Checkpoint = keep, -1
		if err := run.Run(context.Background(), e, nil, rundir.Folder(dir), o); err != nil {
			t.Fatal(err)
		}
		// What is best, found from the metrics by itself.
		var accuracies []float64
		for _, line := range strings.Split(strings.TrimSpace(string(file(t, dir, "metrics.jsonl"))), "\n") {
			var x struct {
				V float64 `json:"validation_accuracy"`
			}
			if err := json.Unmarshal([]byte(line), &x); err != nil {
				t.Fatal(err)
			}
			accuracies = append(accuracies, x.V)
		}
		info := infoOf(t, dir)
		if info.Best == nil || float64(info.Best.ValidationAccuracy) != slices.Max(accuracies) || accuracies[info.Best.Epoch-1] != slices.Max(accuracies) {
			t.Fatalf("best is %+v of accuracies %v", info.Best, accuracies)
		}
		if _, err := os.Stat(filepath.Join(dir, info.Best.File)); err != nil || info.Best.Batches != 4*info.Best.Epoch {
			t.Errorf("best is %+v: %v", info.Best, err)
		}
		want := []string{"0000", "0004", "0008", "0012", "0016"}[5-keep:]
		if b := checkpointName(info.Best.Batches); !slices.Contains(want, b) {
			want = append([]string{b}, want...)
		}
		if got := checkpointsOf(t, dir); !slices.Equal(got, want) {
			t.Errorf("keep %d: got checkpoints %v, want %v", keep, got, want)
		}
		if info.Epochs != 4 || info.EpochsDone != 4 || info.Batches != 16 || info.Keep != keep {
			t.Errorf("run.json: %d of %d epochs, batch %d, keep %d", info.EpochsDone, info.Epochs, info.Batches, info.Keep)
		}
	}
	sameRun(t, dirs[0], dirs[1])
}

func checkpointName(batch int) string {
	return string([]byte{'0', '0', '0' + byte(batch/10), '0' + byte(batch%10)})
}

// TestCheckpointsByTime wants checkpoints within an epoch as often as the clock
// says, and the bits of a run without them.
func TestCheckpointsByTime(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=2"}})
	whole := filepath.Join(t.TempDir(), "whole")
	if err := run.Run(context.Background(), e, nil, rundir.Folder(whole), plainly(2)); err != nil {
		t.Fatal(err)
	}
	if info := infoOf(t, whole); info.Every != 600 || info.Keep != 2 {
		t.Errorf("a checkpoint every %g s and %d that stay, want 600 and 2", info.Every, info.Keep)
	}
	dir := filepath.Join(t.TempDir(), "r")
	o := plainly(1)
	o.Keep, o.Checkpoint = 100, 2*time.Minute
	now := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	o.Now = func() time.Time { return now }
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	// A batch takes a minute.
	o.Report = &stopper{when: func(_ *stopper, batch int) bool {
		if batch > 0 {
			now = now.Add(time.Minute)
		}
		return batch == 6
	}, stop: cancel}
	if err := run.Run(ctx, e, nil, rundir.Folder(dir), o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got, want := checkpointsOf(t, dir), []string{"0000", "0002", "0004", "0006"}; !slices.Equal(got, want) {
		t.Errorf("got checkpoints %v, want %v", got, want)
	}
	if info := infoOf(t, dir); info.Seconds != 6*60 {
		t.Errorf("training took %g s, want 360", info.Seconds)
	}
	// From a checkpoint within an epoch, as if the process had been killed after it.
	for _, name := range []string{"0004", "0006"} {
		if err := os.Remove(filepath.Join(dir, "checkpoints/batch-00000"+name+".safetensors")); err != nil {
			t.Fatal(err)
		}
	}
	if err := run.Resume(context.Background(), rundir.Folder(dir), plainly(2)); err != nil {
		t.Fatal(err)
	}
	if info := infoOf(t, dir); info.Every != 120 || info.Keep != 100 || info.Resumed[0].Batches != 2 {
		t.Errorf("gone on at batch %d with a checkpoint every %g s and %d that stay; want 2, 120 and 100", info.Resumed[0].Batches, info.Every, info.Keep)
	}
	sameRun(t, dir, whole)
}

// TestBeyondDamagedCheckpoint wants a checkpoint in which one bit changed to be
// told from a whole one, and the run to go on from the one before.
func TestBeyondDamagedCheckpoint(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=2"}})
	dir := filepath.Join(t.TempDir(), "r")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o := plainly(1)
	o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == 6 }, stop: cancel}
	if err := run.Run(ctx, e, nil, rundir.Folder(dir), o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	b := file(t, dir, "checkpoints/batch-000000006.safetensors")
	b[len(b)-1000] ^= 1
	write(t, dir, "checkpoints/batch-000000006.safetensors", b)
	stands, err := rundir.ReadStatus(rundir.Folder(dir), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range stands.Checkpoints {
		if damaged := strings.HasSuffix(c.File, "0006.safetensors"); (c.Damage != "") != damaged {
			t.Errorf("%s: damage %q, want some: %v", c.File, c.Damage, damaged)
		}
	}
	if text := report.StatusText(stands); strings.Count(text, "damaged, nothing goes on from it: its numbers or its metadata have another SHA-256") != 1 {
		t.Errorf("one damaged checkpoint is shown as\n%s", text)
	}
	notes := &noted{}
	o.Report = notes
	if err := run.Resume(context.Background(), rundir.Folder(dir), o); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(notes.String(), "000006.safetensors: its numbers or its metadata have another SHA-256") {
		t.Errorf("got %q", notes)
	}
	if info := infoOf(t, dir); info.Resumed[0].Batches != 4 {
		t.Errorf("went on at batch %d, want 4", info.Resumed[0].Batches)
	}
	// The damaged one is none of the two that stay.
	if got, want := checkpointsOf(t, dir), []string{"0004", "0008"}; !slices.Equal(got, want) {
		t.Errorf("got checkpoints %v, want %v", got, want)
	}
	if _, err := run.Verify(context.Background(), rundir.Folder(dir), plainly(1)); err != nil {
		t.Error(err)
	}
}

// noted keeps the notes of a run.
type noted struct {
	stopper
	strings.Builder
}

func (n *noted) Note(format string, a ...any) { n.WriteString(strings.TrimSpace(format)); n.args(a) }
func (n *noted) args(a []any) {
	for _, x := range a {
		if err, ok := x.(error); ok {
			n.WriteString(err.Error())
		}
	}
}

// TestOtherKernel wants another kernel to be refused, and noted where it is
// allowed.
func TestOtherKernel(t *testing.T) {
	kernels := cpu.Kernels()
	if len(kernels) < 2 {
		t.Skip("this processor has one kernel")
	}
	with := func(kernel string) run.Options {
		x := cpu.New(cpu.Options{Threads: 1, Kernel: kernel})
		return run.Options{Engine: x, Kernel: x.KernelName(), Threads: 1}
	}
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=2"}})
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	stopAt := func(batch int, o run.Options, run func(context.Context, run.Options) error) {
		t.Helper()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == batch }, stop: cancel}
		if err := run(ctx, o); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	first, other := kernels[0], kernels[1]
	stopAt(3, with(first), func(ctx context.Context, o run.Options) error {
		return run.Run(ctx, e, nil, dir, o)
	})
	before := file(t, string(dir), "run.json")
	err := run.Resume(context.Background(), dir, with(other))
	if err == nil || !strings.Contains(err.Error(), "was trained with kernel "+first) || !strings.Contains(err.Error(), "--allow-other-kernel") {
		t.Fatalf("got %v", err)
	}
	if string(file(t, string(dir), "run.json")) != string(before) {
		t.Error("a refused run changed its run.json")
	}
	o := with(other)
	o.AllowOtherKernel = true
	stopAt(6, o, func(ctx context.Context, o run.Options) error { return run.Resume(ctx, dir, o) })
	// It went on with the other kernel, and going back is a change again.
	if err := run.Resume(context.Background(), dir, with(first)); err == nil || !strings.Contains(err.Error(), "was trained with kernel "+other) {
		t.Fatalf("got %v", err)
	}
	if err := run.Resume(context.Background(), dir, with(other)); err != nil {
		t.Fatal(err)
	}
	info := infoOf(t, string(dir))
	if len(info.Resumed) != 2 || info.Kernel != first || info.Resumed[0].Kernel.Kernel != other || info.Resumed[0].Arch != info.Arch || info.Resumed[0].Batches != 3 {
		t.Errorf("run.json has kernel %s and %+v", info.Kernel, info.Resumed)
	}
}

// TestVanishedData wants a run whose images are gone to say so and to stay as it
// is, and to go on once they are back.
func TestVanishedData(t *testing.T) {
	folder := t.TempDir()
	images := filepath.Join(folder, "cifar")
	if err := os.Mkdir(images, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"} {
		write(t, images, f, nil)
		if err := os.Truncate(filepath.Join(images, f), 10_000*3073); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.Replace(tiny, `{ kind = "digits", train = 64, validation = 16, test = 16 }`, `{ kind = "cifar10", path = "cifar", validation = 100, normalise = "none" }`, 1)
	text = strings.Replace(text, "shape = [8, 8, 4]", "shape = [8, 8, 2]", 1)
	e, err := spec.Read("gone.toml", text, spec.Overrides{Set: []string{"train.epochs=1", "train.batch=1000"}})
	if err != nil {
		t.Fatal(err)
	}
	dir := rundir.Folder(filepath.Join(t.TempDir(), "r"))
	o := plainly(2)
	o.Folder = folder
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == 1 }, stop: cancel}
	if err := run.Run(ctx, e, nil, dir, o); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	before := file(t, string(dir), "run.json")
	if err := os.Rename(images, images+"-away"); err != nil {
		t.Fatal(err)
	}
	err = run.Resume(context.Background(), dir, plainly(2))
	if err == nil || !strings.Contains(err.Error(), "the images that the run was begun with are not there") || !strings.Contains(err.Error(), "data_batch") {
		t.Errorf("got %v", err)
	}
	if string(file(t, string(dir), "run.json")) != string(before) {
		t.Error("run.json was changed")
	}
	if err := os.Rename(images+"-away", images); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	defer cancel()
	o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == 2 }, stop: cancel}
	if err := run.Resume(ctx, dir, o); !errors.Is(err, context.Canceled) {
		t.Errorf("with the images back: %v", err)
	}
}
