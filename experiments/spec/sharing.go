package spec

import (
	"fmt"
	"slices"
	"strings"

	"ventral/connectivity"
	"ventral/experiments/decode"
)

// sharing reads time, between and the named sets.
func (r *reader) sharing(path []string, v any) error {
	sh := &r.e.Matrix.Sharing
	*sh = connectivity.Sharing{Time: "tied", Between: "none"}
	if v == nil {
		return nil
	}
	m, err := r.Table(path, v)
	if err != nil {
		return err
	}
	keys := struct {
		Time    connectivity.Tying `toml:"time"`
		Between string             `toml:"between" oneof:"none shape"`
	}{sh.Time, sh.Between}
	err = r.Bind(path, m, map[string]decode.Hook{"sets": func(at []string, v any) error {
		t, err := r.Table(at, v)
		if err != nil {
			return err
		}
		for _, name := range r.Keys(at, t) {
			members, err := r.Texts(append(at, name), t[name])
			if err != nil {
				return err
			}
			if owner := r.owner(name); owner != "" {
				return r.FaultKey(append(append([]string(nil), at...), name), "found the name %q, which is that of %s; want one of its own, such as %q", name, owner, "shared "+name)
			}
			set := connectivity.Set{Name: name}
			for i, text := range members {
				sel, err := connectivity.ParseSelector(text)
				if err != nil {
					return r.Fault(append(append(append([]string(nil), at...), name), fmt.Sprintf("#%d", i)), "%v%s", err, nearRole(text))
				}
				set.Members = append(set.Members, sel)
			}
			sh.Sets = append(sh.Sets, set)
		}
		return nil
	}}, &keys)
	if err != nil {
		return err
	}
	sh.Time, sh.Between = keys.Time, keys.Between
	if sh.Between == "shape" && len(sh.Sets) > 0 {
		return r.FaultKey(append(path, "sets"), "found beside between = \"shape\", which ties all kernels of one shape; want one of the two (sets = {} has none)")
	}
	return r.checkSets(append(path, "sets"), *sh)
}

// owner says what keeps its variables under a name, "" if nothing does.
func (r *reader) owner(name string) string {
	head, _, _ := strings.Cut(name, "/")
	switch {
	case head != name:
		return "no set: it has a slash"
	case slices.Contains(r.names(), name):
		return "an area"
	case slices.Contains(reserved, strings.ToLower(name)):
		return "a part of every cortex"
	}
	for i := range r.e.Matrix.Connections {
		if r.e.Matrix.Connections[i].Name == name {
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
func (r *reader) checkSets(path []string, sh connectivity.Sharing) error {
	list := r.e.Matrix.Connections
	for i, set := range sh.Sets {
		for j, m := range set.Members {
			at := append(append([]string(nil), path...), set.Name, fmt.Sprintf("#%d", j))
			if _, _, ok := m.Window.Cut(r.e.Steps); !ok {
				return r.Fault(at, "%q selects no slice, the experiment has slices 0..%d (steps = %d)", m.Text, r.e.Steps-1, r.e.Steps)
			}
			some := append(append([]connectivity.Set(nil), sh.Sets[:i]...), connectivity.Set{Name: set.Name, Members: set.Members[:j+1]})
			if err := (connectivity.Sharing{Time: sh.Time, Sets: some}).Check(list, r.shape); err != nil {
				message := strings.TrimPrefix(err.Error(), fmt.Sprintf("set %q: ", set.Name))
				if strings.HasSuffix(message, "selects no connection") {
					message += Near(m.Name, r.connectionNames())
				}
				return r.Fault(at, "%s", message)
			}
		}
	}
	return nil
}

// shape returns height, width and channels of an area.
func (r *reader) shape(area string) [3]int {
	return r.e.Areas[slices.Index(r.names(), area)].Shape
}
