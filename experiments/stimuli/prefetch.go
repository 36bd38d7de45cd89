package stimuli

import (
	"errors"
	"sync"
)

// Source makes batches by step. [Loader] is one.
type Source interface {
	// Sizes returns the lengths of the arguments of Batch.
	Sizes() (images, labels int)

	// Batch fills images and labels for a step.
	Batch(step int, images, labels []float32) error
}

// Batch is what a [Prefetcher] delivers.
type Batch struct {
	Step           int
	Images, Labels []float32 // laid out as [Loader.Batch] does
}

// ErrClosed is returned by [Prefetcher.Next] after [Prefetcher.Close].
var ErrClosed = errors.New("stimuli: prefetcher is closed")

// Prefetcher makes batches ahead of their use, in a goroutine of its own. Next
// is for one goroutine at a time; Close may be called from any.
type Prefetcher struct {
	ready chan prefetched
	free  chan Batch // buffers to fill
	quit  chan struct{}
	end   sync.Once
	done  sync.WaitGroup

	last Batch // what Next returned; its buffers come back at the next call
	err  error // of the step at which it ended
}

type prefetched struct {
	batch Batch
	err   error
}

// Prefetch begins to make the batches start, start+1, … and keeps as many as
// depth, at least 1, ready beyond the one in use. Close it to end it.
func Prefetch(src Source, start, depth int) *Prefetcher {
	depth = max(1, depth)
	p := &Prefetcher{
		ready: make(chan prefetched, depth),
		free:  make(chan Batch, depth+1),
		quit:  make(chan struct{}),
	}
	images, labels := src.Sizes()
	for range depth + 1 {
		p.free <- Batch{Images: make([]float32, images), Labels: make([]float32, labels)}
	}
	p.done.Go(func() { p.run(src, start) })
	return p
}

// run fills buffers until it is told to quit or a step fails. It never waits
// to deliver, as there is room in ready for all buffers but the one in use.
func (p *Prefetcher) run(src Source, step int) {
	defer close(p.ready)
	for ; ; step++ {
		var b Batch
		select {
		case <-p.quit:
			return
		case b = <-p.free:
		}
		b.Step = step
		err := src.Batch(step, b.Images, b.Labels)
		select {
		case <-p.quit:
			return
		case p.ready <- prefetched{b, err}:
		}
		if err != nil {
			return
		}
	}
}

// Next returns the batches in the order of steps, waiting for one that is not
// ready. Its slices are valid until the next call of Next. An error comes at
// the step that it belongs to, which is in Batch.Step, and again at each
// further call; after Close it is [ErrClosed].
func (p *Prefetcher) Next() (Batch, error) {
	select {
	case <-p.quit:
		return Batch{}, ErrClosed
	default:
	}
	if p.err != nil {
		return Batch{Step: p.last.Step}, p.err
	}
	if p.last.Images != nil {
		p.free <- p.last // has room for every buffer
		p.last = Batch{}
	}
	select {
	case <-p.quit:
		return Batch{}, ErrClosed
	case next, ok := <-p.ready:
		if !ok {
			return Batch{}, ErrClosed
		}
		p.last, p.err = next.batch, next.err
		if p.err != nil {
			return Batch{Step: p.last.Step}, p.err
		}
		return p.last, nil
	}
}

// Close ends the goroutine and waits for it, which takes as long as the batch
// it is at. Further calls do nothing.
func (p *Prefetcher) Close() {
	p.end.Do(func() { close(p.quit) })
	p.done.Wait()
}
