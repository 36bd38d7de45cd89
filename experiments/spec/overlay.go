package spec

import (
	"maps"

	"ventral/experiments/decode"
)

// overlay applies a variant, then --set, to the tables of a file. It takes the
// variants out of root.
func (r *reader) overlay(root map[string]any, o Overrides) error {
	variants := map[string]any{}
	if v, ok := root["variant"]; ok {
		m, err := r.Table([]string{"variant"}, v)
		if err != nil {
			return err
		}
		variants = m
	}
	delete(root, "variant")
	if m, ok := root["matrix"].(map[string]any); ok {
		r.matrixOfFile = copied(m)
	}
	r.e.Variants = r.Keys([]string{"variant"}, variants)
	for _, name := range r.e.Variants {
		if !decode.FileName(name) {
			return r.FaultKey([]string{"variant", name}, "found %q, want a name that a folder can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > |", name)
		}
		if _, err := r.Table([]string{"variant", name}, variants[name]); err != nil {
			return err
		}
	}
	if o.Variant != "" {
		v, ok := variants[o.Variant]
		if !ok {
			if len(variants) == 0 {
				return r.Fault(nil, "no variant is called %q, the file has no variants", o.Variant)
			}
			return r.Fault([]string{"variant"}, "no variant is called %q%s", o.Variant, Meant(o.Variant, r.e.Variants))
		}
		at := []string{"variant", o.Variant}
		m := v.(map[string]any)
		for _, key := range r.Keys(at, m) {
			from := append(append([]string(nil), at...), key)
			path, _ := decode.SplitKey(key)
			if err := r.Put(root, path, m[key], decode.Origin{Path: from}); err != nil {
				return err
			}
		}
	}
	for _, set := range o.Set {
		path, v, err := decode.ParseSet(set)
		if err != nil {
			return err
		}
		if path[0] == "variant" {
			return &decode.Fault{File: "--set " + set, Message: "a variant is chosen by --variant NAME"}
		}
		if err := r.Put(root, path, v, decode.Origin{Set: "--set " + set}); err != nil {
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
	s := decode.New(file, text, hints)
	root, err := s.Decode()
	if err != nil {
		return nil
	}
	variants, _ := root["variant"].(map[string]any)
	return s.Keys([]string{"variant"}, variants)
}
