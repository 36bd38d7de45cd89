package conditions

import "testing"

// TestNames: a table is needed where its name stands as a word of its own.
func TestNames(t *testing.T) {
	for _, x := range []struct {
		text, name string
		want       bool
	}{
		{`input.protocol="mask"`, "mask", true},
		{`input.protocol="mask[soa=1]"`, "mask", true},
		{`input.protocol=["plain", "mask"]`, "mask", true},
		{`input.protocol="masking"`, "mask", false},
		{`input.protocol="backward_mask"`, "mask", false},
		{`input.protocol="unmask mask"`, "mask", true},
		{"fb", "fb", true},
		{"fb gain=0", "fb", true},
		{"role:fb-2", "fb", false},
		{"", "fb", false},
	} {
		if got := names(x.text, x.name); got != x.want {
			t.Errorf("%q in %q: %v, want %v", x.name, x.text, got, x.want)
		}
	}
}
