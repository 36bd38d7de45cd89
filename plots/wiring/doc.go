// Package wiring draws areas and their connections: as a diagram, and as a
// matrix. It knows an anatomy, and no activity.
package wiring

import (
	"fmt"

	"ventral/plots/canvas"
)

// StepLasts says what a step stands for, "" where that is unknown.
func StepLasts(ms float64) string {
	if ms > 0 {
		return fmt.Sprintf("One step stands for %s ms", canvas.Number(ms))
	}
	return ""
}
