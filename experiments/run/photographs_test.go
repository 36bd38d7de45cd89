package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/stimulitest"
	"ventral/experiments/trials"
)

// resident notes the memory of the process at each batch, without that of mapped files.
type resident struct {
	stopper
	kib []int
}

func (g *resident) Train(t run.TrainedBatch) {
	g.stopper.Train(t)
	text, _ := os.ReadFile("/proc/self/status")
	var n int
	if _, after, ok := strings.Cut(string(text), "RssAnon:"); ok {
		fmt.Sscan(after, &n)
	}
	g.kib = append(g.kib, n)
}

// TestPhotographs trains W2 for an epoch on JPEG files in the layout of ImageNet, 100
// classes, which are decoded into a pack: cropped at random, in memory that does not grow,
// interrupted and resumed to the same bits. CORTEX_PHOTOGRAPHS says how many files there
// are; from 10,000 on, less than 2 % of the time may be spent in waiting for images.
func TestPhotographs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: trains for seconds")
	}
	n := trials.Number(t, "CORTEX_PHOTOGRAPHS", 640)
	folder := t.TempDir()
	if err := (stimulitest.Photographs{Train: n, Val: max(100, n/50), Classes: 100, Side: 64, Seed: 5}).Write(filepath.Join(folder, "photos")); err != nil {
		t.Fatal(err)
	}
	w2, _, ok := spec.FindBuiltin("W2")
	if !ok {
		t.Fatal("there is no W2")
	}
	text := strings.Replace(w2.Text, "kind = \"cifar10\"\npath = \"cifar-10-batches-bin\"", "kind = \"folder\"\npath = \"photos\"\nsize = 32\npack = 40\nvalidation = 0.05\naugment = \"imagenet\"", 1)
	read := func() *spec.Experiment {
		e, _ := readAll(t, text, spec.Overrides{Folder: folder})
		return e
	}
	o := surroundings(runtime.GOMAXPROCS(0))
	o.Folder, o.Cache, o.Checkpoint = folder, t.TempDir(), -1
	whole := t.TempDir()
	memory := &resident{}
	o.Report = memory
	if err := run.Run(context.Background(), read(), nil, rundir.Folder(whole), o); err != nil {
		t.Fatal(err)
	}
	epochs, err := rundir.ReadMetrics(rundir.Folder(whole))
	if err != nil || len(epochs) != 1 {
		t.Fatal(err)
	}
	share := float64(epochs[0].WaitingSeconds / epochs[0].Seconds)
	t.Logf("%d files: %.0f images/s, waited %.2f %% of the time", n, float64(epochs[0].ImagesPerSecond), 100*share)
	if n >= 10_000 && share > 0.02 {
		t.Errorf("waited %.1f %% of the time for images, want less than 2", 100*share)
	}
	if batches := len(memory.kib); runtime.GOOS == "linux" {
		begun, ended := slices.Max(memory.kib[:max(1, batches/4)]), slices.Max(memory.kib)
		t.Logf("%d batches: %d MiB after a quarter, %d MiB at most", batches, begun>>10, ended>>10)
		if ended > begun+32<<10 {
			t.Errorf("memory grew from %d to %d KiB", begun, ended)
		}
	}

	// Half of it with one thread, the rest with two; the pack is there.
	dir := rundir.Folder(t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	o.Threads = 1
	o.Report = &stopper{when: func(_ *stopper, batch int) bool { return batch == n*95/100/64/2 }, stop: cancel}
	if err := run.Run(ctx, read(), nil, dir, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want cancelled", err)
	}
	o.Threads, o.Report = 2, nil
	if err := run.Resume(context.Background(), dir, o); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"weights.safetensors", "logits.npz", "recordings/S1.response.npz", "recordings/stimuli.image.npz", "test.json", "steps.csv"} {
		if a, b := file(t, string(dir), name), file(t, whole, name); !bytes.Equal(a, b) {
			t.Errorf("%s differs from that of a run without a break", name)
		}
	}
	packs, err := pack.List(o.Cache)
	if err != nil || len(packs) != 1 || packs[0].State != pack.Whole {
		t.Errorf("packs %+v, %v", packs, err)
	}
}
