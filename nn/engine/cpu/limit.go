package cpu

import (
	"fmt"

	"ventral/nn"
)

// bytes returns the size of n elements.
func bytes(n int) int64 { return 4 * int64(n) }

// Memory returns the bytes of a run of p: arena, workers and variables. More
// than o.MemoryLimit is the error that Compile has.
func Memory(p *nn.Program, o Options) (int64, error) {
	e := New(o)
	if e.err != nil {
		return 0, e.err
	}
	pl, err := newPlan(p, e.set)
	if err != nil {
		return 0, err
	}
	return pl.total(e.options.Threads), pl.check(e.options.Threads, o.MemoryLimit)
}

// variables returns the elements of all variables.
func (pl *plan) variables() int {
	n := 0
	for _, v := range pl.program.Vars {
		n += pl.shapes[v.Value].Len()
	}
	return n
}

// total returns the bytes of a run with the given number of workers.
func (pl *plan) total(threads int) int64 {
	return bytes(pl.arena) + int64(threads)*bytes(pl.local+pl.scratch) + bytes(pl.variables())
}

// check returns an error when a run needs more than limit bytes; 0 is no limit.
func (pl *plan) check(threads int, limit int64) error {
	need := pl.total(threads)
	if limit <= 0 || need <= limit {
		return nil
	}
	hint := "no batch of this program would fit"
	if n := pl.fits(threads, limit); n > 0 {
		hint = fmt.Sprintf("a batch of %d images would fit", n)
	}
	mib := func(n int64) float64 { return float64(n) / (1 << 20) }
	return fmt.Errorf("cpu: the program needs %.1f MiB of memory (%.1f for values, %.1f for %d workers, %.1f for variables), allowed are %.1f MiB; %s",
		mib(need), mib(bytes(pl.arena)), mib(int64(threads)*bytes(pl.local+pl.scratch)), threads, mib(bytes(pl.variables())), mib(limit), hint)
}

// fits returns the largest batch with which the program stays within limit, or 0.
func (pl *plan) fits(threads int, limit int64) int {
	images := 0
	for v, b := range pl.program.Batched() {
		if b {
			images = max(images, pl.shapes[v][0])
		}
	}
	lo, hi := 0, images
	for hi-lo > 1 {
		n := (lo + hi) / 2
		q, err := newPlan(rebatch(pl.program, n, images), pl.set)
		if err != nil {
			return 0
		}
		if q.total(threads) <= limit {
			lo = n
		} else {
			hi = n
		}
	}
	return lo
}

// rebatch returns p for n images instead of images.
func rebatch(p *nn.Program, n, images int) *nn.Program {
	q := *p
	q.Shapes = append([]nn.Shape(nil), p.Shapes...)
	q.Outputs = append([]nn.Port(nil), p.Outputs...)
	for v, b := range p.Batched() {
		if b && q.Shapes[v][0] == images {
			q.Shapes[v][0] = n
		}
	}
	return &q
}
