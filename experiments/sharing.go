package experiments

import (
	"fmt"
	"strings"

	"ventral/connectivity"
)

// sharing reads time, between and the named sets.
func (r *reader) sharing(path []string, v any) error {
	sh := &r.e.Matrix.Sharing
	sets := sh.Sets // those that the matrix implies
	*sh = connectivity.Sharing{Time: "tied", Between: "none"}
	if v == nil {
		sh.Sets = sets
		return nil
	}
	m, err := r.table(path, v)
	if err != nil {
		return err
	}
	keys := struct {
		Time    string `toml:"time"`
		Between string `toml:"between" oneof:"none shape"`
	}{sh.Time, sh.Between}
	err = r.bind(path, m, map[string]hook{"sets": func(at []string, v any) error {
		t, err := r.table(at, v)
		if err != nil {
			return err
		}
		for _, name := range r.keys(at, t) {
			members, err := r.texts(append(at, name), t[name])
			if err != nil {
				return err
			}
			if owner := r.owner(name); owner != "" {
				return r.s.faultKey(append(append([]string(nil), at...), name), "found the name %q, which is that of %s; want one of its own, such as %q", name, owner, "shared "+name)
			}
			set := connectivity.Set{Name: name}
			for i, text := range members {
				sel, err := connectivity.ParseSelector(text)
				if err != nil {
					return r.s.fault(append(append(append([]string(nil), at...), name), fmt.Sprintf("#%d", i)), "%v%s", err, nearRole(text))
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
	if err := sh.CheckTime(); err != nil {
		return r.s.fault(append(path, "time"), "%v", err)
	}
	if err := r.checkSets(append(path, "sets"), sh.Sets); err != nil {
		return err
	}
	sh.Sets = append(sh.Sets, implied(sets, sh.Sets, r.e.Matrix.Connections)...)
	return nil
}

// owner says what keeps its variables under a name, "" if nothing does.
func (r *reader) owner(name string) string {
	head, _, _ := strings.Cut(name, "/")
	switch {
	case head != name:
		return "no set: it has a slash"
	case hasWord(r.names(), name):
		return "an area"
	case hasWord(reserved, strings.ToLower(name)):
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

// checkSets reports the first member of a set that selects nothing or belongs to
// another set too.
func (r *reader) checkSets(path []string, sets []connectivity.Set) error {
	list := r.e.Matrix.Connections
	for i, set := range sets {
		for j, m := range set.Members {
			at := append(append([]string(nil), path...), set.Name, fmt.Sprintf("#%d", j))
			if _, _, ok := m.Window.Cut(r.e.Steps); !ok {
				return r.s.fault(at, "%q selects no slice, the experiment has slices 0..%d (steps = %d)", m.Text, r.e.Steps-1, r.e.Steps)
			}
			some := append(append([]connectivity.Set(nil), sets[:i]...), connectivity.Set{Name: set.Name, Members: set.Members[:j+1]})
			if err := (connectivity.Sharing{Sets: some}).Check(list); err != nil {
				message := strings.TrimPrefix(err.Error(), fmt.Sprintf("set %q: ", set.Name))
				if strings.HasSuffix(message, "selects no connection") {
					message += Near(m.Name, r.connectionNames())
				}
				return r.s.fault(at, "%s", message)
			}
		}
	}
	return nil
}

// implied returns the sets of the matrix whose connections no set of the file
// names.
func implied(sets, given []connectivity.Set, connections []connectivity.Connection) []connectivity.Set {
	var out []connectivity.Set
	for _, set := range sets {
		taken := false
		for _, g := range given {
			for _, m := range g.Members {
				for i := range connections {
					for _, own := range set.Members {
						taken = taken || own.Selects(&connections[i]) && m.Selects(&connections[i])
					}
				}
			}
		}
		if !taken {
			out = append(out, set)
		}
	}
	return out
}
