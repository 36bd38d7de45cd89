package cortex

import (
	"slices"
	"testing"
)

// FuzzParseSteps reads any text as a choice of steps: what is accepted is
// written as a text that means the same, and its list rises below steps.
func FuzzParseSteps(f *testing.F) {
	for _, text := range []string{"15", "1..15", "4..", "0,2,4..7", "any of 1..15", "any of any of 1", "", ",", "3,3", "..2", "1..2..3", " 1 , 2 ", "any of", "9..1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSteps(text)
		if err != nil {
			return
		}
		again, err := ParseSteps(s.String())
		if err != nil || again.String() != s.String() || again.Any != s.Any {
			t.Fatalf("%q is written %q, which is %q, %v", text, s, again, err)
		}
		const steps = 16
		list, err := s.List(steps)
		if err != nil {
			return
		}
		other, err := again.List(steps)
		if err != nil || !slices.Equal(list, other) {
			t.Errorf("%q lists %v, %q lists %v, %v", text, list, s, other, err)
		}
		for i, x := range list {
			if x < 0 || x >= steps || i > 0 && x <= list[i-1] {
				t.Errorf("%q lists %v", text, list)
			}
		}
	})
}
