package spec

import (
	"slices"
	"strings"

	"ventral/connectivity"
	"ventral/experiments/decode"
)

// without removes the connections that selectors name, and the shortcuts that
// belong to them.
func (r *connectionReader) without(v any) error {
	if v == nil {
		return nil
	}
	texts, err := r.Texts([]string{"without"}, v)
	if err != nil {
		return err
	}
	for i, text := range texts {
		at := []string{"without"}
		if _, ok := v.([]any); ok {
			at = decode.Element(at, i)
		}
		sel, err := connectivity.ParseSelector(text)
		if err != nil {
			return r.Fault(at, "%v%s", err, nearRole(text))
		}
		if strings.Contains(text, "@") {
			return r.Fault(at, "found %q, connections are removed whole; give them a window instead", text)
		}
		removed := map[string]bool{}
		for j := range r.e.Matrix.Connections {
			c := &r.e.Matrix.Connections[j]
			// The pair stands for all between the two, identities among them.
			if sel.Selects(c) || sel.Name == c.From+"->"+c.To {
				removed[c.Name] = true
			}
		}
		if len(removed) == 0 {
			if r.idle(text, at[:1]...) {
				continue
			}
			return r.Fault(at, "%q selects no connection%s", text, Near(text, connectionNames(r.e.Matrix.Connections)))
		}
		r.e.Matrix.Connections = slices.DeleteFunc(r.e.Matrix.Connections, func(c connectivity.Connection) bool {
			return removed[c.Name] || removed[r.shortcuts[c.Name]]
		})
		noteLeft(r.e, removed)
	}
	return nil
}
