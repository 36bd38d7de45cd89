package decode

import (
	"strings"

	"github.com/BurntSushi/toml"
)

// ParseSet reads "key=value", as --set has it. A word without quotes is text. An
// error is a *Fault.
func ParseSet(set string) (path []string, v any, err error) {
	name := "--set " + set
	if err := bounds(name, set); err != nil {
		return nil, nil, &Fault{File: "--set", Message: err.(*Fault).Message}
	}
	path, end := SplitKey(set)
	if end >= len(set) || set[end] != '=' || len(path) == 0 || path[0] == "" {
		if strings.Contains(set, "->") {
			return nil, nil, &Fault{File: name, Message: "the name of a connection needs quotes, as in 'connection.\"V2->V1\".delay=3'"}
		}
		return nil, nil, &Fault{File: name, Message: "want key=value, such as train.epochs=3"}
	}
	text := strings.TrimSpace(set[end+1:])
	var x struct{ V any }
	if _, err := toml.Decode("V = "+text, &x); err != nil {
		x.V = text
	}
	return path, x.V, nil
}

// Put writes a value into nested tables. A table is merged with the one that is
// there, anything else is replaced.
func (s *Source) Put(root map[string]any, path []string, v any, from Origin) error {
	if t, ok := v.(map[string]any); ok && len(t) > 0 {
		for _, k := range s.Keys(from.Path, t) {
			o := from
			if o.Set == "" {
				o.Path = Below(from.Path, k)
			}
			if err := s.Put(root, Below(path, k), t[k], o); err != nil {
				return err
			}
		}
		return nil
	}
	m := root
	for i, key := range path[:len(path)-1] {
		next, ok := m[key].(map[string]any)
		if x, there := m[key]; there && !ok && x == false {
			next = nil // a connection that was removed comes back
		} else if there && !ok {
			s.changes[Joined(path)] = from
			return s.FaultKey(path, "%s is %s, not a table", Dotted(path[:i+1]), Described(x))
		}
		if next == nil {
			next = map[string]any{}
			m[key] = next
		}
		m = next
	}
	m[path[len(path)-1]] = v
	s.changes[Joined(path)] = from
	return nil
}
