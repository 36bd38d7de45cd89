package stimuli

import (
	"math/bits"
	"math/rand/v2"
)

// Purpose keeps streams that serve different ends apart.
type Purpose uint64

const (
	forTrain Purpose = iota // images of each split, in the order of Split
	forValidation
	forTest
	forCut
	forOrder
	forAugment

	// ForTrials is the purpose of what a protocol draws.
	ForTrials
)

// ForImages is the purpose of making the images of a split: minor is which.
func ForImages(s Split) Purpose { return forTrain + Purpose(s) }

// Stream is a sequence of random numbers that is a pure function of the
// numbers that name it: a PCG (O'Neill 2014) started anew for each image or
// epoch. Numbers are derived here rather than by [rand.Rand], so that they do
// not depend on the version of Go.
type Stream struct{ pcg rand.PCG }

// NewStream returns the stream of (seed, use, major, minor). For one seed,
// streams of different names start in different states, so long as major is
// below 2²⁴ and minor below 2⁴⁰.
func NewStream(seed uint64, use Purpose, major, minor int) *Stream {
	s := new(Stream)
	s.pcg.Seed(scramble(seed^scramble(uint64(use)+1)), scramble(uint64(major)<<40|uint64(minor)))
	return s
}

// Below returns a number in 0 … n-1. Its bias is below n/2⁶⁴.
func (s *Stream) Below(n int) int {
	hi, _ := bits.Mul64(s.pcg.Uint64(), uint64(n))
	return int(hi)
}

// Uniform returns a number in lo … hi.
func (s *Stream) Uniform(lo, hi float64) float64 {
	u := float64(s.pcg.Uint64()>>11) / (1 << 53)
	return lo + float64(u*(hi-lo)) // the conversion keeps arm64 from fusing
}

// Shuffle puts the first n elements of x in random order, drawn from all of
// x without replacement.
func (s *Stream) Shuffle(x []int32, n int) {
	for i := range n {
		j := i + s.Below(len(x)-i)
		x[i], x[j] = x[j], x[i]
	}
}

// Indices returns 0 … n-1.
func Indices(n int) []int32 {
	x := make([]int32, n)
	for i := range x {
		x[i] = int32(i)
	}
	return x
}

// scramble is the finalizer of SplitMix64 (Steele, Lea and Flood 2014): a
// bijection that spreads each bit over all.
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
