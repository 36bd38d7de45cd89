package spec

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/decode"
)

// Lesion is a table [lesion.NAME]: a lesion that a trained cortex can be shown with.
type Lesion struct {
	Name string
	cortex.Lesion
}

// NewLesion is a lesion before a file says anything of it.
func NewLesion() cortex.Lesion { return cortex.Lesion{Steps: connectivity.Always()} }

// readLesions reads [lesion.NAME] of an experiment whose connections are known.
func readLesions(s *decode.Source, v any, e *Experiment) ([]Lesion, error) {
	path := []string{"lesion"}
	if v == nil {
		return nil, nil
	}
	m, err := s.Table(path, v)
	if err != nil {
		return nil, err
	}
	var list []Lesion
	for _, name := range s.Keys(path, m) {
		at := decode.Below(path, name)
		if !decode.FileName(name) {
			return nil, s.FaultKey(at, "found %q, want a name that a file can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > |", name)
		}
		own, err := s.Table(at, m[name])
		if err != nil {
			return nil, err
		}
		l, idle := Lesion{name, NewLesion()}, false
		err = s.Bind(at, own, map[string]decode.Hook{"connections": func(at []string, v any) error {
			texts, err := s.Texts(at, v)
			if err != nil {
				return err
			}
			for i, text := range texts {
				x, err := selectorOf(text, e)
				if errors.Is(err, errNoConnection) && idleLesion(s, e, name, text) {
					idle = true
					continue
				}
				if err != nil {
					return s.Fault(decode.Element(at, i), "%v", err)
				}
				l.Connections = append(l.Connections, x)
			}
			return nil
		}}, &l.Lesion)
		if err != nil {
			return nil, err
		}
		if len(l.Connections) == 0 && idle {
			continue
		}
		if len(l.Connections) == 0 {
			return nil, s.FaultKey(at, "the key \"connections\" is missing or empty, want connections such as [\"role:feedback\"]")
		}
		list = append(list, l)
	}
	return list, nil
}

// selectorOf reads a selector that selects some connection.
func selectorOf(text string, e *Experiment) (connectivity.Selector, error) {
	x, err := connectivity.ParseSelector(text)
	if err != nil {
		return x, err
	}
	var names []string
	for i := range e.Matrix.Connections {
		c := &e.Matrix.Connections[i]
		if x.Selects(c) {
			return x, nil
		}
		names = append(names, c.Name)
	}
	return x, fmt.Errorf("%q %w%s", text, errNoConnection, Meant(strings.Split(text, "@")[0], names))
}

// errNoConnection is the cause where a selector is right and selects nothing.
var errNoConnection = errors.New("selects no connection")

// idleLesion reports whether a selector of the file's lesion lies idle, and notes it:
// a variant or --set has changed which connections there are.
func idleLesion(s *decode.Source, e *Experiment, name, selector string) bool {
	most := byFile
	for _, key := range []string{"pattern", "matrix", "connection", "without"} {
		most = max(most, rank(s, key))
	}
	if most <= rank(s, "lesion", name) {
		return false
	}
	e.note("lesion.%s lies idle: %s leaves no connection that %q selects", name, changer(e, most), selector)
	return true
}

// ParseLesion reads a lesion as it is written on a command line: the name of one of
// the experiment's, or selectors with gain=G and steps=WINDOW, as in
// "IT->V4@4.. gain=0.5". Without a gain it silences.
func (e *Experiment) ParseLesion(text string) (Lesion, error) {
	if i := slices.IndexFunc(e.Lesions, func(l Lesion) bool { return l.Name == text }); i >= 0 {
		return e.Lesions[i], nil
	}
	l := Lesion{text, NewLesion()}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		key, value, ok := strings.Cut(word, "=")
		var err error
		switch {
		case ok && key == "gain":
			if l.Gain, err = strconv.ParseFloat(value, 64); err != nil || math.IsNaN(l.Gain) || math.IsInf(l.Gain, 0) {
				return l, fmt.Errorf("lesion %q: gain: found %q, want a finite number", text, value)
			}
		case ok && key == "steps":
			if l.Steps, err = connectivity.ParseWindow(value); err != nil {
				return l, fmt.Errorf("lesion %q: steps: %w", text, err)
			}
		case ok:
			return l, fmt.Errorf("lesion %q: found %q, want gain=G or steps=WINDOW", text, word)
		default:
			x, err := selectorOf(word, e)
			if err != nil {
				return l, fmt.Errorf("lesion %q: %w%s", text, err, knownLesions(e))
			}
			l.Connections = append(l.Connections, x)
		}
	}
	if len(l.Connections) == 0 {
		return l, fmt.Errorf("lesion %q: found no connections, want some, as in \"role:feedback gain=0\"%s", text, knownLesions(e))
	}
	return l, nil
}

// knownLesions names those of the experiment.
func knownLesions(e *Experiment) string {
	if len(e.Lesions) == 0 {
		return ""
	}
	var names []string
	for _, l := range e.Lesions {
		names = append(names, l.Name)
	}
	return "; lesions of the experiment: " + strings.Join(names, ", ")
}

// lesions writes them.
func (w *writer) lesions(list []Lesion) {
	for _, l := range list {
		w.head("lesion", l.Name)
		w.fields(&l.Lesion)
	}
}
