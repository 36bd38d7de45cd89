package run

import (
	"fmt"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Same reports, as an *Edited, an experiment that is not the one of the run in a
// folder, or controls that are not its controls.
func Same(dir rundir.Folder, e *spec.Experiment, controls []*spec.Experiment) error {
	old, info, err := Open(dir)
	if err != nil {
		return err
	}
	if d := spec.Differences(old, e); len(d) > 0 {
		return &rundir.Edited{Where: string(dir), Differences: d}
	}
	if was, is := fmt.Sprintf("%q", info.Controls), fmt.Sprintf("%q", e.Control); was != is {
		return &rundir.Edited{Where: string(dir), Differences: []decode.Difference{{Key: "control", Was: was, Is: is}}}
	}
	for _, c := range controls {
		if err := Same(dir.Control(c.Variant), c, nil); err != nil {
			return err
		}
	}
	return nil
}
