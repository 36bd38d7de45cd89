package stimuli

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// steps is a source whose batches hold their step, and that fails at one.
type steps struct {
	fails int // -1 for never
	made  atomic.Int64
}

var errStep = errors.New("step fails")

func (s *steps) Sizes() (images, labels int) { return 2, 1 }

func (s *steps) Batch(step int, images, labels []float32) error {
	s.made.Add(1)
	if step == s.fails {
		return errStep
	}
	images[0], images[1], labels[0] = float32(step), float32(2*step), float32(-step)
	return nil
}

// TestPrefetch runs in a bubble, which fails if a goroutine is left behind.
func TestPrefetch(t *testing.T) {
	for _, depth := range []int{0, 1, 2, 7} {
		synctest.Test(t, func(t *testing.T) {
			src := &steps{fails: -1}
			p := Prefetch(src, 5, depth)
			for step := 5; step < 40; step++ {
				b, err := p.Next()
				if err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				if want := []float32{float32(step), float32(2 * step)}; b.Step != step || !slices.Equal(b.Images, want) || b.Labels[0] != float32(-step) {
					t.Fatalf("depth %d: batch %+v, want step %d with %v", depth, b, step, want)
				}
				if made, want := src.made.Load(), int64(step-5+1+max(1, depth)); made != want {
					t.Fatalf("depth %d: %d batches made when %d were asked for, want %d", depth, made, step-4, want)
				}
			}
			p.Close()
			p.Close()
			if _, err := p.Next(); err != ErrClosed {
				t.Errorf("Next after Close: %v, want ErrClosed", err)
			}
		})
	}
}

func TestPrefetchError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &steps{fails: 3}
		p := Prefetch(src, 0, 2)
		defer p.Close()
		for step := range 3 {
			if b, err := p.Next(); err != nil || b.Step != step {
				t.Fatalf("step %d: %+v, %v", step, b, err)
			}
		}
		for range 3 {
			if b, err := p.Next(); err != errStep || b.Step != 3 || b.Images != nil {
				t.Errorf("Next = %+v, %v, want the error of step 3", b, err)
			}
		}
		if made := src.made.Load(); made != 4 {
			t.Errorf("%d batches made, want 4: none after the error", made)
		}
	})
}

// TestPrefetchCloseWhileWaiting closes from another goroutine while Next waits
// for a batch that takes for ever.
func TestPrefetchCloseWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &blocked{release: make(chan struct{})}
		p := Prefetch(src, 0, 1)
		result := make(chan error)
		go func() {
			_, err := p.Next()
			result <- err
		}()
		synctest.Wait()
		closed := make(chan struct{})
		go func() { p.Close(); close(closed) }()
		if err := <-result; err != ErrClosed {
			t.Errorf("Next = %v, want ErrClosed", err)
		}
		close(src.release)
		<-closed
	})
}

type blocked struct {
	steps
	release chan struct{}
}

func (b *blocked) Batch(step int, images, labels []float32) error {
	<-b.release
	return nil
}

// TestPrefetchLoader compares with the loader alone.
func TestPrefetchLoader(t *testing.T) {
	l := NewLoader(ramp(23, 5), Train, training())
	p := Prefetch(l, 2, 3)
	defer p.Close()
	for step := 2; step < 12; step++ {
		b, err := p.Next()
		if err != nil {
			t.Fatal(err)
		}
		images, labels := batch(t, l, step)
		if !slices.Equal(b.Images, images) || !slices.Equal(b.Labels, labels) {
			t.Errorf("step %d differs from the loader's", step)
		}
	}
}
