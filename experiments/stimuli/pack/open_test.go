package pack

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ventral/experiments/filelock"
)

// TestOpen builds a pack, reads it, and opens it again without decoding. Any number
// of workers writes the same bytes.
func TestOpen(t *testing.T) {
	var first map[string]string
	for _, workers := range []int{0, 1, 4, 9} {
		src, o := &numbered{n: 300}, options(t.TempDir())
		o.Workers = workers
		var plans []Plan
		o.Plan = func(p Plan) { plans = append(plans, p) }
		last := int64(0)
		o.Progress = func(done, total int64) {
			if done < last || total != 300 {
				t.Fatalf("%d of %d after %d", done, total, last)
			}
			last = done
		}
		p, err := Open(src, o)
		if err != nil {
			t.Fatal(err)
		}
		bytes := p.Bytes()
		if a := p.About(); a.Of != "numbers" || a.Images != 300 || a.Hash != Hash(src, "plain") || p.Folder() != Folder(o.Cache, a.Hash) {
			t.Errorf("about %+v", a)
		}
		sameAs(t, p, src)
		if len(plans) != 1 || plans[0].Images != 300 || last != 300 {
			t.Errorf("plans %v, progress to %d", plans, last)
		}
		// A fifth of the images has one channel: the plan is from 64 of them.
		if f := float64(plans[0].Bytes) / float64(bytes); f < 0.9 || f > 1.1 {
			t.Errorf("planned %d bytes, took %d", plans[0].Bytes, bytes)
		}
		files := contents(t, p.Folder())
		if first == nil {
			first = files
		}
		if len(files) < 10 || !maps.Equal(files, first) {
			t.Errorf("%d workers: other files, or fewer than ten", workers)
		}
		before := src.decoded.Load()
		if p, err = Open(src, o); err != nil {
			t.Fatal(err)
		}
		sameAs(t, p, src)
		if n := src.decoded.Load(); n != before || before != 300+sampled {
			t.Errorf("decoded %d images, then %d more", before, n-before)
		}
	}
}

// TestOtherSource checks that other names, contents, orders and recipes are other
// packs, that nothing else is, and that no images make a pack.
func TestOtherSource(t *testing.T) {
	a := Hash(&numbered{n: 3}, "x")
	if a != Hash(&numbered{n: 3, bad: func(int) bool { return true }}, "x") {
		t.Error("the hash is of pixels")
	}
	for name, b := range map[string]string{"count": Hash(&numbered{n: 4}, "x"), "recipe": Hash(&numbered{n: 3}, "y")} {
		if a == b {
			t.Errorf("another %s has the same hash", name)
		}
	}
	o := options(t.TempDir())
	p, err := Open(&numbered{}, o)
	if err != nil || p.Len() != 0 || p.View(0, nil) == nil {
		t.Errorf("no images: %v", err)
	}
}

// TestInterrupted cancels building, and checks that finished shards stay and that the
// pack has the bytes of one that was built at once.
func TestInterrupted(t *testing.T) {
	src, whole := &numbered{n: 300}, options(t.TempDir())
	p, err := Open(src, whole)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
	want := contents(t, p.Folder())
	o := options(t.TempDir())
	folder := Folder(o.Cache, Hash(src, o.Recipe))
	for _, stop := range []int64{100, 30, 200, 299} {
		ctx, cancel := context.WithCancel(context.Background())
		o.Context = ctx
		o.Progress = func(done, _ int64) {
			if done >= stop {
				cancel()
			}
		}
		if _, err := Open(src, o); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at %d: %v", stop, err)
		}
		if s := StatusOf(folder); s.State != Incomplete || s.Of != "numbers" || s.Images != 300 || stop > 50 && s.Decoded == 0 {
			t.Errorf("stopped at %d: %+v", stop, s)
		}
	}
	s := StatusOf(folder)
	o.Context, o.Progress = nil, nil
	src.decoded.Store(0)
	if p, err = Open(src, o); err != nil {
		t.Fatal(err)
	}
	if n := int(src.decoded.Load()); n > 300-s.Decoded+min(sampled, 300-s.Decoded) || s.Decoded < 150 {
		t.Errorf("%d images were decoded again, %d lay in finished shards", n, s.Decoded)
	}
	sameAs(t, p, src)
	if !maps.Equal(contents(t, folder), want) {
		t.Error("the files are others than of a pack that was built at once")
	}
	if s := StatusOf(folder); s.State != Whole || s.Decoded != 300 || s.Disk < p.Bytes() {
		t.Errorf("%+v", s)
	}
}

