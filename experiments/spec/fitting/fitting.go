// Package fitting says which conditions fit an experiment: its trials, since durations may
// ask for more steps than there are, and a cortex that it trains.
package fitting

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/protocol"
	"ventral/experiments/spec"
	"ventral/experiments/spec/conditions"
)

// Misfit says why what a condition shows does not fit its trial, nil where it does. The
// error is placed in the protocol's table; of a built-in one it names the condition.
func Misfit(e *spec.Experiment, c conditions.Condition) error {
	if c.Protocol == "" {
		return nil
	}
	e = e.Copy()
	list, err := e.ConditionsOf(c.Protocol)
	if err != nil || len(list) != 1 {
		return err
	}
	steps, ms := trialOf(e, c.Set)
	err = protocol.Fits(&list[0], steps, ms)
	var m *protocol.Misfit
	if errors.As(err, &m) && list[0].Builtin {
		return m
	}
	return e.Wrap([]string{"input", "protocol"}, err)
}

// trialOf is how long a trial is under settings "key=value", of which the last counts.
func trialOf(e *spec.Experiment, set []string) (steps int, ms float64) {
	steps, ms = e.Steps, e.MSPerStep
	for _, s := range set {
		key, value, _ := strings.Cut(s, "=")
		switch strings.TrimSpace(key) {
		case "steps":
			if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil {
				steps = n
			}
		case "ms_per_step":
			if x, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
				ms = x
			}
		}
	}
	return steps, ms
}

// Fitting returns those of the conditions that fit their trials. Those of a built-in
// protocol that is named whole are left out where they do not, which left says; any other
// is an error, and so are conditions of which none fits.
func Fitting(e *spec.Experiment, list []conditions.Condition) (fit []conditions.Condition, left string, err error) {
	var out []*protocol.Misfit
	for _, c := range list {
		err := Misfit(e, c)
		var m *protocol.Misfit
		switch {
		case err == nil:
			fit = append(fit, c)
		case errors.As(err, &m) && c.Optional:
			out = append(out, &protocol.Misfit{Condition: c.Name, Steps: m.Steps, Why: m.Why})
		case errors.As(err, &m):
			return nil, "", fmt.Errorf("%s: %w", c.Name, err)
		default:
			return nil, "", err
		}
	}
	if len(fit) == 0 && len(out) > 0 {
		return nil, "", fmt.Errorf("%s: %w", out[0].Condition, out[0])
	}
	return fit, protocol.LeftOut(out), nil
}

// LeftOut says which conditions of built-in protocols do not fit their trials: of those that the
// experiment trains under, of its tables, and of those that a run tests or records. One of
// another protocol that does not fit is an error.
func LeftOut(e *spec.Experiment) (notes []string, err error) {
	trained := slices.Clone(e.Showing.Protocol)
	for _, s := range e.Streams {
		trained = append(trained, s.Protocol...)
	}
	for _, name := range trained {
		list, err := e.Copy().ConditionsOf(name)
		if err != nil {
			return nil, err
		}
		if _, left := protocol.Fitting(name, list, e.Steps, e.MSPerStep); len(left) > 0 {
			notes = append(notes, fmt.Sprintf("input.protocol %q: %s", name, protocol.LeftOut(left)))
		}
	}
	for _, c := range e.Conditions {
		_, left, err := Fitting(e, c.List)
		if err != nil {
			return nil, unplaced(e, []string{"condition", c.Name}, err)
		}
		if left != "" {
			notes = append(notes, fmt.Sprintf("condition.%s: %s", c.Name, left))
		}
	}
	for _, x := range []struct {
		table string
		names []string
	}{{"test", e.Testing.Condition}, {"record", e.Record.Condition}} {
		for _, name := range x.names {
			list, err := e.FindConditions([]string{name})
			if err != nil {
				return nil, err
			}
			_, left, err := Fitting(e, list)
			if err != nil {
				return nil, unplaced(e, []string{x.table, "condition"}, err)
			}
			if left = fmt.Sprintf("%s.condition %q: %s", x.table, name, left); !strings.HasSuffix(left, ": ") && name != "all" && !isTable(e, name) {
				notes = append(notes, left)
			}
		}
	}
	return notes, nil
}

// isTable reports whether a table of conditions has a name.
func isTable(e *spec.Experiment, name string) bool {
	return slices.ContainsFunc(e.Conditions, func(t conditions.Table) bool { return t.Name == name })
}

// unplaced places an error that has no place in the file yet.
func unplaced(e *spec.Experiment, at []string, err error) error {
	if errors.As(err, new(*decode.Fault)) {
		return err
	}
	return e.Fault(at, "%v", err)
}
