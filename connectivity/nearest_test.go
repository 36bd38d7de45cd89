package connectivity_test

import (
	"testing"

	"ventral/connectivity"
)

// TestNearest compares with a search through all sizes.
func TestNearest(t *testing.T) {
	distance := func(a, b [3]int) int { return max(a[0]-b[0], b[0]-a[0]) + max(a[1]-b[1], b[1]-a[1]) }
	related := func(other [3]int) func([3]int) bool {
		return func(size [3]int) bool {
			_, _, down := connectivity.Factors(other, size)
			_, _, up := connectivity.Factors(size, other)
			return down == nil || up == nil
		}
	}
	for _, other := range [][3]int{{16, 16, 3}, {9, 5, 3}, {7, 14, 1}, {1, 1, 1}} {
		for height := 1; height <= 12; height++ {
			for width := 1; width <= 12; width++ {
				wanted := [3]int{height, width, 8}
				got, ok := connectivity.Nearest(other, wanted, related(other))
				if !ok || got[2] != 8 || !related(other)(got) {
					t.Fatalf("%v near %v: got %v, which is not related", other, wanted, got)
				}
				for h := 1; h <= 24; h++ {
					for w := 1; w <= 24; w++ {
						size := [3]int{h, w, 8}
						if _, _, err := connectivity.Factors(other, size); err == nil && distance(size, wanted) < distance(got, wanted) {
							t.Fatalf("%v near %v: got %v, want %v", other, wanted, got, size)
						}
					}
				}
			}
		}
	}
	if got, ok := connectivity.Nearest([3]int{4, 4, 1}, [3]int{5, 5, 1}, func([3]int) bool { return false }); ok {
		t.Errorf("got %v where none fits", got)
	}
}
