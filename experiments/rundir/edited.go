package rundir

import (
	"fmt"
	"strings"

	"ventral/experiments/decode"
)

// Edited is the error of a run that is asked to go on with another experiment
// than it was begun with.
type Edited struct {
	Where       string // the run's folder, or its file that was edited
	Differences []decode.Difference
}

// Error says which keys differ, a line each.
func (e *Edited) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: is not the experiment that the run was begun with; start a new run with it, or go on without these changes:", e.Where)
	for _, d := range e.Differences {
		fmt.Fprintf(&b, "\n  %s", d)
	}
	return b.String()
}
