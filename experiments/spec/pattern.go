package spec

import (
	"strings"

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
