package spec

import (
	"slices"

	"ventral/experiments/decode"
)

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
	r.e.note("%s lies idle: %s has a %s without %s", decode.Dotted(path), changer(r.e, most), what, name)
	return true
}

// changer names what changed the file at a rank.
func changer(e *Experiment, rank int) string {
	if rank == byVariant {
		return "variant " + e.Variant
	}
	return "--set"
}
