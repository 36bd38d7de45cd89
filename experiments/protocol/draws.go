package protocol

import (
	"hash/fnv"

	"ventral/experiments/stimuli"
)

// trial names one showing of one image.
type trial struct {
	seed          uint64
	split         stimuli.Split
	image         int
	epoch, repeat int
	input         string // the stream that is shown, "" of the image
}

// What a trial draws.
const (
	drawCondition = iota
	drawPartner
	drawMask
	drawNoise
	drawOccluder
)

// stream returns the random numbers of one thing that a trial draws: item and step say
// which, step -1 where it is drawn once a trial.
func (t trial) stream(what, item, step int) *stimuli.Stream {
	seed := t.seed
	for _, x := range []int{int(t.split), t.epoch, t.repeat, what, item, step + 1} {
		seed = mix(seed ^ mix(uint64(x)+0x9e3779b97f4a7c15))
	}
	if t.input != "" {
		h := fnv.New64a()
		h.Write([]byte(t.input))
		seed = mix(seed ^ mix(h.Sum64()))
	}
	return stimuli.NewStream(seed, stimuli.ForTrials, 0, t.image)
}

// mix is the finalizer of MurmurHash3 (Appleby 2011), a bijection.
func mix(x uint64) uint64 {
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
