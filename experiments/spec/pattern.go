package spec

import (
	"fmt"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/experiments/decode"
)

// pattern reads pattern or matrix.
func (r *connectionReader) pattern(root map[string]any) ([]*link, error) {
	v, ok := root["pattern"]
	m, both := root["matrix"]
	if empty, table := m.(map[string]any); table && len(empty) == 0 {
		both = false // taken away
	}
	switch p, m := rank(r.Source, "pattern"), rank(r.Source, "matrix"); {
	case !ok || !both:
	case p > m:
		both = false // the one of the higher rank decides
	case m > p:
		ok = false
	}
	if both {
		if ok {
			return nil, r.FaultKey([]string{"matrix"}, "found beside \"pattern\", want one of the two")
		}
		x := matrixReader{r.Source, r.e, r.transforms}
		if rank(r.Source, "matrix") > byFile && r.matrixOfFile != nil {
			links, _ := x.links(r.matrixOfFile) // what is wrong with it is a fault of the file alone
			r.made = linkNames(links)
		}
		return x.links(m)
	}
	if !ok {
		return nil, nil
	}
	names, err := r.Texts([]string{"pattern"}, v)
	if err != nil {
		return nil, err
	}
	var links []*link
	seen := map[connectivity.Pair]bool{}
	for i, name := range names {
		at := []string{"pattern"}
		if _, ok := v.([]any); ok {
			at = decode.Element(at, i)
		}
		pairs, err := connectivity.Pattern(name, len(r.e.Areas))
		if err != nil {
			return nil, r.Fault(at, "found %q, want some of %s%s", name, strings.Join(connectivity.Patterns, ", "), Near(name, connectivity.Patterns))
		}
		for _, p := range pairs {
			if !seen[p] {
				seen[p] = true
				links = append(links, &link{name: r.e.Areas[p.From].Name + "->" + r.e.Areas[p.To].Name, from: p.From, to: p.To, by: at})
			}
		}
	}
	return links, nil
}

// Ranks of what writes a key: a pattern in place of the file's own decides which
// connections exist, whatever tables of a lower rank say of others.
const (
	byFile = iota
	byVariant
	bySet
)

// rank returns the highest rank of what wrote a path or anything below it.
func rank(s *decode.Source, path ...string) int {
	rank := byFile
	s.Changed(path, func(o decode.Origin) {
		if o.Set != "" {
			rank = bySet
		}
		rank = max(rank, byVariant)
	})
	return rank
}

// idle reports whether what the file says at path of a connection that is not
// there lies idle, and notes it: the connection is one that the file makes, and a
// variant or --set has put a pattern without it in place of the file's.
func (r *connectionReader) idle(name string, path ...string) bool {
	what, most := "pattern", rank(r.Source, "pattern")
	if m := rank(r.Source, "matrix"); m > most {
		what, most = "matrix", m
	}
	if most <= rank(r.Source, path...) || what == "matrix" && !slices.Contains(r.made, name) {
		return false
	}
	by := "--set"
	if most == byVariant {
		by = "variant " + r.e.Variant
	}
	r.e.note("%s lies idle: %s has a %s without %s", decode.Dotted(path), by, what, name)
	return true
}

// note adds what a reader of the file should know and is no fault.
func (e *Experiment) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(e.Notes, text) {
		e.Notes = append(e.Notes, text)
	}
}

// noteHeld notes areas whose bias is added to a state that an identity brings
// back, so that it adds up over slices.
func noteHeld(e *Experiment) {
	for i := range e.Matrix.Connections {
		c := &e.Matrix.Connections[i]
		if c.Transform.Kind() != "identity" || c.From != c.To || !slices.Contains(c.Driven(), areas.Drive) || c.Signal() == areas.Response {
			continue
		}
		if a := e.Areas[slices.Index(areaNames(e.Areas), c.To)]; a.Dynamics.Layout().Bias == "area" {
			e.note("%s brings the state of %s back, and the area's bias is added to it again at every slice, so that it adds up; bias = \"connection\" or \"absent\" for the area avoids that", c.Name, c.To)
		}
	}
}
