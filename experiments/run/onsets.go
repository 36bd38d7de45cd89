package run

import (
	"fmt"
	"strings"

	"ventral/cortex"
)

// Onsets is a line that says when the image reaches every area.
func Onsets(g *cortex.Graph) string {
	var parts []string
	for i, a := range g.Areas {
		at := "never"
		if t := g.Onset(i); t >= 0 {
			at = fmt.Sprintf("step %d", t)
		}
		parts = append(parts, a.Name+" "+at)
	}
	return "the image reaches " + strings.Join(parts, ", ")
}
