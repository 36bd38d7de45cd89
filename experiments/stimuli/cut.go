package stimuli

import (
	"fmt"
	"math"
	"slices"
)

// Cut divides images 0 … n-1 at random into parts of the given sizes, each in
// rising order. For one seed a part does not depend on the sizes of later ones, and
// a smaller last part is some of a larger one. Sizes are 0 or more and their sum
// is at most n.
func Cut(seed uint64, n int, sizes ...int) [][]int32 {
	left := Indices(n)
	NewStream(seed, forCut, 0, 0).Shuffle(left, n)
	parts := make([][]int32, len(sizes))
	for i, size := range sizes {
		parts[i], left = left[:size:size], left[size:]
		slices.Sort(parts[i])
	}
	return parts
}

// Amount returns how many of n images a setting means: a whole number of images,
// or, below 1, a part of n to the nearest. It reports what is neither, and more
// than there are.
func Amount(key string, found float64, n int) (int, error) {
	switch {
	case found > 0 && found < 1:
		return int(math.Round(found * float64(n))), nil
	case found < 0 || found != math.Trunc(found) || math.IsInf(found, 0) || math.IsNaN(found):
		return 0, fmt.Errorf("%s: found %v, want a number of images, or a part of them below 1", key, found)
	case found > float64(n):
		return 0, fmt.Errorf("%s: found %v, there are %d images", key, found, n)
	}
	return int(found), nil
}
