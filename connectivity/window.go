package connectivity

import (
	"fmt"
	"strconv"
	"strings"
)

// Window is a range of time slices at which a signal arrives, both ends
// included. The zero Window is every slice.
type Window struct {
	From int
	To   int  // ignored where Open
	Open bool // no end
	set  bool
}

// Always is the window of every slice.
func Always() Window { return Window{Open: true, set: true} }

// Between returns the window from..to.
func Between(from, to int) Window { return Window{From: from, To: to, set: true} }

// ParseWindow reads "a..b", "a..", "..b" or "a".
func ParseWindow(text string) (Window, error) {
	bad := fmt.Errorf("found window %q, want \"a..b\", \"a..\", \"..b\" or \"a\" with whole slices from 0", text)
	from, to, ranged := strings.Cut(strings.TrimSpace(text), "..")
	w := Window{set: true}
	var err error
	if from != "" || !ranged {
		if w.From, err = strconv.Atoi(from); err != nil || w.From < 0 || w.From > 1<<20 {
			return w, bad
		}
	}
	switch {
	case !ranged:
		w.To = w.From
	case to == "":
		w.Open = true
	default:
		if w.To, err = strconv.Atoi(to); err != nil || w.To < 0 || w.To > 1<<20 {
			return w, bad
		}
		if w.To < w.From {
			return w, fmt.Errorf("found window %q, which ends before it begins; want %q", text, fmt.Sprintf("%d..%d", w.To, w.From))
		}
	}
	return w, nil
}

// UnmarshalText reads what ParseWindow reads.
func (w *Window) UnmarshalText(text []byte) (err error) {
	*w, err = ParseWindow(string(text))
	return err
}

// MarshalText writes what String returns.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// Has reports whether slice t lies in the window.
func (w Window) Has(t int) bool { return !w.set || t >= w.From && (w.Open || t <= w.To) }

// Meets reports whether two windows have a slice in common.
func (w Window) Meets(v Window) bool {
	if !w.set || !v.set {
		return true
	}
	return (w.Open || v.From <= w.To) && (v.Open || w.From <= v.To)
}

// Cut returns the part of w in slices 0 … steps-1; ok is false where none is.
func (w Window) Cut(steps int) (from, to int, ok bool) {
	from, to = w.From, steps-1
	if w.set && !w.Open {
		to = min(to, w.To)
	}
	return from, to, from <= to
}

// String returns the window as written in an experiment file.
func (w Window) String() string {
	switch {
	case !w.set:
		return "0.."
	case w.Open:
		return fmt.Sprintf("%d..", w.From)
	case w.From == w.To:
		return strconv.Itoa(w.From)
	}
	return fmt.Sprintf("%d..%d", w.From, w.To)
}
