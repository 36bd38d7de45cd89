package generated

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
	"runtime"
	"slices"
	"sync"

	"ventral/experiments/stimuli"
)

// split makes the n images of a split on several goroutines. It tells report
// now and then how many are made.
func (p *painter) split(env stimuli.Env, s stimuli.Split, n, workers int, report func(made int)) (stimuli.Part, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	const chunk = 256
	var (
		area   = p.Size * p.Size
		each   = p.shown()
		result = stimuli.Part{Pixels: make([]byte, n*area), Labels: make([]uint16, n*each)}
		group  sync.WaitGroup
		mu     sync.Mutex // guards next and made, and calls of report
		next   int
		made   int
	)
	take := func() (from, to int) {
		mu.Lock()
		defer mu.Unlock()
		from, to = next, min(n, next+chunk)
		next = to
		return from, to
	}
	work := func() {
		c := p.canvas(p.Background)
		for from, to := take(); from < to && env.Cancelled() == nil; from, to = take() {
			for i := from; i < to; i++ {
				draws := stimuli.NewStream(env.Seed, stimuli.ForImages(s), 0, i)
				digits := p.paint(c, draws, result.Pixels[i*area:(i+1)*area])
				for k := i * each; digits != 0; k++ {
					result.Labels[k] = uint16(bits.TrailingZeros16(digits))
					digits &= digits - 1
				}
			}
			mu.Lock()
			made += to - from
			report(made)
			mu.Unlock()
		}
	}
	for range workers {
		group.Go(work)
	}
	group.Wait()
	if err := env.Cancelled(); err != nil {
		return stimuli.Part{}, fmt.Errorf("stimuli: digits: %d of %d %v images made: %w", made, n, s, err)
	}
	return result, nil
}

// hashOf returns the SHA-256 of the pixels followed by the digits of each image, a
// bit for each in two bytes, the lower first.
func hashOf(p stimuli.Part, each int) string {
	h := sha256.New()
	h.Write(p.Pixels)
	truth := make([]byte, 0, 2*len(p.Labels)/each)
	for digits := range slices.Chunk(p.Labels, each) {
		var t uint16
		for _, digit := range digits {
			t |= 1 << digit
		}
		truth = binary.LittleEndian.AppendUint16(truth, t)
	}
	h.Write(truth)
	return hex.EncodeToString(h.Sum(nil))
}
