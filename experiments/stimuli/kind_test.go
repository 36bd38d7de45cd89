package stimuli

import "testing"

func TestSplitString(t *testing.T) {
	for s, want := range map[Split]string{Train: "train", Validation: "validation", Test: "test", 5: "Split(5)"} {
		if got := s.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

// TestStreams checks that the streams of one seed begin differently, and that
// their numbers are spread evenly.
func TestStreams(t *testing.T) {
	seen := map[uint64]bool{}
	for use := forTrain; use <= forAugment; use++ {
		for major := range 10 {
			for minor := range 1000 {
				x := NewStream(1, use, major, minor).pcg.Uint64()
				if seen[x] {
					t.Fatalf("stream (1, %d, %d, %d) begins like another", use, major, minor)
				}
				seen[x] = true
			}
		}
	}
	const n, bins = 20_000, 16
	var below, uniform [bins]int
	for i := range n {
		s := NewStream(2, forTest, 0, i)
		below[s.Below(bins)]++
		uniform[int((s.Uniform(-3, 5)+3)/8*bins)]++
	}
	// Binomial with n·p = 1250: the standard deviation is 34; 5 are allowed.
	for k := range bins {
		if d := max(below[k]-n/bins, n/bins-below[k], uniform[k]-n/bins, n/bins-uniform[k]); d > 170 {
			t.Errorf("bin %d of %d: below %d, uniform %d of %d, want %d ± 170", k, bins, below[k], uniform[k], n, n/bins)
		}
	}
}
