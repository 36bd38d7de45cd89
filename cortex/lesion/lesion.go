package lesion

import (
	"fmt"
	"math"
	"strconv"

	"ventral/connectivity"
)

// Kinds of lesion.
const (
	Scale   = "scale"   // x becomes Gain·x: 0 cuts, between 0 and 1 cools, above 1 stimulates
	Noise   = "noise"   // x becomes x + SD·σ·ε, of independent normal ε
	Freeze  = "freeze"  // x becomes what it was at a step, or its mean over images
	Shuffle = "shuffle" // x becomes that of another image
)

// Lesion changes what connections deliver to their targets, or what areas send, while
// weights stay as they are. Norms keep their statistics unless they are estimated again.
//
// With Kind Noise, σ is the standard deviation, over images, of what the intact cortex
// delivers there at that step, a root mean square over units. Means over images are of
// the intact cortex, too; so is what another image brings by Shuffle.
//
// A silenced connection still delivers zeros: its target does not fall silent, and a
// multiplicative one leaves the other drives as they are.
type Lesion struct {
	Kind        string                  `toml:"kind" oneof:"scale noise freeze shuffle" doc:"scale multiplies by gain; noise adds normal noise; freeze holds the value of a step or the mean over images; shuffle gives each image what another one evokes"`
	Connections []connectivity.Selector `toml:"connections" doc:"connections whose deliveries change: \"V2->V1\", \"role:feedback\", \"area:IT\", with \"@a..b\" for a window of their own; an identity must be named, or called role:self"`
	Channels    []Channels              `toml:"channels" omit:"empty" doc:"channels of areas that change for all who read them: \"V4#3,17\", \"V4.response#0..7\", \"V4\" for all of them, with \"@a..b\" for a window of their own"`
	Steps       connectivity.Window     `toml:"steps" doc:"time steps at which it acts: those at which signals arrive, or of channels, are read; all by default"`
	Gain        float64
	SD          float64
	At          At  `toml:"at" doc:"freeze: the step whose value is held, or \"mean\", the mean over images at each step"`
	Seed        int `toml:"seed" min:"0" doc:"noise and shuffle: what is drawn"`
}

// New returns a lesion before anything is said of it: it cuts, at all steps.
func New() Lesion { return Lesion{Kind: Scale, Steps: connectivity.Always(), SD: 1, At: Mean} }

// Replaces reports whether nothing stays of what is there at step t.
func (l *Lesion) Replaces(t int) bool {
	return l.Kind == Freeze && int(l.At) != t || l.Kind == Shuffle
}

// Given reports whether the lesion takes numbers from an input port.
func (l *Lesion) Given() bool {
	return l.Kind == Noise || l.Kind == Shuffle || l.Kind == Freeze && l.At == Mean
}

// Hits reports whether the lesion acts on what connection c delivers at step t.
func (l *Lesion) Hits(c *connectivity.Connection, t int) bool {
	for _, s := range l.Connections {
		if l.By(s, c, t) {
			return true
		}
	}
	return false
}

// By reports whether it does so by one of its selectors.
func (l *Lesion) By(s connectivity.Selector, c *connectivity.Connection, t int) bool {
	if c.Role == connectivity.Self && s.Area != "" {
		return false
	}
	return s.Selects(c) && s.Window.Has(t) && l.Steps.Has(t)
}

// Of returns which channels of a signal of an area the lesion acts on at step t: a list
// without elements for all; ok is false where it acts on none.
func (l *Lesion) Of(area, signal string, channels, t int) (list []int, ok bool) {
	chosen := make([]bool, channels)
	for _, s := range l.Channels {
		if !s.Selects(area, signal) || !s.Window.Has(t) || !l.Steps.Has(t) {
			continue
		}
		if s.Ranges == nil {
			return nil, true
		}
		for _, r := range s.Ranges {
			for c := r.From; c <= r.To && c < channels; c++ {
				chosen[c] = true
			}
		}
		ok = true
	}
	for c, x := range chosen {
		if x {
			list = append(list, c)
		}
	}
	if len(list) == channels {
		list = nil
	}
	return list, ok
}

// At is what Freeze holds: the value of a step, or Mean.
type At int

// Mean is the mean over images, at each step its own.
const Mean At = -1

// UnmarshalText reads a step or "mean".
func (a *At) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	switch {
	case string(text) == "mean":
		*a = Mean
	case err == nil && n >= 0 && n <= math.MaxInt32:
		*a = At(n)
	default:
		return fmt.Errorf("found %q, want a step, such as 2, or \"mean\"", text)
	}
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (a At) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// String writes what UnmarshalText reads.
func (a At) String() string {
	if a == Mean {
		return "mean"
	}
	return strconv.Itoa(int(a))
}
