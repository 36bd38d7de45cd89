// Package lesions reads the lesions that a trained cortex is tested with: tables
// [lesion.NAME], and texts as on a command line.
package lesions

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex/lesion"
	"ventral/experiments/decode"
)

// Lesion is a table [lesion.NAME]. Gain and SD of its lesion are the first of the lists.
type Lesion struct {
	Name string
	lesion.Lesion
	Keys
}

// Keys are the keys of a table besides those of its lesion.
type Keys struct {
	Gains    Levels `toml:"gain" doc:"scale: factor on what is delivered; 0 silences. Each value of a list is a condition"`
	SDs      Levels `toml:"sd" doc:"noise: standard deviation, relative to that of what is delivered over images. Each value of a list is a condition"`
	Norms    string `toml:"norms" oneof:"both keep reestimate" doc:"statistics of batch norms that the lesion affects: as they were trained (keep), estimated again from training images under the lesion (reestimate), or a condition of each (both)"`
	Controls int    `toml:"controls" min:"0" max:"10000" doc:"scale: how many times random kernel weights of other connections into the same areas are removed instead, as many as remove the same mean squared drive; 0 never, else 20 or more"`
}

// Levels are numbers of a list, or one.
type Levels []float64

// New returns a lesion before anything is said of it: it cuts.
func New() Lesion {
	return Lesion{Lesion: lesion.New(), Keys: Keys{Gains: Levels{0}, SDs: Levels{1}, Norms: "both"}}
}

// Reestimates reports whether statistics of norms are estimated under the lesion.
func (l *Lesion) Reestimates() bool { return l.Norms == "reestimate" }

// Known is the cortex that lesions are of.
type Known struct {
	Areas       []areas.Area
	Connections []connectivity.Connection
	Lesions     []Lesion // of the file

	Idle func(name, selector string) bool                // a selector of the file may select nothing
	Hint func(found string, known []string) (did string) // you mean
}

// errNoConnection is the cause where a selector is right and selects nothing.
var errNoConnection = errors.New("selects no connection")

// Read reads [lesion.NAME].
func Read(s *decode.Source, v any, known Known) (list []Lesion, err error) {
	path := []string{"lesion"}
	if v == nil {
		return nil, nil
	}
	m, err := s.Table(path, v)
	if err != nil {
		return nil, err
	}
	for _, name := range s.Keys(path, m) {
		at := decode.Below(path, name)
		if !decode.FileName(name) || strings.ContainsAny(name, "[]=,") || slices.Contains(reserved, name) {
			return nil, s.FaultKey(at, "found %q, want a name that a file can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > | [ ] = , and none of %s", name, strings.Join(reserved, ", "))
		}
		own, err := s.Table(at, m[name])
		if err != nil {
			return nil, err
		}
		l, err := readOne(s, at, name, own, known)
		if err != nil {
			return nil, err
		}
		if len(l.Connections)+len(l.Channels) > 0 { // else it lies idle
			list = append(list, l)
		}
	}
	return list, nil
}

// words stand for several lesions in texts.
var words = []string{"all", "connections", "roles"}

// reserved are names that no lesion can have.
var reserved = append([]string{"none"}, words...)