// TestUndecodable: an image that cannot be decoded is an error that names the first, and
// there is no pack.
func TestUndecodable(t *testing.T) {
	src, o := &numbered{n: 100, bad: func(i int) bool { return i%10 == 3 }}, options(t.TempDir())
	for range 2 {
		_, err := Open(src, o)
		var image *ImageError
		if !errors.As(err, &image) || image.ID != src.ID(3) || !strings.Contains(err.Error(), "it is\tbad") {
			t.Errorf("got %v, want an error that names image 3", err)
		}
	}
	src.bad = nil
	p, err := Open(src, o)
	if err != nil {
		t.Fatal(err)
	}
	sameAs(t, p, src)
}

// TestAhead checks that no more images are decoded ahead than twice the workers.
func TestAhead(t *testing.T) {
	src, o := &numbered{n: 400}, options(t.TempDir())
	o.Progress = func(done, _ int64) {
		if done%50 == 7 {
			time.Sleep(20 * time.Millisecond) // the workers run ahead as far as they may
		}
		if ahead := src.decoded.Load() - sampled - done; ahead > int64(2*o.Workers+1) {
			t.Errorf("%d images are decoded ahead", ahead)
		}
	}
	p, err := Open(src, o)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
}

// TestFullDisk checks that a pack is refused before it fills a disk.
func TestFullDisk(t *testing.T) {
	defer func() { freeRoom = roomIn }()
	freeRoom = func(string) (int64, error) { return 10_000, nil }
	src, o := &numbered{n: 300}, options(t.TempDir())
	_, err := Open(src, o)
	var full *NoRoom
	if !errors.As(err, &full) || full.Need < 30_000 || !strings.Contains(err.Error(), "found 9.8 KiB free") {
		t.Errorf("got %v", err)
	}
	freeRoom = func(string) (int64, error) { return 0, errors.ErrUnsupported }
	p, err := Open(src, o)
	if err != nil {
		t.Fatal(err)
	}
	p.Close()
}

// TestTogether opens a pack from several goroutines, each with a lock of its own as
// processes have them: one builds.
func TestTogether(t *testing.T) {
	src, cache := &numbered{n: 200}, t.TempDir()
	var group sync.WaitGroup
	for range 5 {
		group.Go(func() {
			p, err := Open(src, options(cache))
			if err != nil {
				t.Error(err)
				return
			}
			sameAs(t, p, src)
		})
	}
	group.Wait()
	if n := src.decoded.Load(); n != 200+sampled {
		t.Errorf("decoded %d images, want each once and %d for the plan", n, sampled)
	}
}

// TestWithoutLocks builds on a file system without locks, two at once.
func TestWithoutLocks(t *testing.T) {
	lock := filelock.Lock
	defer func() { filelock.Lock = lock }()
	filelock.Lock = func(*os.File, bool) error { return errors.ErrUnsupported }
	TestTogetherOnce(t)
}

// TestTogetherOnce opens a pack twice in turn.
func TestTogetherOnce(t *testing.T) {
	src, o := &numbered{n: 50}, options(t.TempDir())
	for range 2 {
		p, err := Open(src, o)
		if err != nil {
			t.Fatal(err)
		}
		sameAs(t, p, src)
	}
}

// TestWaiting checks that waiting is told, ends with its context, and reports how far
// the other process is.
func TestWaiting(t *testing.T) {
	src, o := &numbered{n: 50}, options(t.TempDir())
	folder := Folder(o.Cache, Hash(src, o.Recipe))
	l, err := tryLock(folder, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, progressFile), []byte("17"), 0o666); err != nil {
		t.Fatal(err)
	}
	if s := StatusOf(folder); s.State != Busy {
		t.Errorf("state %s, want busy", s.State)
	}
	if err := Remove(folder); !errors.Is(err, filelock.ErrBusy) {
		t.Errorf("removing: %v, want busy", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	waits, told := 0, int64(0)
	o.Context, o.Waiting = ctx, func() { waits++; cancel() }
	o.Progress = func(done, total int64) { told = done }
	if _, err := Open(src, o); !errors.Is(err, context.Canceled) || waits != 1 || told != 17 {
		t.Errorf("got %v, told %d times to wait, progress %d", err, waits, told)
	}
	time.AfterFunc(100*time.Millisecond, func() { l.Close() })
	o.Context, o.Waiting = nil, nil
	p, err := Open(src, o)
	if err != nil {
		t.Fatal(err)
	}
	sameAs(t, p, src)
}
