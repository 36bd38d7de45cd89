package decode

import "testing"

// TestKeyAt takes a table's name, not its first element's, which stands at the same
// place; maps have no order, so it is asked for often.
func TestKeyAt(t *testing.T) {
	for text, want := range map[string]string{"a = 1\n[[list.x]]": "list.x", "[[]]": "", "[area.V1]\nshape": "area.V1.shape"} {
		for range 50 {
			if got := keyAt(text, len(text)); got != want {
				t.Fatalf("%q: got %q, want %q", text, got, want)
			}
		}
	}
}
