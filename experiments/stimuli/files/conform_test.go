package files

import (
	"testing"

	"ventral/experiments/stimuli/stimulitest"
)

// TestConform tries both kinds as every data set is tried.
func TestConform(t *testing.T) {
	for _, s := range Sets {
		t.Run(s.Name, func(t *testing.T) { stimulitest.Conform(t, s) })
	}
}
