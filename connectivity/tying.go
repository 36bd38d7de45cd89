package connectivity

import (
	"fmt"
	"strings"
)

// Tying says how the weights of a connection are tied over time: "tied", one set
// of weights for all steps; "untied", one for each step; "tied ..k", one for
// the steps up to k and one for each step beyond. Empty follows the more
// general rule, in the end "tied".
type Tying string

// until returns the last step up to which weights are tied.
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
	return 0, fmt.Errorf("found %q, want \"tied\", \"untied\", or \"tied ..k\" with the last step that shares", string(t))
}

// Until returns the last step of a rule "tied ..k"; ok is false of other rules.
func (t Tying) Until() (step int, ok bool) {
	step, err := t.until()
	return step, err == nil && strings.HasPrefix(string(t), "tied ")
}

// Check reports a rule that cannot be read.
func (t Tying) Check() error {
	_, err := t.until()
	return err
}

// Step returns what untying adds to a name at a step: "" where tied.
func (t Tying) Step(step int) string {
	if until, err := t.until(); err != nil || step <= until {
		return ""
	}
	return fmt.Sprintf("@%d", step)
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
	return `"tied", "untied", or "tied ..k" with the last step that shares`
}
