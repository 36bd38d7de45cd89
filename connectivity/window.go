package connectivity

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
)

// Window is a choice of time steps at which a signal arrives: ranges that rise
// and do not touch. The zero Window is every step.
type Window struct{ ranges []Range }

// Range is a range of time steps, both ends included.
type Range struct {
	From int
	To   int  // ignored where Open
	Open bool // no end
}

// Has reports whether step t lies in the range.
func (r Range) Has(t int) bool { return t >= r.From && (r.Open || t <= r.To) }

// String returns the range as written in an experiment file.
func (r Range) String() string {
	switch {
	case r.Open:
		return fmt.Sprintf("%d..", r.From)
	case r.From == r.To:
		return strconv.Itoa(r.From)
	}
	return fmt.Sprintf("%d..%d", r.From, r.To)
}

// ParseRange reads "a..b", "a..", "..b" or "a".
func ParseRange(text string) (Range, error) {
	bad := fmt.Errorf("found window %q, want \"a..b\", \"a..\", \"..b\", \"a\" or a list of these with commas, with whole steps from 0", text)
	from, to, ranged := strings.Cut(strings.TrimSpace(text), "..")
	var r Range
	var err error
	if from != "" || !ranged {
		if r.From, err = strconv.Atoi(from); err != nil || r.From < 0 || r.From > 1<<20 {
			return r, bad
		}
	}
	switch {
	case !ranged:
		r.To = r.From
	case to == "":
		r.Open = true
	default:
		if r.To, err = strconv.Atoi(to); err != nil || r.To < 0 || r.To > 1<<20 {
			return r, bad
		}
		if r.To < r.From {
			return r, fmt.Errorf("found window %q, which ends before it begins; want %q", text, fmt.Sprintf("%d..%d", r.To, r.From))
		}
	}
	return r, nil
}

// Always is the window of every step.
func Always() Window { return Window{} }

// Between returns the window from..to.
func Between(from, to int) Window { return WindowOf(Range{From: from, To: to}) }

// WindowOf returns the window of the steps that some range has. It needs at
// least one.
func WindowOf(ranges ...Range) Window {
	if len(ranges) == 0 {
		panic("connectivity: a window of no ranges")
	}
	list := append([]Range(nil), ranges...)
	sort.Slice(list, func(i, j int) bool { return list[i].From < list[j].From })
	merged := list[:1]
	for _, r := range list[1:] {
		last := &merged[len(merged)-1]
		switch {
		case last.Open:
		case r.From > last.To+1:
			merged = append(merged, r)
		default:
			last.To, last.Open = max(last.To, r.To), r.Open
		}
	}
	if merged[0].From == 0 && merged[0].Open {
		return Window{}
	}
	return Window{merged}
}

// ParseWindow reads a range, "a..b", "a..", "..b" or "a", or several with
// commas, "0..2,6..".
func ParseWindow(text string) (Window, error) {
	var ranges []Range
	for _, part := range strings.Split(text, ",") {
		r, err := ParseRange(part)
		if err != nil {
			return Window{}, err
		}
		ranges = append(ranges, r)
	}
	return WindowOf(ranges...), nil
}

// UnmarshalText reads what ParseWindow reads.
func (w *Window) UnmarshalText(text []byte) (err error) {
	*w, err = ParseWindow(string(text))
	return err
}

// MarshalText writes what String returns.
func (w Window) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// Ranges returns the ranges of the window: rising, with steps between them.
func (w Window) Ranges() []Range {
	if w.ranges == nil {
		return []Range{{Open: true}}
	}
	return w.ranges
}

// Has reports whether step t lies in the window.
func (w Window) Has(t int) bool {
	if w.ranges == nil {
		return true
	}
	for _, r := range w.ranges {
		if r.Has(t) {
			return true
		}
	}
	return false
}

// And returns the window of the steps that both have; ok is false where there
// are none.
func (w Window) And(v Window) (both Window, ok bool) {
	var ranges []Range
	for _, a := range w.Ranges() {
		for _, b := range v.Ranges() {
			r := Range{From: max(a.From, b.From), To: b.To, Open: a.Open && b.Open}
			if !a.Open && (b.Open || a.To < b.To) {
				r.To = a.To
			}
			if r.Open || r.From <= r.To {
				ranges = append(ranges, r)
			}
		}
	}
	if ranges == nil {
		return Window{}, false
	}
	return WindowOf(ranges...), true
}

// Meets reports whether two windows have a step in common.
func (w Window) Meets(v Window) bool {
	_, ok := w.And(v)
	return ok
}

// Cut returns the first and the last of the steps 0 … steps-1 in w; ok is false
// where there are none.
func (w Window) Cut(steps int) (from, to int, ok bool) {
	in, ok := w.And(Between(0, steps-1))
	if !ok || steps < 1 {
		return 0, 0, false
	}
	list := in.Ranges()
	return list[0].From, list[len(list)-1].To, true
}

// String returns the window as written in an experiment file.
func (w Window) String() string {
	var parts []string
	for _, r := range w.Ranges() {
		parts = append(parts, r.String())
	}
	return strings.Join(parts, ",")
}
