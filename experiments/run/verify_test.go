package run_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn"
	"ventral/nn/engine/cpu"
	"ventral/nn/safetensors"
)

// TestVerify wants the replay of every kind of last stretch to have the bits of
// the checkpoint, with other threads, and a changed number to be found.
func TestVerify(t *testing.T) {
	e, _ := readAll(t, tiny, spec.Overrides{Set: []string{"train.epochs=2"}})
	for _, c := range []struct {
		name       string
		stop       int // batch at which the run is interrupted
		every      time.Duration
		from, last int
	}{
		{"an epoch", 0, -1, 4, 8},
		{"a batch", 0, time.Nanosecond, 7, 8},
		{"from the beginning", 3, -1, 0, 3},
		{"within an epoch", 6, time.Nanosecond, 5, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "r")
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			o := plainly(1)
			o.Checkpoint = c.every
			if c.stop > 0 {
				o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == c.stop }, stop: cancel}
			}
			if err := run.Run(ctx, e, nil, rundir.Folder(dir), o); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			v, err := run.Verify(context.Background(), rundir.Folder(dir), plainly(2))
			if err != nil {
				t.Fatal(err)
			}
			if !v.Same() || v.Batch != c.from || v.Last != c.last || v.Numbers < 500 {
				t.Errorf("from %d to %d, %d numbers: %v", v.Batch, v.Last, v.Numbers, v)
			}
			if v.Trained != v.Now || !strings.Contains(v.String(), "with kernel "+o.Kernel) || !strings.Contains(v.String(), "the same bits as checkpoints/") {
				t.Errorf("got %s", v)
			}
		})
	}

	dir := filepath.Join(t.TempDir(), "r")
	o := plainly(1)
	if err := run.Run(context.Background(), e, nil, rundir.Folder(dir), o); err != nil {
		t.Fatal(err)
	}
	t.Run("another kernel", func(t *testing.T) {
		kernels := cpu.Kernels()
		other := kernels[len(kernels)-1]
		if other == o.Kernel {
			other = kernels[0]
		}
		if other == o.Kernel {
			t.Skip("this processor has one kernel")
		}
		x := cpu.New(cpu.Options{Threads: 1, Kernel: other})
		v, err := run.Verify(context.Background(), rundir.Folder(dir), run.Options{Engine: x, Kernel: x.KernelName(), Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		if v.Now.Kernel != other || !strings.Contains(v.String(), "(trained with kernel "+o.Kernel) {
			t.Errorf("got %s", v)
		}
	})
	// changed verifies the run with other numbers in a kernel of its last
	// checkpoint, whose checksum fits; was is that kernel as it was.
	name := "checkpoints/batch-000000008.safetensors"
	whole := file(t, dir, name)
	changed := func(t *testing.T, by map[int]float32) (got run.Replayed, was []float32, text string) {
		t.Helper()
		write(t, dir, name, whole)
		edited(t, dir, name, func(v *nn.Variables, _ map[string]string) {
			x, ok := v.Get("V1->IT/kernel")
			if !ok {
				t.Fatalf("no such variable among %v", v.Names())
			}
			was = slices.Clone(x.Data)
			for i, d := range by {
				x.Data[i] += d
			}
		})
		r, err := run.Verify(context.Background(), rundir.Folder(dir), plainly(1))
		if err != nil {
			t.Fatal(err)
		}
		if r.Same() || len(r.Differ) != 1 || r.Differ[0].Variable != "V1->IT/kernel" {
			t.Fatalf("got %v", r)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		return r.Differ[0], was, r.String() + string(b)
	}
	t.Run("a changed number", func(t *testing.T) {
		d, was, text := changed(t, map[int]float32{5: 0.25})
		is := was[5] + 0.25
		if d.Differ != 1 || d.Index != 5 || float32(d.Checkpoint) != is || float32(d.Replay) != was[5] || float64(d.Largest) != float64(is)-float64(was[5]) {
			t.Errorf("got %+v, want number 5, %v for %v", d, is, was[5])
		}
		if !strings.Contains(text, "first V1->IT/kernel: 1 of ") {
			t.Errorf("got %s", text)
		}
	})
	t.Run("no number", func(t *testing.T) {
		d, was, text := changed(t, map[int]float32{2: 0.25, 5: float32(math.NaN()), 7: 1})
		if d.Differ != 3 || d.Index != 5 || !math.IsNaN(float64(d.Checkpoint)) || float32(d.Replay) != was[5] {
			t.Errorf("got %+v, want number 5, NaN for %v", d, was[5])
		}
		if !strings.Contains(text, "NaN in the checkpoint") || !strings.Contains(text, `"largest_difference":null`) {
			t.Errorf("got %s", text)
		}
		d, _, text = changed(t, map[int]float32{2: 0.25, 5: float32(math.Inf(-1)), 7: 1})
		if d.Index != 5 || !math.IsInf(float64(d.Checkpoint), -1) || !strings.Contains(text, `"checkpoint":null`) {
			t.Errorf("got %+v, %s", d, text)
		}
	})
	t.Run("one checkpoint", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "r")
		o := plainly(1)
		o.Keep = 1
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == 2 }, stop: cancel}
		if err := run.Run(ctx, e, nil, rundir.Folder(dir), o); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if _, err := run.Verify(context.Background(), rundir.Folder(dir), plainly(1)); err == nil || !strings.Contains(err.Error(), "has 1 checkpoints that can be read, want two") {
			t.Errorf("got %v", err)
		}
	})
}

// edited writes a checkpoint with other content and the hash of that.
func edited(t *testing.T, dir, name string, edit func(v *nn.Variables, meta map[string]string)) {
	t.Helper()
	b := file(t, dir, name)
	v, meta, err := safetensors.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	edit(v, meta)
	delete(meta, "sha256")
	sum := sha256.New()
	if err := safetensors.Write(sum, v, meta); err != nil {
		t.Fatal(err)
	}
	meta["sha256"] = hex.EncodeToString(sum.Sum(nil))
	var out bytes.Buffer
	if err := safetensors.Write(&out, v, meta); err != nil {
		t.Fatal(err)
	}
	write(t, dir, name, out.Bytes())
}
