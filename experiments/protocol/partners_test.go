package protocol

import "testing"

// TestOther: images that mask or hide have numbers of their own, for any item and step, also
// beyond the hundredth item, and none is an image of the trial.
func TestOther(t *testing.T) {
	seen := map[int][2]int{}
	for item := range 400 {
		for step := -1; step < 400; step++ {
			k := other(item, step)
			if was, ok := seen[k]; ok || k < firstMask {
				t.Fatalf("item %d at step %d has the number %d, as %v", item, step, k, was)
			}
			seen[k] = [2]int{item, step}
		}
	}
}
