package terminal

import (
	"testing"
	"time"
)

// TestRate: a stage that prepares for a minute and then does 10 of 100 in every
// second has 8 s left at its second report, and nothing to say at its first.
func TestRate(t *testing.T) {
	var r rate
	begun := time.Now()
	for i, want := range []time.Duration{0, 8 * time.Second, 7 * time.Second} {
		now := begun.Add(time.Minute + time.Duration(i)*time.Second)
		if got := r.left(now, int64(10+10*i), 100); got != want {
			t.Errorf("report %d: %v left, want %v", i+1, got, want)
		}
	}
}
