package cortex

import (
	"fmt"
	"sort"
	"strings"

	"ventral/connectivity"
)

// Slices is a choice of time slices: "15", "1..15", "4..", "0,2,4..7", or "any
// of 1..15", which draws one of them for each batch.
type Slices struct {
	Any   bool
	Parts []connectivity.Range
}

// ParseSlices reads a choice of slices.
func ParseSlices(text string) (Slices, error) {
	var s Slices
	rest, any := strings.CutPrefix(strings.TrimSpace(text), "any of ")
	s.Any = any
	for _, part := range strings.Split(rest, ",") {
		w, err := connectivity.ParseRange(part)
		if err != nil {
			return s, fmt.Errorf("found slices %q, want \"a\", \"a..b\", \"a..\", a list of these with commas, or \"any of a..b\"", text)
		}
		s.Parts = append(s.Parts, w)
	}
	return s, nil
}

// At returns the choice of the given slices.
func At(slices ...int) Slices {
	var s Slices
	for _, t := range slices {
		s.Parts = append(s.Parts, connectivity.Range{From: t, To: t})
	}
	return s
}

// UnmarshalText reads what ParseSlices reads.
func (s *Slices) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSlices(string(text))
	return err
}

// MarshalText writes what String returns.
func (s Slices) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String returns the choice as written in an experiment file.
func (s Slices) String() string {
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

// List returns the chosen slices below steps, rising. A slice that is named and
// does not exist is an error.
func (s Slices) List(steps int) ([]int, error) {
	chosen := map[int]bool{}
	for _, w := range s.Parts {
		if w.From >= steps || !w.Open && w.To >= steps {
			return nil, fmt.Errorf("found slices %q, the experiment has slices 0..%d (steps = %d)", s, steps-1, steps)
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
