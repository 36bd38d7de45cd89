package experiments

import (
	"maps"
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
			return r.faultKey([]string{"variant", name}, "found %q, want a name that a folder can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > |", name)
		}
		if _, err := r.table([]string{"variant", name}, variants[name]); err != nil {
			return err
		}
	}
	if o.Variant != "" {
		v, ok := variants[o.Variant]
		if !ok {
			if len(variants) == 0 {
				return r.fault(nil, "no variant is called %q, the file has no variants", o.Variant)
			}
			return r.fault([]string{"variant"}, "no variant is called %q%s", o.Variant, meant(o.Variant, r.e.Variants))
		}
		at := []string{"variant", o.Variant}
		m := v.(map[string]any)
		for _, key := range r.keys(at, m) {
			from := append(append([]string(nil), at...), key)
			path, _ := splitKey(key)
			if err := r.put(root, path, m[key], origin{path: from}); err != nil {
				return err
			}
		}
	}
	for _, set := range o.Set {
		path, v, err := parseSet(set)
		if err != nil {
			return err
		}
		if path[0] == "variant" {
			return &Fault{File: "--set " + set, Message: "a variant is chosen by --variant NAME"}
		}
		if err := r.put(root, path, v, origin{set: "--set " + set}); err != nil {
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
	s := newSource(file, text, hints)
	root, err := s.decode()
	if err != nil {
		return nil
	}
	variants, _ := root["variant"].(map[string]any)
	return s.keys([]string{"variant"}, variants)
}
