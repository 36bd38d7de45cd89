package cpu

import (
	"sync"
	"time"

	"ventral/nn/engine/cpu/internal/kernel"
)

// Rates are what the processor can do with all threads at once: the two sides
// of a roofline.
type Rates struct {
	MultiplyAdds float64 // a second, of the convolution kernel on data in the second cache
	Products     float64 // the same of bfloat16 numbers, 0 where the kernel does not multiply them
	Bytes        float64 // a second, read and written, of a sum of two arrays larger than any cache
}

// Convolution is the time that n multiply-adds and then so many of bfloat16
// numbers would take.
func (r Rates) Convolution(n, products int64) float64 {
	t := float64(n) / r.MultiplyAdds
	if products > 0 {
		t += float64(products) / r.Products
	}
	return t
}

// Memory is the time that moving b bytes would take.
func (r Rates) Memory(b int64) float64 { return float64(b) / r.Bytes }

// MeasureRates measures the rates of o.Threads threads with the inner loops
// o.Kernel, in about 0.3 s: each is the best of several rounds. An unknown
// kernel is an error.
func MeasureRates(clock Clock, o Options) (Rates, error) {
	e := New(o)
	if e.err != nil {
		return Rates{}, e.err
	}
	r := Rates{
		MultiplyAdds: best(clock, e.Threads(), func() round { return convolutions(e.set) }),
		Bytes:        best(clock, e.Threads(), func() round { return streams(e.set) }),
	}
	if e.set.Multiply != nil {
		r.Products = best(clock, e.Threads(), func() round { return productRound(e.set) })
	}
	return r, nil
}

// round does some work and returns how much.
type round func() (work int)

// roundTime is how long one round is repeated, rounds how often.
const (
	roundTime = 20 * time.Millisecond
	rounds    = 5
)

// best returns the best rate of several rounds of all threads together.
func best(clock Clock, threads int, start func() round) float64 {
	work := make([]round, threads)
	for i := range work {
		work[i] = start()
		work[i]()
	}
	top := 0.0
	for range rounds {
		rates := make([]float64, threads)
		var wait sync.WaitGroup
		for i := range work {
			wait.Go(func() {
				done, begun := 0, clock()
				for clock()-begun < roundTime {
					done += work[i]()
				}
				rates[i] = float64(done) / (clock() - begun).Seconds()
			})
		}
		wait.Wait()
		sum := 0.0
		for _, r := range rates {
			sum += r
		}
		top = max(top, sum)
	}
	return top
}

// convolutions is a row of 32 pixels of a 3×3 convolution of 64 channels.
func convolutions(set *kernel.Set) round {
	const pixels, channels = 32, 64
	row := (pixels + 2) * channels
	c := kernel.Convolution{Rows: 3, Run: 3 * channels, XRow: row, XStep: channels, Pixels: pixels, YStep: channels, Width: set.Panel,
		X: aligned(3 * row), W: aligned(9 * channels * set.Panel), Y: aligned(pixels * channels)}
	return func() int {
		set.Convolve(&c)
		return pixels * 9 * channels * set.Panel
	}
}

// productRound is convolutions of bfloat16 numbers, of as many channels as one product has.
func productRound(set *kernel.Set) round {
	const pixels, channels = 32, 64
	row := (pixels + 2) * channels
	p := kernel.Product{A: make([]uint16, 3*row), B: make([]uint16, 9*channels*kernel.ProductWidth), C: aligned(pixels * channels),
		Rows: 16, Pairs: 16, Chunks: 3 * channels / 32, Width: kernel.ProductWidth, AStep: channels, BStep: panelStep, CStep: channels,
		Blocks: []kernel.Block{{}, {A: 16 * channels, C: 16 * channels}}}
	for r := range 3 {
		p.Terms = append(p.Terms, kernel.Term{A: r * row, B: r * 3 * channels * kernel.ProductWidth})
	}
	return func() int {
		set.Multiply(&p)
		return pixels * 9 * channels * kernel.ProductWidth
	}
}

// streams adds two arrays into a third, each of 32 MiB.
func streams(set *kernel.Set) round {
	const n, piece = 8 << 20, 1 << 16
	y, a, b := aligned(n), aligned(n), aligned(n)
	for i := 0; i < n; i += 1 << 10 { // memory of its own, not the page of zeros
		a[i], b[i] = 1, 1
	}
	at := 0
	return func() int {
		set.Add(y[at:at+piece], a[at:at+piece], b[at:at+piece])
		at = (at + piece) % n
		return 3 * 4 * piece
	}
}
