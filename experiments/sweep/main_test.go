package sweep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// asWorker in the environment makes the test program a worker.
const asWorker = "SWEEP_TEST_AS_WORKER"

// TestMain answers "sweep run DIR --task HASH --worker --threads N" as cortex does.
func TestMain(m *testing.M) {
	fuzzing := slices.ContainsFunc(os.Args, func(a string) bool { return strings.HasPrefix(a, "-test.fuzzworker") })
	if os.Getenv(asWorker) == "" || fuzzing {
		os.Setenv(asWorker, "1")
		os.Exit(m.Run())
	}
	if err := work(os.Args); err != nil {
		fmt.Fprintln(os.Stderr, err)
		if err == context.Canceled {
			os.Exit(interrupted)
		}
		os.Exit(1)
	}
}

func work(args []string) error {
	t, err := OpenTask(rundir.Folder(args[3]), args[5])
	if err != nil {
		return err
	}
	threads, err := strconv.Atoi(args[8])
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	e := cpu.New(cpu.Options{Threads: threads})
	err = t.Work(ctx, run.Options{Engine: e, Kernel: e.KernelName(), Threads: threads, Report: Wire(os.Stdout)}, false)
	if busy := (*rundir.Busy)(nil); errors.As(err, &busy) {
		return nil
	}
	return err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tiny is a cortex of one area that trains in a moment.
const tiny = `format = 2
steps = 2
areas = ["IT"]
[stimuli]
kind = "digits"
train = 32
validation = 8
test = 8
[input]
to = "IT"
steps = "0.."
[area.IT]
shape = [4, 4, 2]
[readout]
from = "IT"
net = ["average", "dense"]
[train]
batch = 8
epochs = 2
rate = 0.01
[record]
images = 4
[analysis]
feature_maps = false
[variant.same]
[variant.fast]
train.rate = 0.1
`

// read reads tiny with changes.
func read(t *testing.T, variant string, set ...string) *spec.Experiment {
	t.Helper()
	e, err := spec.Read("tiny.toml", tiny, spec.Overrides{Variant: variant, Set: set})
	must(t, err)
	return e
}
