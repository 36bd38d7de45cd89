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
func (r *reader) pattern(root map[string]any) ([]*link, error) {
	v, ok := root["pattern"]
	m, both := root["matrix"]
	if empty, table := m.(map[string]any); table && len(empty) == 0 {
		both = false // taken away
	}
	switch p, m := r.rank("pattern"), r.rank("matrix"); {
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
		if r.rank("matrix") > byFile && r.matrixOfFile != nil {
			links, _ := r.matrix([]string{"matrix"}, r.matrixOfFile) // what is wrong with it is a fault of the file alone
			r.made = linkNames(links)
		}
		return r.matrix([]string{"matrix"}, m)
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
			at = append(at, fmt.Sprintf("#%d", i))
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
func (r *reader) rank(path ...string) int {
	rank := byFile
	r.Changed(path, func(o decode.Origin) {
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
func (r *reader) idle(name string, path ...string) bool {
	what, rank := "pattern", r.rank("pattern")
	if m := r.rank("matrix"); m > rank {
		what, rank = "matrix", m
	}
	if rank <= r.rank(path...) || what == "matrix" && !slices.Contains(r.made, name) {
		return false
	}
	by := "--set"
	if rank == byVariant {
		by = "variant " + r.e.Variant
	}
	r.note("%s lies idle: %s has a %s without %s", decode.Dotted(path), by, what, name)
	return true
}

// note adds what a reader of the file should know and is no fault.
func (r *reader) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(r.e.Notes, text) {
		r.e.Notes = append(r.e.Notes, text)
	}
}

// noteHeld notes areas whose bias is added to a state that an identity brings
// back, so that it adds up over slices.
func (r *reader) noteHeld() {
	for i := range r.e.Matrix.Connections {
		c := &r.e.Matrix.Connections[i]
		if c.Transform.Kind() != "identity" || c.From != c.To || !slices.Contains(c.Driven(), areas.Drive) || c.Signal() == areas.Response {
			continue
		}
		if a := r.e.Areas[slices.Index(r.names(), c.To)]; a.Dynamics.Layout().Bias == "area" {
			r.note("%s brings the state of %s back, and the area's bias is added to it again at every slice, so that it adds up; bias = \"connection\" or \"absent\" for the area avoids that", c.Name, c.To)
		}
	}
}
