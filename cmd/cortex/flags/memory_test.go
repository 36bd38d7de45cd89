package flags

import "testing"

func TestAvailable(t *testing.T) {
	if got := available("MemTotal: 100 kB\nMemAvailable:    2048 kB\nBuffers: 1 kB\n"); got != 2048<<10 {
		t.Errorf("got %d bytes, want 2 MiB", got)
	}
	if got := available("nothing"); got != 0 {
		t.Errorf("got %d bytes, want 0", got)
	}
}
