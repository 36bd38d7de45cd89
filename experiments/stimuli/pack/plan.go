package pack

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"ventral/experiments/readable"
)

// Plan says what building a pack will take, from some of its images.
type Plan struct {
	Folder  string
	Images  int           // that are still to be decoded
	Bytes   int64         // that they will take
	Room    int64         // bytes free on the disk; -1 where that is not known
	Takes   time.Duration // to decode them
	Workers int
}

// String says it in a sentence.
func (p Plan) String() string {
	return fmt.Sprintf("decoding %s images into %s: about %s, in about %v on %s",
		readable.Grouped(p.Images), filepath.Dir(p.Folder), readable.Bytes(p.Bytes), p.Takes.Round(time.Second), readable.Counted(p.Workers, "core"))
}

// sampled is how many images are decoded to make a plan.
const sampled = 64

// plan decodes some images that are still missing, spread over all, tells what the
// rest will take, and reports a disk that has no room for it.
func (b *builder) plan() error {
	left := b.src.Len() - b.done
	n := min(sampled, left)
	type sample struct {
		bytes int64
		ok    bool
	}
	samples := make([]sample, n)
	next := make(chan int, n)
	for k := range n {
		next <- k
	}
	close(next)
	begun := time.Now()
	var group sync.WaitGroup
	for range b.o.workers() {
		group.Go(func() {
			for k := range next {
				if b.o.cancelled() == nil {
					p, err := b.src.Picture(b.done + left*k/n)
					samples[k] = sample{int64(len(p.Pixels)), err == nil}
				}
			}
		})
	}
	group.Wait()
	if err := b.o.cancelled(); err != nil {
		return err
	}
	p := Plan{Folder: b.folder, Images: left, Room: -1, Workers: b.o.workers()}
	p.Takes = time.Duration(float64(time.Since(begun)) * float64(left) / float64(n))
	var bytes, good int64
	for _, s := range samples {
		if s.ok {
			bytes, good = bytes+s.bytes, good+1
		}
	}
	if good > 0 {
		p.Bytes = bytes * int64(left) / good
	}
	room, err := freeRoom(b.folder)
	if err == nil {
		p.Room = room
	} else if !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	if b.o.Plan != nil {
		b.o.Plan(p)
	}
	const table = 128 // bytes of an image's line
	if need := p.Bytes + table*int64(left); p.Room >= 0 && p.Room < need {
		return &NoRoom{p, need}
	}
	return nil
}

// freeRoom is roomIn; tests put a full disk in its place.
var freeRoom = roomIn

// NoRoom is a disk that cannot hold a pack.
type NoRoom struct {
	Plan
	Need int64
}

// Error implements error.
func (e *NoRoom) Error() string {
	return fmt.Sprintf("found %s free on the disk of %s, want about %s for %s images", readable.Bytes(e.Room), e.Folder, readable.Bytes(e.Need), readable.Grouped(e.Images))
}
