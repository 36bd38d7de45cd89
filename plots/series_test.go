package plots

import (
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// TestOnceIsDrawnOn: the answer of a network that runs once is drawn on, and said
// to be; not that of one whose areas keep their state, though all of its
// connections are forward.
func TestOnceIsDrawnOn(t *testing.T) {
	for _, carries := range []bool{false, true} {
		d, err := controls(canvas.Light())
		if err != nil {
			t.Fatal(err)
		}
		b := d.Variants["B"]
		b.Areas[0].Carries = carries
		b.Connections = slices.DeleteFunc(b.Connections, func(c recording.AnatomyConnection) bool {
			return c.Role != recording.Feedforward && c.Role != recording.Bypass
		})
		f, err := Make("accuracy", d)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(f.Caption, "A network without recurrence runs once"); got == carries {
			t.Errorf("carries %v: caption %q", carries, f.Caption)
		}
	}
}
