package spec

import (
	"ventral/areas"
	"ventral/connectivity"
	"ventral/experiments/decode"
	"ventral/nn"
)

// readFunction reads a key that names a function of an area: a kind of connection, or
// a table with its keys. A table without a kind refines t, what a more general
// table says.
func readFunction(s *decode.Source, at []string, v any, t connectivity.Transform, norm nn.Norm) (connectivity.Transform, error) {
	keys := map[string]any{}
	kind, path := v, at
	if m, ok := v.(map[string]any); ok {
		keys, kind, path = m, t.Kind(), decode.Below(at, "kind")
		if k, ok := m["kind"]; ok {
			kind = k
		}
	}
	word, ok := kind.(string)
	if !ok {
		return nil, s.Fault(path, "found %s, want a kind of connection, or a table with one", decode.Described(kind))
	}
	if word != t.Kind() {
		var err error
		if t, err = connectivity.New(word); err != nil {
			return nil, s.Fault(path, "%v%s", err, Near(word, connectivity.Kinds()))
		}
		setNorm(t, norm)
	}
	return t, s.Bind(at, keys, map[string]decode.Hook{"kind": kindHook}, t)
}

// Transforms returns the transforms of an experiment: those of its connections,
// then the functions of its areas.
func Transforms(e *Experiment) []connectivity.Transform {
	var list []connectivity.Transform
	for _, c := range e.Matrix.Connections {
		list = append(list, c.Transform)
	}
	for _, a := range e.Areas {
		for _, f := range a.Dynamics.Layout().Functions {
			list = append(list, e.Functions[a.Name][f.Name])
		}
	}
	return list
}

// functions writes the functions of an area.
func (w *writer) functions(a areas.Area, functions map[string]connectivity.Transform) {
	for _, f := range a.Dynamics.Layout().Functions {
		t := functions[f.Name]
		text := "{ kind = " + decode.Text(t.Kind())
		decode.Fields(decode.ValueOf(t), func(key string, x decode.Field) {
			if s, ok := Literal(x.Value); ok {
				text += ", " + key + " = " + s
			}
		})
		w.b.WriteString(f.Name + " = " + text + " }\n")
	}
}
