package spec

import (
	"maps"
	"slices"

	"ventral/experiments/decode"
)

// overlay applies a variant, then --set, to the tables of a file. It takes the
// variants out of root, and returns their names.
func overlay(s *decode.Source, root map[string]any, o Overrides) (names []string, err error) {
	variants := map[string]any{}
	if v, ok := root["variant"]; ok {
		m, err := s.Table([]string{"variant"}, v)
		if err != nil {
			return names, err
		}
		variants = m
	}
	delete(root, "variant")
	names = s.Keys([]string{"variant"}, variants)
	for _, name := range names {
		if !decode.FileName(name) {
			return names, s.FaultKey([]string{"variant", name}, "found %q, want a name that a folder can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > |", name)
		}
		if _, err := s.Table([]string{"variant", name}, variants[name]); err != nil {
			return names, err
		}
	}
	if o.Variant != "" {
		v, ok := variants[o.Variant]
		if !ok {
			if len(variants) == 0 {
				return names, s.Fault(nil, "no variant is called %q, the file has no variants", o.Variant)
			}
			return names, s.Fault([]string{"variant"}, "no variant is called %q%s", o.Variant, Meant(o.Variant, names))
		}
		at := []string{"variant", o.Variant}
		m := v.(map[string]any)
		for _, key := range s.Keys(at, m) {
			from := decode.Below(at, key)
			path, _ := decode.SplitKey(key)
			replaceImages(root, path, m[key])
			keepOrder(s, path, decode.Origin{Path: from})
			if err := s.Put(root, path, m[key], decode.Origin{Path: from}); err != nil {
				return names, err
			}
		}
	}
	for _, set := range o.Set {
		path, v, err := decode.ParseSet(set)
		if err != nil {
			return names, err
		}
		if path[0] == "variant" {
			return names, &decode.Fault{File: "--set " + set, Message: "a variant is chosen by --variant NAME"}
		}
		replaceImages(root, path, v)
		keepOrder(s, path, decode.Origin{Set: "--set " + set})
		if err := s.Put(root, path, v, decode.Origin{Set: "--set " + set}); err != nil {
			return names, err
		}
	}
	return names, nil
}

// keepOrder keeps the order of keys that a change writes where it counts: those of
// protocols and conditions are in the names of what their lists make.
func keepOrder(s *decode.Source, path []string, from decode.Origin) {
	if path[0] == "protocol" || path[0] == "condition" {
		s.KeepOrder(path, from)
	}
}

// replaceImages takes the settings of a data set away where one of another kind takes
// its place; keys of every kind stay.
func replaceImages(root map[string]any, path []string, v any) {
	there, ok := root["stimuli"].(map[string]any)
	m, table := v.(map[string]any)
	if !ok || !table || len(path) != 1 || path[0] != "stimuli" || m["kind"] == nil || m["kind"] == there["kind"] {
		return
	}
	own := decode.KeysOf(&Stimuli{})
	for key := range there {
		if !slices.Contains(own, key) {
			delete(there, key)
		}
	}
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
	s := decode.New(file, text, Hints)
	root, err := s.Decode()
	if err != nil {
		return nil
	}
	variants, _ := root["variant"].(map[string]any)
	return s.Keys([]string{"variant"}, variants)
}
