package experiments

import (
	"fmt"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
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

// Same reports, as an *Edited, an experiment that is not the one of the run in a
// folder, or controls that are not its controls.
func Same(dir rundir.Folder, e *spec.Experiment, controls []*spec.Experiment) error {
	old, info, err := Open(dir)
	if err != nil {
		return err
	}
	if d := spec.Differences(old, e); len(d) > 0 {
		return &Edited{string(dir), d}
	}
	if was, is := fmt.Sprintf("%q", info.Controls), fmt.Sprintf("%q", e.Control); was != is {
		return &Edited{string(dir), []decode.Difference{{Key: "control", Was: was, Is: is}}}
	}
	for _, c := range controls {
		if err := Same(dir.Control(c.Variant), c, nil); err != nil {
			return err
		}
	}
	return nil
}
