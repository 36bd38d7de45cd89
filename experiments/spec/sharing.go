package spec

import (
	"fmt"
	"slices"
	"strings"

	"ventral/connectivity"
	"ventral/experiments/decode"
)

// readSharing reads time, between and the named sets, of an experiment with
// connections.
func readSharing(s *decode.Source, v any, e *Experiment) (connectivity.Sharing, error) {
	sh, path := connectivity.Sharing{Time: "tied", Between: "none"}, []string{"sharing"}
	if v == nil {
		return sh, nil
	}
	m, err := s.Table(path, v)
	if err != nil {
		return sh, err
	}
	keys := struct {
		Time    connectivity.Tying `toml:"time"`
		Between string             `toml:"between" oneof:"none shape"`
	}{sh.Time, sh.Between}
	err = s.Bind(path, m, map[string]decode.Hook{"sets": func(at []string, v any) (err error) {
		sh.Sets, err = readSets(s, at, v, e)
		return err
	}}, &keys)
	if err != nil {
		return sh, err
	}
	sh.Time, sh.Between = keys.Time, keys.Between
	at := decode.Below(path, "sets")
	if sh.Between == "shape" && len(sh.Sets) > 0 {
		return sh, s.FaultKey(at, "found beside between = \"shape\", which ties all kernels of one shape; want one of the two (sets = {} has none)")
	}
	return sh, checkSets(s, at, sh, e)
}

// readSets reads the named sets.
func readSets(s *decode.Source, at []string, v any, e *Experiment) (sets []connectivity.Set, err error) {
	t, err := s.Table(at, v)
	if err != nil {
		return nil, err
	}
	for _, name := range s.Keys(at, t) {
		path := decode.Below(at, name)
		members, err := s.Texts(path, t[name])
		if err != nil {
			return nil, err
		}
		if owner := owner(e, name); owner != "" {
			return nil, s.FaultKey(path, "found the name %q, which is that of %s; want one of its own, such as %q", name, owner, "shared "+name)
		}
		set := connectivity.Set{Name: name}
		for i, text := range members {
			sel, err := connectivity.ParseSelector(text)
			if err != nil {
				return nil, s.Fault(decode.Element(path, i), "%v%s", err, nearRole(text))
			}
			set.Members = append(set.Members, sel)
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// owner says what keeps its variables under a name, "" if nothing does.
func owner(e *Experiment, name string) string {
	head, _, _ := strings.Cut(name, "/")
	switch {
	case head != name:
		return "no set: it has a slash"
	case slices.Contains(areaNames(e.Areas), name):
		return "an area"
	case slices.Contains(reserved, strings.ToLower(name)):
		return "a part of every cortex"
	}
	for i := range e.Matrix.Connections {
		if e.Matrix.Connections[i].Name == name {
			return "a connection"
		}
	}
	if strings.HasPrefix(name, "input->") || strings.HasPrefix(name, "shape ") {
		return "a part of every cortex"
	}
	return ""
}

// checkSets reports the first member of a set that selects nothing, belongs to
// another set too, or has kernels that the members before it have not.
func checkSets(s *decode.Source, path []string, sh connectivity.Sharing, e *Experiment) error {
	list := e.Matrix.Connections
	for i, set := range sh.Sets {
		for j, m := range set.Members {
			at := decode.Element(decode.Below(path, set.Name), j)
			if _, _, ok := m.Window.Cut(e.Steps); !ok {
				return s.Fault(at, "%q selects no step, the experiment has steps 0..%d (steps = %d)", m.Text, e.Steps-1, e.Steps)
			}
			some := append(append([]connectivity.Set(nil), sh.Sets[:i]...), connectivity.Set{Name: set.Name, Members: set.Members[:j+1]})
			if err := (connectivity.Sharing{Time: sh.Time, Sets: some}).Check(list, func(area string) [3]int { return shapeOf(e.Areas, area) }); err != nil {
				message := strings.TrimPrefix(err.Error(), fmt.Sprintf("set %q: ", set.Name))
				if strings.HasSuffix(message, "selects no connection") {
					message += Near(m.Name, connectionNames(list))
				}
				return s.Fault(at, "%s", message)
			}
		}
	}
	return nil
}
