package terminal

import (
	"fmt"
	"math"
	"time"

	"ventral/experiments/rundir"
)

// Clock writes a time as minutes and seconds, or hours and minutes.
func Clock(d time.Duration) string {
	s := int(d.Seconds() + 0.5)
	if s >= 3600 {
		return fmt.Sprintf("%dh%02dm", s/3600, s/60%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Percent writes an accuracy, a dash where there is none.
func Percent(n rundir.Number) string {
	if a := float64(n); !math.IsNaN(a) {
		return fmt.Sprintf("%.1f", a)
	}
	return "–"
}

// Clipped is a value short enough for a column.
func Clipped(s string) string {
	const most = 24
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return Dash(s)
}

// Dash stands for what is empty.
func Dash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
