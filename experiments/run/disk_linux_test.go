package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/trials"
)

// disk is a small file system in memory that a test mounts.
type disk struct {
	*testing.T
	at string
}

// mount makes one of a size in KiB. It needs root: elsewhere the test is
// skipped, and with CORTEX_EXTERNAL it fails.
func mount(t *testing.T, kib int) disk {
	t.Helper()
	d := disk{t, t.TempDir()}
	if err := unix.Mount("tmpfs", d.at, "tmpfs", 0, fmt.Sprintf("size=%dk", kib)); err != nil {
		if os.Getenv("CORTEX_EXTERNAL") != "" {
			t.Fatalf("CORTEX_EXTERNAL is set, and no file system can be mounted: %v", err)
		}
		t.Skipf("no file system can be mounted (%v): a full disk is not tried", err)
	}
	t.Cleanup(func() { unix.Unmount(d.at, 0) })
	return d
}

func (d disk) remount(flags uintptr, kib int) {
	d.Helper()
	if err := unix.Mount("tmpfs", d.at, "tmpfs", unix.MS_REMOUNT|flags, fmt.Sprintf("size=%dk", kib)); err != nil {
		d.Fatal(err)
	}
}

// wholeRun carries the experiment of carryOut out without a break.
func wholeRun(t *testing.T, o run.Options) (dir string, kib int) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "whole")
	if err := carryOut(context.Background(), rundir.Folder(dir), o); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if !d.IsDir() {
			kib += int(info.Size()+4095) / 4096 * 4
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir, kib
}

// TestFullDisk runs out of space at one file after the other. Every time the
// error says so, and once there is space again the run goes on from what it has
// to the bytes of a run without a break.
func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: two dozen runs")
	}
	whole, kib := wholeRun(t, plainly(2))
	full, failedAt := 0, map[string]bool{}
	sizes := trials.Number(t, "CORTEX_DISKS", 8)
	for i := range sizes {
		size := 8 + (kib+40)*i/sizes/4*4
		d := mount(t, size)
		dir := filepath.Join(d.at, "r")
		m := manner{Threads: 1 + i%2, Keep: 2, NoFigures: true}
		if i%2 == 0 {
			m.Every = time.Nanosecond
		}
		var out bytes.Buffer
		c, err := m.start(dir, &out)
		if err != nil {
			t.Fatal(err)
		}
		err = c.Wait()
		if err != nil {
			full++
			if !strings.Contains(out.String(), "no space left on device") {
				t.Fatalf("%d KiB: %v\n%s", size, err, &out)
			}
			text := strings.TrimSpace(out.String())
			text = text[strings.LastIndex(text, "\n")+1:]
			text, _, _ = strings.Cut(text, ":")
			failedAt[strings.TrimPrefix(text, dir)] = true
		}
		d.remount(0, 100_000)
		if out.Reset(); err != nil {
			m.Every = -1
			c, err := m.start(dir, &out)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Wait(); err != nil {
				t.Fatalf("%d KiB, then enough: %v\n%s", size, err, &out)
			}
		}
		sameRun(t, dir, whole)
		sameRun(t, filepath.Join(dir, "controls/forward"), filepath.Join(whole, "controls/forward"))
		if left, _ := filepath.Glob(filepath.Join(dir, "*/.tmp-*")); len(left) > 0 {
			t.Errorf("%d KiB: left are %v", size, left)
		}
		if t.Failed() {
			t.FailNow()
		}
		unix.Unmount(d.at, 0)
	}
	t.Logf("the disk was full in %d of %d runs, at %v", full, sizes, failedAt)
	if full < sizes/2 {
		t.Errorf("the disk was full in %d of %d runs only", full, sizes)
	}
}

// TestReadOnly makes a folder of a run, then all of it, read-only, and wants
// errors that say so, nothing lost, and the same bytes once it can be written
// again.
func TestReadOnly(t *testing.T) {
	whole, _ := wholeRun(t, plainly(1))
	d := mount(t, 100_000)
	dir := rundir.Folder(filepath.Join(d.at, "r"))
	checkpoints := filepath.Join(string(dir), "checkpoints")
	o := plainly(1)
	o.Report = &stopper{when: func(_ *stopper, batch int) bool { return batch == 6 }, stop: func() {
		for _, flags := range []uintptr{unix.MS_BIND, unix.MS_BIND | unix.MS_REMOUNT | unix.MS_RDONLY} {
			if err := unix.Mount(checkpoints, checkpoints, "", flags, ""); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() { unix.Unmount(checkpoints, 0) })
	}}
	if err := carryOut(context.Background(), dir, o); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "checkpoints/batch-000000008") {
		t.Fatalf("got %v, want a checkpoint on a read-only file system", err)
	}
	if got := infoOf(t, string(dir)); got.State != rundir.Failed || !strings.Contains(got.Error, "read-only") || got.Batches != 4 {
		t.Errorf("run.json: %s at batch %d, %q", got.State, got.Batches, got.Error)
	}
	if err := unix.Unmount(checkpoints, 0); err != nil {
		t.Fatal(err)
	}
	d.remount(unix.MS_RDONLY, 100_000)
	if err := carryOut(context.Background(), dir, plainly(1)); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "nothing can be written there") {
		t.Errorf("going on there: got %v", err)
	}
	e, _ := readAll(t, tiny, spec.Overrides{})
	if err := run.Run(context.Background(), e, nil, rundir.Folder(filepath.Join(d.at, "other")), plainly(1)); !errors.Is(err, syscall.EROFS) || !strings.Contains(err.Error(), "choose another folder by --out") {
		t.Errorf("beginning there: got %v", err)
	}
	d.remount(0, 100_000)
	if err := carryOut(context.Background(), dir, plainly(2)); err != nil {
		t.Fatal(err)
	}
	sameRun(t, string(dir), whole)
}
