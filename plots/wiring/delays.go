package wiring

import (
	"fmt"
	"strings"

	"ventral/cortex/recording"
	"ventral/plots/canvas"
)

// usualDelays returns the delay that more than half of the connections of each role
// have, of roles that have one. The key says it once; only others are written beside
// their connections.
func usualDelays(an *recording.Anatomy) map[string]int {
	all, with := map[string]int{}, map[string]map[int]int{}
	for _, c := range an.Connections {
		if with[c.Role] == nil {
			with[c.Role] = map[int]int{}
		}
		all[c.Role]++
		with[c.Role][c.Delay]++
	}
	usual := map[string]int{}
	for role, counts := range with {
		for delay, n := range counts {
			if 2*n > all[role] {
				usual[role] = delay
			}
		}
	}
	return usual
}

// oneDelay returns the delay that is usual of every role, if there is one.
func oneDelay(an *recording.Anatomy, usual map[string]int) (delay int, ok bool) {
	for i, c := range an.Connections {
		d, known := usual[c.Role]
		if !known || i > 0 && d != delay {
			return 0, false
		}
		delay = d
	}
	return delay, len(an.Connections) > 0
}

// besideLabel is what is written beside a connection: its delay where that is not the
// usual one, and its window.
func besideLabel(c *recording.AnatomyConnection, steps int, usual map[string]int) string {
	label := delayLabel(c, steps)
	if d, ok := usual[c.Role]; !ok || d != c.Delay {
		return label
	}
	_, window, _ := strings.Cut(label, " ")
	return window
}

// delayKey says in the key what delays are: after the names of roles, and in an
// entry of its own.
func delayKey(an *recording.Anatomy) (ofRole map[string]string, own string) {
	usual, each := usualDelays(an), ""
	if ms := an.MSPerStep; ms > 0 {
		each = fmt.Sprintf(" of %s ms", canvas.Number(ms))
	}
	written, ofRole := false, map[string]string{}
	for _, c := range an.Connections {
		d, ok := usual[c.Role]
		written = written || !ok || d != c.Delay
	}
	if delay, ok := oneDelay(an, usual); ok {
		own = fmt.Sprintf("delay: %s%s", canvas.Many(float64(delay), "step"), each)
		if written {
			own += "; number: another"
		}
		return ofRole, own
	}
	for role, d := range usual {
		ofRole[role] = fmt.Sprintf(", delay %d", d)
	}
	switch {
	case len(usual) == 0:
		return ofRole, "number: delay in steps" + each
	case written:
		return ofRole, "number: another delay, in steps" + each
	}
	return ofRole, "delays in steps" + each
}
