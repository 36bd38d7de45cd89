package canvas

import "testing"

func TestUpper(t *testing.T) {
	for in, want := range map[string]string{"": "", "mean": "Mean", "σ² of": "Σ² of", "Σ over": "Σ over", "|x|": "|x|"} {
		if got := Upper(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
