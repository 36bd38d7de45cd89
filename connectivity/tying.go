package connectivity

import (
	"fmt"
	"strings"
)

// Tying says how the weights of a connection are tied over time: "tied", one set
// of weights for all slices; "untied", one for each slice; "tied ..k", one for
// the slices up to k and one for each slice beyond. Empty follows the more
// general rule, in the end "tied".
type Tying string

// until returns the last slice up to which weights are tied.
func (t Tying) until() (int, error) {
	switch {
	case t == "tied" || t == "":
		return 1 << 30, nil
	case t == "untied":
		return -1, nil
	case strings.HasPrefix(string(t), "tied ..") || strings.HasPrefix(string(t), "tied 0.."):
		r, err := ParseRange(strings.TrimPrefix(string(t), "tied "))
		if err == nil && !r.Open {
			return r.To, nil
		}
	}
	return 0, fmt.Errorf("found %q, want \"tied\", \"untied\", or \"tied ..k\" with the last slice that shares", string(t))
}

// Until returns the last slice of a rule "tied ..k"; ok is false of other rules.
func (t Tying) Until() (slice int, ok bool) {
	slice, err := t.until()
	return slice, err == nil && strings.HasPrefix(string(t), "tied ")
}

// Check reports a rule that cannot be read.
func (t Tying) Check() error {
	_, err := t.until()
	return err
}

// Slice returns what untying adds to a name at a slice: "" where tied.
func (t Tying) Slice(slice int) string {
	if until, err := t.until(); err != nil || slice <= until {
		return ""
	}
	return fmt.Sprintf("@%d", slice)
}

// UnmarshalText reads a rule.
func (t *Tying) UnmarshalText(text []byte) error {
	*t = Tying(text)
	return t.Check()
}

// MarshalText writes the rule.
func (t Tying) MarshalText() ([]byte, error) { return []byte(t), nil }

// Want says which texts there are, for whoever found no text.
func (*Tying) Want() string {
	return `"tied", "untied", or "tied ..k" with the last slice that shares`
}
