package spec

import (
	"slices"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/decode"
)

// function reads a key that names a function of an area: a kind of connection, or
// a table with its keys. A table without a kind refines what a more general one
// says.
func (r *reader) function(area, name string, at []string, v any) error {
	t := r.e.Functions[area][name]
	if t == nil {
		t = cortex.NewFunction()
	}
	keys := map[string]any{}
	kind, path := v, at
	if m, ok := v.(map[string]any); ok {
		keys, kind, path = m, t.Kind(), append(slices.Clone(at), "kind")
		if k, ok := m["kind"]; ok {
			kind = k
		}
	}
	word, ok := kind.(string)
	if !ok {
		return r.Fault(path, "found %s, want a kind of connection, or a table with one", decode.Described(kind))
	}
	if word != t.Kind() {
		var err error
		if t, err = connectivity.New(word); err != nil {
			return r.Fault(path, "%v%s", err, Near(word, connectivity.Kinds()))
		}
		if n, ok := decode.FieldOf(decode.ValueOf(t), "norm"); ok {
			n.Value.Set(decode.ValueOf(&r.norm))
		}
	}
	if err := r.Bind(at, keys, map[string]decode.Hook{"kind": func([]string, any) error { return nil }}, t); err != nil {
		return err
	}
	if r.e.Functions == nil {
		r.e.Functions = map[string]map[string]connectivity.Transform{}
	}
	if r.e.Functions[area] == nil {
		r.e.Functions[area] = map[string]connectivity.Transform{}
	}
	r.e.Functions[area][name] = t
	return nil
}

// functions writes the functions of an area.
func (w *writer) functions(a areas.Area, functions map[string]connectivity.Transform) {
	for _, f := range a.Dynamics.Layout().Functions {
		t := functions[f.Name]
		if t == nil {
			t = cortex.NewFunction()
		}
		text := "{ kind = " + text(t.Kind())
		decode.Fields(decode.ValueOf(t), func(key string, x decode.Field) {
			if s, ok := value(x.Value); ok {
				text += ", " + key + " = " + s
			}
		})
		w.b.WriteString(f.Name + " = " + text + " }\n")
	}
}

// keysOfKind returns the keys of a kind, those of its functions among them.
func keysOfKind(kind any) []string {
	keys := decode.KeysOf(kind)
	if d, ok := kind.(areas.Dynamics); ok {
		for _, f := range d.Layout().Functions {
			keys = append(keys, f.Name)
		}
	}
	return keys
}
