package spec

import (
	"fmt"
	"slices"

	"ventral/areas"
	"ventral/connectivity"
)

// note adds what a reader of the file should know and is no fault.
func (e *Experiment) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(e.Notes, text) {
		e.Notes = append(e.Notes, text)
	}
}

// noteHeld notes areas whose bias is added to a state that an identity brings
// back, so that it adds up over steps.
func noteHeld(e *Experiment) {
	for i := range e.Matrix.Connections {
		c := &e.Matrix.Connections[i]
		if c.Transform.Kind() != "identity" || c.From != c.To || !slices.Contains(c.Driven(), areas.Drive) || c.Signal() == areas.Response {
			continue
		}
		if a := e.Areas[slices.Index(areaNames(e.Areas), c.To)]; a.Dynamics.Layout().Bias == "area" {
			e.note("%s brings the state of %s back, and the area's bias is added to it again at every step, so that it adds up; bias = \"connection\" or \"absent\" for the area avoids that", c.Name, c.To)
		}
	}
}

// noteLeft notes identities that still bring a state back to an area which lost a
// lateral connection.
func noteLeft(e *Experiment, removed map[string]bool) {
	for _, c := range e.Matrix.Connections {
		if c.Role != connectivity.Self || c.From != c.To {
			continue
		}
		for name := range removed {
			if from, to, _, _ := connectivity.ParseName(name); from == c.From && to == c.To {
				e.note("%s is left: it still brings the state of %s back; without = \"role:self\" takes it away, too", c.Name, c.From)
			}
		}
	}
}
