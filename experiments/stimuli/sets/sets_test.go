package sets_test

import (
	"testing"

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/stimulitest"
)

// TestSets holds every data set to what sets, kinds and data promise.
func TestSets(t *testing.T) {
	for _, s := range stimuli.Sets() {
		t.Run(s.Name, func(t *testing.T) { stimulitest.Conform(t, s) })
	}
}
