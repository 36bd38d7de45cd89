//go:build race

package cpu

import "testing"

// With the race detector the arena lies in Go's heap, where races are seen.
func TestPagesAndRaces(t *testing.T) {
	was := giveBack
	defer func() { giveBack = was }()
	mapped := false
	giveBack = func(b []byte) { mapped = true; was(b) }
	p := lend(t, 100)
	p.free()
	if len(p.floats) != 100 || mapped {
		t.Errorf("%d numbers of 100, in pages of the system: %v", len(p.floats), mapped)
	}
}
