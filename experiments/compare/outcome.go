package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"ventral/experiments/rundir"
)

// outcome is what is measured of a run.
type outcome struct {
	measure string // accuracy, error or loss
	step    int    // -1: the last
}

// parseOutcome reads MEASURE@STEP.
func parseOutcome(text string) (outcome, error) {
	measure, at, _ := strings.Cut(text, "@")
	o := outcome{measure, -1}
	bad := fmt.Errorf("primary: found %q, want accuracy, error or loss, at a step or @last, as in accuracy@last", text)
	if !slices.Contains([]string{"accuracy", "error", "loss"}, measure) {
		return o, bad
	}
	if at != "" && at != "last" {
		if n, err := fmt.Sscanf(at, "%d", &o.step); n != 1 || err != nil || o.step < 0 || fmt.Sprint(o.step) != at {
			return o, bad
		}
	}
	return o, nil
}

// unit is how differences of the outcome are read.
func (o outcome) unit() string {
	if o.measure == "loss" {
		return "nat"
	}
	return "points"
}

// valueUnit is the unit of the outcome itself.
func (o outcome) valueUnit() string {
	if o.measure == "loss" {
		return "nat"
	}
	return "%"
}

// place says at which step.
func (o outcome) place() string {
	if o.step < 0 {
		return "at the last step"
	}
	return fmt.Sprintf("at step %d", o.step)
}

// of is the outcome at a measured step.
func (o outcome) of(s rundir.Step) float64 {
	switch o.measure {
	case "error":
		return 100 - float64(s.Accuracy)
	case "loss":
		return float64(s.Loss)
	}
	return float64(s.Accuracy)
}

// better reports whether a is better than b.
func (o outcome) better(a, b float64) bool {
	if o.measure == "accuracy" {
		return a > b
	}
	return a < b
}

// digits writes a difference of the outcome: points to a tenth, nats to a
// thousandth.
func (o outcome) digits(d float64) string {
	format := "%.1f"
	if o.measure == "loss" {
		format = "%.3f"
	}
	s := fmt.Sprintf(format, d)
	if s == "-0.0" || s == "-0.000" {
		s = s[1:]
	}
	return s
}

// amount writes a difference with its unit.
func (o outcome) amount(d float64) string { return o.digits(d) + " " + o.unit() }

// interval writes the ends of an interval.
func (o outcome) interval(low, high float64) string {
	return fmt.Sprintf("[%s, %s]", o.digits(low), o.digits(high))
}

// spread is the mean of a variant with its interval, or the one number there is.
func (o outcome) spread(s Summary) string {
	if math.IsNaN(float64(s.Low)) {
		return o.digits(float64(s.Mean))
	}
	return o.digits(float64(s.Mean)) + " " + o.interval(float64(s.Low), float64(s.High))
}
