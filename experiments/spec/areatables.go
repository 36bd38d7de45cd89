package spec

import (
	"slices"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/experiments/decode"
)

// usualDynamics is the kind of areas that name none.
const usualDynamics = "rate"

// calls are the functions that areas call, by area and by name.
type calls map[string]map[string]connectivity.Transform

// readAreaTables reads [area.NAME] into the areas of a list, [default.area] first.
func readAreaTables(s *decode.Source, v any, list []areas.Area, g general) (calls, error) {
	tables := map[string]any{}
	if v != nil {
		m, err := s.Table([]string{"area"}, v)
		if err != nil {
			return nil, err
		}
		tables = m
	}
	names := areaNames(list)
	for _, name := range s.Keys([]string{"area"}, tables) {
		if !slices.Contains(names, name) {
			return nil, s.FaultKey([]string{"area", name}, "%s", noArea(name, names))
		}
	}
	var functions calls
	for i := range list {
		a := &list[i]
		v, ok := tables[a.Name]
		if !ok {
			return nil, s.Fault(decode.Element([]string{"areas"}, i), "area %q has no table, want [area.%s] with shape = [height, width, channels]", a.Name, a.Name)
		}
		own, err := s.Table([]string{"area", a.Name}, v)
		if err != nil {
			return nil, err
		}
		f, err := readArea(s, a, own, g)
		if err != nil {
			return nil, err
		}
		if len(f) > 0 && functions == nil {
			functions = calls{}
		}
		if len(f) > 0 {
			functions[a.Name] = f
		}
	}
	return functions, nil
}

// readArea fills an area from its own table and from [default.area], and returns
// its functions.
func readArea(s *decode.Source, a *areas.Area, own map[string]any, g general) (map[string]connectivity.Transform, error) {
	path, generalPath := []string{"area", a.Name}, []string{"default", "area"}
	d, err := newDynamics(s, path, own, g.area)
	if err != nil {
		return nil, err
	}
	setNorm(d, g.norm)
	a.Dynamics = d
	functions := map[string]connectivity.Transform{}
	hooks := map[string]decode.Hook{"kind": kindHook}
	for _, f := range d.Layout().Functions {
		functions[f.Name] = cortex.NewFunction()
		hooks[f.Name] = func(at []string, v any) (err error) {
			functions[f.Name], err = readFunction(s, at, v, functions[f.Name], g.norm)
			return err
		}
	}
	inherited := g.area
	if k, ok := g.area["kind"]; ok && k != d.Kind() || !ok && d.Kind() != usualDynamics {
		inherited = forKind(g.area, d, areas.Kinds(), areas.New)
	}
	if err := s.Bind(generalPath, inherited, hooks, d); err != nil {
		return nil, err
	}
	shape := struct {
		Shape [3]int `toml:"shape" min:"1" max:"65536"`
	}{}
	if err := s.Bind(path, own, hooks, d, &shape); err != nil {
		return nil, err
	}
	if _, ok := own["shape"]; !ok {
		return nil, s.FaultKey(path, "the key \"shape\" is missing, want [height, width, channels]")
	}
	a.Shape = shape.Shape
	s.Inherit(path, own, generalPath, inherited)
	return functions, s.Wrap(path, d.Check())
}

// newDynamics makes the kind of dynamics that the table at path names, or else the
// general one.
func newDynamics(s *decode.Source, path []string, own, general map[string]any) (areas.Dynamics, error) {
	kind, at := any(usualDynamics), []string{"default", "area", "kind"}
	if k, ok := general["kind"]; ok {
		if kind, ok = k.(string); !ok {
			return nil, s.Fault(at, "found %s, want text", decode.Described(k))
		}
	}
	if k, ok := own["kind"]; ok {
		kind, at = k, decode.Below(path, "kind")
	}
	name, ok := kind.(string)
	if !ok {
		return nil, s.Fault(at, "found %s, want text", decode.Described(kind))
	}
	d, err := areas.New(name)
	if err != nil {
		return nil, s.Fault(at, "%v%s", err, Near(name, areas.Kinds()))
	}
	return d, nil
}
