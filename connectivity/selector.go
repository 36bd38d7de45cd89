package connectivity

import (
	"fmt"
	"slices"
	"strings"
)

// Selector names connections, perhaps within a window: "V1->V2" (every
// connection between the two), "V1->V2 late", "V1->V2@2..8",
// "role:feedback@3..6", "area:IT" (every connection into or out of IT), "connection:V1->V2"
// (the one of that name alone).
type Selector struct {
	Text   string
	Name   string // of a connection, or "FROM->TO" for all between a pair
	Only   bool   // of that name alone
	Role   string
	Area   string
	Window Window
}

// ParseSelector reads a selector.
func ParseSelector(text string) (Selector, error) {
	s := Selector{Text: text, Window: Always()}
	what, window, windowed := strings.Cut(text, "@")
	if windowed {
		var err error
		if s.Window, err = ParseWindow(window); err != nil {
			return s, err
		}
	}
	switch kind, name, ok := strings.Cut(what, ":"); {
	case ok && kind == "role":
		s.Role = name
		if !slices.Contains(Roles, name) {
			return s, fmt.Errorf("found role %q, want one of %s", name, strings.Join(Roles, ", "))
		}
	case ok && kind == "area" && name != "":
		s.Area = name
	case ok && kind == "connection":
		if _, _, _, err := ParseName(name); err != nil {
			return s, err
		}
		s.Name, s.Only = name, true
	default:
		if _, _, _, err := ParseName(what); err != nil {
			return s, fmt.Errorf("found selector %q, want \"FROM->TO\", \"role:ROLE\" or \"area:AREA\", perhaps followed by \"@a..b\"", text)
		}
		s.Name = what
	}
	return s, nil
}

// UnmarshalText reads what ParseSelector reads.
func (s *Selector) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSelector(string(text))
	return err
}

// MarshalText writes the selector as it was read.
func (s Selector) MarshalText() ([]byte, error) { return []byte(s.Text), nil }

// Selects reports whether c is selected at some step.
func (s Selector) Selects(c *Connection) bool {
	switch {
	case s.Role != "":
		return c.Role == s.Role
	case s.Area != "":
		return c.From == s.Area || c.To == s.Area
	}
	return c.Name == s.Name || !s.Only && c.From+"->"+c.To == s.Name && c.Role != Self
}
