package experiments_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ventral/experiments"
	"ventral/nn/engine/cpu"
	"ventral/nn/safetensors"
)

// TestVerify wants the replay of every kind of last stretch to have the bits of
// the checkpoint, with other threads, and a changed number to be found.
func TestVerify(t *testing.T) {
	e, _ := readAll(t, tiny, experiments.Overrides{Set: []string{"train.epochs=2"}})
	for _, c := range []struct {
		name       string
		stop       int // step at which the run is interrupted
		every      time.Duration
		from, last int
	}{
		{"an epoch", 0, -1, 4, 8},
		{"a step", 0, time.Nanosecond, 7, 8},
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
			if err := experiments.Run(ctx, e, nil, experiments.Folder(dir), o); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			v, err := experiments.Verify(context.Background(), experiments.Folder(dir), plainly(2))
			if err != nil {
				t.Fatal(err)
			}
			if !v.Same() || v.Step != c.from || v.Last != c.last || v.Numbers < 500 {
				t.Errorf("from %d to %d, %d numbers: %v", v.Step, v.Last, v.Numbers, v)
			}
			if v.Trained != v.Now || !strings.Contains(v.String(), "with kernel "+o.Kernel) || !strings.Contains(v.String(), "the same bits as checkpoints/") {
				t.Errorf("got %s", v)
			}
		})
	}

	dir := filepath.Join(t.TempDir(), "r")
	o := plainly(1)
	if err := experiments.Run(context.Background(), e, nil, experiments.Folder(dir), o); err != nil {
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
		v, err := experiments.Verify(context.Background(), experiments.Folder(dir), experiments.Options{Engine: x, Kernel: x.KernelName(), Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		if v.Now.Kernel != other || !strings.Contains(v.String(), "(trained with kernel "+o.Kernel) {
			t.Errorf("got %s", v)
		}
	})
	t.Run("a changed number", func(t *testing.T) {
		name := "checkpoints/step-000000008.safetensors"
		b := file(t, dir, name)
		v, meta, err := safetensors.Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		x, ok := v.Get("V1->IT/kernel")
		if !ok {
			t.Fatalf("no such variable among %v", v.Names())
		}
		was := x.Data[5]
		x.Data[5] += 0.25
		is := x.Data[5]
		sum := sha256.New()
		if err := safetensors.Write(sum, v, nil); err != nil {
			t.Fatal(err)
		}
		meta["sha256"] = hex.EncodeToString(sum.Sum(nil))
		var out bytes.Buffer
		if err := safetensors.Write(&out, v, meta); err != nil {
			t.Fatal(err)
		}
		write(t, dir, name, out.Bytes())
		got, err := experiments.Verify(context.Background(), experiments.Folder(dir), plainly(1))
		if err != nil {
			t.Fatal(err)
		}
		if got.Same() || len(got.Differ) != 1 {
			t.Fatalf("got %v", got)
		}
		if d := got.Differ[0]; d.Variable != "V1->IT/kernel" || d.Differ != 1 || d.Index != 5 || d.Checkpoint != is || d.Replay != was || d.Largest != float64(is)-float64(was) {
			t.Errorf("got %+v, want number 5, %v for %v", d, is, was)
		}
		if !strings.Contains(got.String(), "first V1->IT/kernel: 1 of ") {
			t.Errorf("got %s", got)
		}
	})
	t.Run("one checkpoint", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "r")
		o := plainly(1)
		o.Keep = 1
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		o.Report = &stopper{when: func(_ *stopper, s int) bool { return s == 2 }, stop: cancel}
		if err := experiments.Run(ctx, e, nil, experiments.Folder(dir), o); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if _, err := experiments.Verify(context.Background(), experiments.Folder(dir), plainly(1)); err == nil || !strings.Contains(err.Error(), "has 1 checkpoints that can be read, want two") {
			t.Errorf("got %v", err)
		}
	})
}
