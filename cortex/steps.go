package cortex

import (
	"fmt"
	"sort"
	"strings"

	"ventral/connectivity"
)

// Steps is a choice of time steps: "15", "1..15", "4..", "0,2,4..7", or "any
// of 1..15", which draws one of them for each batch.
type Steps struct {
	Any   bool
	Parts []connectivity.Range
}

// ParseSteps reads a choice of steps.
func ParseSteps(text string) (Steps, error) {
	var s Steps
	rest, any := strings.CutPrefix(strings.TrimSpace(text), "any of ")
	s.Any = any
	for _, part := range strings.Split(rest, ",") {
		w, err := connectivity.ParseRange(part)
		if err != nil {
			return s, fmt.Errorf("found steps %q, want \"a\", \"a..b\", \"a..\", a list of these with commas, or \"any of a..b\"", text)
		}
		s.Parts = append(s.Parts, w)
	}
	return s, nil
}

// At returns the choice of the given steps.
func At(steps ...int) Steps {
	var s Steps
	for _, t := range steps {
		s.Parts = append(s.Parts, connectivity.Range{From: t, To: t})
	}
	return s
}

// UnmarshalText reads what ParseSteps reads.
func (s *Steps) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSteps(string(text))
	return err
}

// MarshalText writes what String returns.
func (s Steps) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String returns the choice as written in an experiment file.
func (s Steps) String() string {
	parts := make([]string, len(s.Parts))
	for i, w := range s.Parts {
		parts[i] = w.String()
	}
	text := strings.Join(parts, ",")
	if s.Any {
		text = "any of " + text
	}
	return text
}

// List returns the chosen steps below steps, rising. A step that is named and
// does not exist is an error.
func (s Steps) List(steps int) ([]int, error) {
	chosen := map[int]bool{}
	for _, w := range s.Parts {
		if w.From >= steps || !w.Open && w.To >= steps {
			return nil, fmt.Errorf("found steps %q, the experiment has steps 0..%d (steps = %d)", s, steps-1, steps)
		}
		for t := w.From; t < steps && (w.Open || t <= w.To); t++ {
			chosen[t] = true
		}
	}
	list := make([]int, 0, len(chosen))
	for t := range chosen {
		list = append(list, t)
	}
	sort.Ints(list)
	return list, nil
}
