package spec

import (
	"fmt"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/experiments/decode"
)

// reserved are the names under which the other parts of a cortex keep their
// variables.
var reserved = []string{"input", "readout", "optimiser", "statistics", "recompute", "image", "label"}

// areas reads the names of the areas in their order.
func (r *reader) areas(path []string, v any) error {
	if v == nil {
		return r.Fault(nil, "the key \"areas\" is missing, want the names of the areas from the lowest to the highest, such as areas = [\"V1\", \"IT\"]")
	}
	names, err := r.Texts(path, v)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return r.Fault(path, "found no areas, want their names from the lowest to the highest, such as [\"V1\", \"IT\"]")
	}
	for i, name := range names {
		at := append(append([]string(nil), path...), fmt.Sprintf("#%d", i))
		if !decode.FileName(name) || strings.ContainsAny(name, "@") {
			return r.Fault(at, "found %q, want a name that a file can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > | @", name)
		}
		if slices.Contains(reserved, strings.ToLower(name)) {
			return r.Fault(at, "found %q, which names a part of every cortex; want another name", name)
		}
		for _, other := range names[:i] {
			if other == name {
				return r.Fault(at, "found %q twice, want each area once", name)
			}
			if strings.EqualFold(other, name) {
				return r.Fault(at, "found %q beside %q, want names that differ in more than case: files are called by them", name, other)
			}
		}
		r.e.Areas = append(r.e.Areas, areas.Area{Name: name})
	}
	return nil
}

// areaNames reads names of areas.
func (r *reader) areaNames(at []string, v any) ([]string, error) {
	list, err := r.Texts(at, v)
	if err != nil {
		return nil, err
	}
	for i, name := range list {
		if !slices.Contains(r.names(), name) {
			if _, ok := v.([]any); ok {
				at = append(append([]string(nil), at...), fmt.Sprintf("#%d", i))
			}
			return nil, r.Fault(at, "%s", noArea(name, r.names()))
		}
	}
	return list, nil
}

func (r *reader) names() []string {
	names := make([]string, len(r.e.Areas))
	for i, a := range r.e.Areas {
		names[i] = a.Name
	}
	return names
}

// areaTables reads [area.NAME]; default.area comes first.
func (r *reader) areaTables(v any) error {
	tables := map[string]any{}
	if v != nil {
		m, err := r.Table([]string{"area"}, v)
		if err != nil {
			return err
		}
		tables = m
	}
	for _, name := range r.Keys([]string{"area"}, tables) {
		if !slices.Contains(r.names(), name) {
			return r.FaultKey([]string{"area", name}, "%s", noArea(name, r.names()))
		}
	}
	for i := range r.e.Areas {
		a := &r.e.Areas[i]
		path := []string{"area", a.Name}
		v, ok := tables[a.Name]
		if !ok {
			return r.Fault([]string{"areas", fmt.Sprintf("#%d", i)}, "area %q has no table, want [area.%s] with shape = [height, width, channels]", a.Name, a.Name)
		}
		own, err := r.Table(path, v)
		if err != nil {
			return err
		}
		const usual = "rate"
		kind, at := usual, []string{"default", "area", "kind"}
		for _, x := range []struct {
			path []string
			m    map[string]any
		}{{[]string{"default", "area"}, r.area}, {path, own}} {
			if k, ok := x.m["kind"]; ok {
				at = append(append([]string(nil), x.path...), "kind")
				if kind, ok = k.(string); !ok {
					return r.Fault(at, "found %s, want text", decode.Described(k))
				}
			}
		}
		d, err := areas.New(kind)
		if err != nil {
			return r.Fault(at, "%v%s", err, Near(kind, areas.Kinds()))
		}
		if n, ok := decode.FieldOf(decode.ValueOf(d), "norm"); ok {
			n.Value.Set(decode.ValueOf(&r.norm))
		}
		a.Dynamics = d
		hooks := map[string]decode.Hook{"kind": func([]string, any) error { return nil }}
		for _, f := range d.Layout().Functions {
			hooks[f.Name] = func(at []string, v any) (err error) { return r.function(a.Name, f.Name, at, v) }
		}
		general := r.area
		if k, ok := r.area["kind"]; ok && k != kind || !ok && kind != usual {
			general = forKind(r.area, d, areas.Kinds(), areas.New)
		}
		if err := r.Bind([]string{"default", "area"}, general, hooks, d); err != nil {
			return err
		}
		shape := struct {
			Shape [3]int `toml:"shape" min:"1" max:"65536"`
		}{}
		if err := r.Bind(path, own, hooks, d, &shape); err != nil {
			return err
		}
		if _, ok := own["shape"]; !ok {
			return r.FaultKey(path, "the key \"shape\" is missing, want [height, width, channels]")
		}
		a.Shape = shape.Shape
		r.Inherit(path, own, []string{"default", "area"}, general)
		if err := d.Check(); err != nil {
			return r.Wrap(path, err)
		}
	}
	return nil
}