func readOne(s *decode.Source, at []string, name string, own map[string]any, known Known) (Lesion, error) {
	l, idle := New(), false
	l.Name = name
	levels := func(to *Levels, wants string) decode.Hook {
		return func(at []string, v any) (err error) { *to, err = readLevels(s, at, v, wants); return err }
	}
	err := s.Bind(at, own, map[string]decode.Hook{
		"gain": levels(&l.Gains, "a number, such as 0.5, or a list of numbers"), "sd": levels(&l.SDs, "a number from 0, such as 0.5, or a list of these"),
		"connections": func(at []string, v any) error {
			texts, err := s.Texts(at, v)
			for i, text := range texts {
				x, err := selectorOf(text, known)
				if errors.Is(err, errNoConnection) && known.Idle(name, text) {
					idle = true
					continue
				}
				if err != nil {
					return s.Fault(decode.Element(at, i), "%v", err)
				}
				l.Connections = append(l.Connections, x)
			}
			return err
		},
		"channels": func(at []string, v any) error {
			texts, err := s.Texts(at, v)
			for i, text := range texts {
				x, err := channelsOf(text, known)
				if err != nil {
					return s.Fault(decode.Element(at, i), "%v", err)
				}
				l.Channels = append(l.Channels, x)
			}
			return err
		},
	}, &l.Lesion, &l.Keys)
	if err != nil {
		return l, err
	}
	for _, key := range s.Keys(at, own) {
		if err := l.reads(key); err != nil {
			return l, s.Fault(decode.Below(at, key), "%v", err)
		}
	}
	for i, sd := range l.SDs {
		if sd < 0 {
			return l, s.Fault(decode.Element(decode.Below(at, "sd"), i), "found %v, want 0 or more", sd)
		}
	}
	if len(l.Connections)+len(l.Channels) == 0 && !idle {
		return l, s.FaultKey(at, "the key \"connections\" is missing or empty, want connections such as [\"role:feedback\"], or channels such as [\"%s#0\"]", known.Areas[0].Name)
	}
	if err := l.checkControls(); err != nil {
		return l, s.Fault(decode.Below(at, "controls"), "%v", err)
	}
	l.Gain, l.SD = l.Gains[0], l.SDs[0]
	return l, nil
}

// read says which kinds read a key that not all read.
var read = map[string][]string{"gain": {lesion.Scale}, "sd": {lesion.Noise}, "at": {lesion.Freeze}, "seed": {lesion.Noise, lesion.Shuffle, lesion.Scale}, "controls": {lesion.Scale}}

// Reads reports whether the lesion's kind reads a key.
func (l *Lesion) Reads(key string) bool {
	return read[key] == nil || slices.Contains(read[key], l.Kind)
}

// reads reports a key that the lesion's kind does not read.
func (l *Lesion) reads(key string) error {
	if l.Reads(key) {
		return nil
	}
	return fmt.Errorf("kind = %q does not read it, kind = %q does; leave it out, or change the kind", l.Kind, read[key][0])
}

// checkControls reports a control that cannot be made.
func (l *Lesion) checkControls() error {
	switch {
	case l.Controls == 0:
		return nil
	case l.Controls < 20:
		return fmt.Errorf("found %d, want 0, or 20 or more: a percentile of fewer says little", l.Controls)
	case len(l.Channels) > 0:
		return fmt.Errorf("found %d beside channels, want connections alone: a control removes weights of other connections into the same areas", l.Controls)
	}
	return nil
}

// readLevels reads a number or a list of numbers, each once.
func readLevels(s *decode.Source, at []string, v any, wants string) (list Levels, err error) {
	several, ok := v.([]any)
	if !ok {
		several = []any{v}
	}
	for i, v := range several {
		place := at
		if ok {
			place = decode.Element(at, i)
		}
		x := 0.0
		switch v := v.(type) {
		case int64:
			x = float64(v)
		case float64:
			x = v
		default:
			return nil, s.Fault(place, "found %s, want %s", decode.Described(v), wants)
		}
		switch {
		case x-x != 0:
			return nil, s.Fault(place, "found %v, want a finite number", x)
		case slices.Contains(list, x):
			return nil, s.Fault(place, "found %v twice, want each once", x)
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		return nil, s.Fault(at, "found an empty list, want %s", wants)
	}
	return list, nil
}

// selectorOf reads a selector that selects some connection.
func selectorOf(text string, known Known) (connectivity.Selector, error) {
	x, err := connectivity.ParseSelector(text)
	if err != nil {
		return x, err
	}
	var names []string
	for i := range known.Connections {
		if x.Selects(&known.Connections[i]) {
			return x, nil
		}
		names = append(names, known.Connections[i].Name)
	}
	return x, fmt.Errorf("%q %w%s", text, errNoConnection, known.Hint(strings.Split(text, "@")[0], names))
}

// channelsOf reads channels of an area that is there.
func channelsOf(text string, known Known) (lesion.Channels, error) {
	x, err := lesion.ParseChannels(text)
	if err != nil {
		return x, err
	}
	var names []string
	for _, a := range known.Areas {
		if x.Area == a.Name || x.Signal != "" && x.Selects(a.Name, "") {
			return x, nil
		}
		names = append(names, a.Name)
	}
	return x, fmt.Errorf("%q: no area is called %q%s", text, x.Area, known.Hint(x.Area, names))
}
