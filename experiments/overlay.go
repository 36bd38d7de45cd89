package experiments

import (
	"maps"
	"strings"

	"github.com/BurntSushi/toml"
)

// overlay applies a variant, then --set, to the tables of a file. It takes the
// variants out of root.
func (r *reader) overlay(root map[string]any, o Overrides) error {
	variants := map[string]any{}
	if v, ok := root["variant"]; ok {
		m, err := r.table([]string{"variant"}, v)
		if err != nil {
			return err
		}
		variants = m
	}
	delete(root, "variant")
	if m, ok := root["matrix"].(map[string]any); ok {
		r.matrixOfFile = copied(m)
	}
	r.e.Variants = r.keys([]string{"variant"}, variants)
	for _, name := range r.e.Variants {
		if !fileName(name) {
			return r.s.faultKey([]string{"variant", name}, "found %q, want a name that a folder can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > |", name)
		}
		if _, err := r.table([]string{"variant", name}, variants[name]); err != nil {
			return err
		}
	}
	if o.Variant != "" {
		v, ok := variants[o.Variant]
		if !ok {
			if len(variants) == 0 {
				return r.s.fault(nil, "no variant is called %q, the file has no variants", o.Variant)
			}
			return r.s.fault([]string{"variant"}, "no variant is called %q%s", o.Variant, meant(o.Variant, r.e.Variants))
		}
		at := []string{"variant", o.Variant}
		m := v.(map[string]any)
		for _, key := range r.keys(at, m) {
			from := append(append([]string(nil), at...), key)
			path := (&scanner{text: key, spots: map[string]spot{}}).key(nil)
			if err := r.put(root, path, m[key], origin{path: from}); err != nil {
				return err
			}
		}
	}
	for _, set := range o.Set {
		where := origin{set: "--set " + set}
		if err := (&source{file: where.set, text: set}).bounds(); err != nil {
			return &Fault{File: "--set", Message: err.(*Fault).Message}
		}
		s := &scanner{text: set, spots: map[string]spot{}}
		path := s.key(nil)
		s.blank(false)
		if s.peek() != '=' || len(path) == 0 || path[0] == "" {
			if strings.Contains(set, "->") {
				return &Fault{File: where.set, Message: "the name of a connection needs quotes, as in 'connection.\"V2->V1\".delay=3'"}
			}
			return &Fault{File: where.set, Message: "want key=value, such as train.epochs=3"}
		}
		text := strings.TrimSpace(set[s.at+1:])
		var x struct{ V any }
		if _, err := toml.Decode("V = "+text, &x); err != nil {
			x.V = text // a word without quotes
		}
		if path[0] == "variant" {
			return &Fault{File: where.set, Message: "a variant is chosen by --variant NAME"}
		}
		if err := r.put(root, path, x.V, where); err != nil {
			return err
		}
	}
	return nil
}

// copied returns a copy of a table and of the tables in it.
func copied(m map[string]any) map[string]any {
	c := maps.Clone(m)
	for k, v := range c {
		if t, ok := v.(map[string]any); ok {
			c[k] = copied(t)
		}
	}
	return c
}

// VariantsOf returns the names of the variants that a file has, in its order,
// whatever else is wrong with it; nil where it is no TOML.
func VariantsOf(file, text string) []string {
	s := &source{file: file, text: text}
	root, err := s.decode()
	if err != nil {
		return nil
	}
	variants, _ := root["variant"].(map[string]any)
	return binder{s}.keys([]string{"variant"}, variants)
}

// put writes a value into nested tables. A table is merged with the one that is
// there, anything else is replaced.
func (r *reader) put(root map[string]any, path []string, v any, from origin) error {
	if t, ok := v.(map[string]any); ok && len(t) > 0 {
		for k, x := range t {
			o := from
			if o.set == "" {
				o.path = append(append([]string(nil), from.path...), k)
			}
			if err := r.put(root, append(append([]string(nil), path...), k), x, o); err != nil {
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
			r.s.moved[joined(path)] = from
			return r.s.faultKey(path, "%s is %s, not a table", dotted(path[:i+1]), described(x))
		}
		if next == nil {
			next = map[string]any{}
			m[key] = next
		}
		m = next
	}
	m[path[len(path)-1]] = v
	r.s.moved[joined(path)] = from
	return nil
}
