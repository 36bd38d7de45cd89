package table

import (
	"strings"
	"testing"

	"ventral/experiments/rundir"
)

// TestUnsureIsListed: ls says of a run that no lock tells about that it is unsure.
func TestUnsureIsListed(t *testing.T) {
	var b strings.Builder
	Runs(&b, []rundir.Row{{Folder: "r", State: rundir.Running, Unsure: true}, {Folder: "s", State: rundir.Running}}, nil)
	if got := b.String(); strings.Count(got, "running") != 2 || strings.Count(got, "running (no locks here)") != 1 {
		t.Errorf("got\n%s", got)
	}
}
