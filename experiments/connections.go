package experiments

import (
	"fmt"
	"sort"
	"strings"

	"ventral/connectivity"
)

// link is a connection that is being put together.
type link struct {
	name     string
	from, to int
	by       []string // path of what made it
	kind     string   // named by a matrix cell, "" where not
	own      map[string]any
	window   *connectivity.Window // given by the matrix
	set      string               // sharing set that the matrix implies
}

// connections puts together what pattern, matrix and connection tables say.
func (r *reader) connections(root map[string]any) error {
	links, err := r.pattern(root)
	if err != nil {
		return err
	}
	if links, err = r.tables(root["connection"], links); err != nil {
		return err
	}
	for _, l := range links {
		cs, err := r.connection(l)
		if err != nil {
			return err
		}
		r.e.Matrix.Connections = append(r.e.Matrix.Connections, cs...)
	}
	list := r.e.Matrix.Connections
	index := func(name string) int {
		for i, a := range r.e.Areas {
			if a.Name == name {
				return i
			}
		}
		return -1
	}
	sort.SliceStable(list, func(i, j int) bool {
		if a, b := index(list[i].To), index(list[j].To); a != b {
			return a < b
		}
		if a, b := index(list[i].From), index(list[j].From); a != b {
			return a < b
		}
		return list[i].Name < list[j].Name
	})
	return r.without(root["without"])
}

// pattern reads pattern or matrix.
func (r *reader) pattern(root map[string]any) ([]*link, error) {
	v, ok := root["pattern"]
	if m, both := root["matrix"]; both {
		if ok {
			return nil, r.s.faultKey([]string{"matrix"}, "found beside \"pattern\", want one of the two")
		}
		return r.matrix([]string{"matrix"}, m)
	}
	if !ok {
		return nil, nil
	}
	names, err := r.texts([]string{"pattern"}, v)
	if err != nil {
		return nil, err
	}
	var links []*link
	seen := map[connectivity.Pair]bool{}
	for i, name := range names {
		at := []string{"pattern"}
		if _, ok := v.([]any); ok {
			at = append(at, fmt.Sprintf("#%d", i))
		}
		pairs, err := connectivity.Pattern(name, len(r.e.Areas))
		if err != nil {
			return nil, r.s.fault(at, "found %q, want some of %s%s", name, strings.Join(connectivity.Patterns, ", "), Near(name, connectivity.Patterns))
		}
		for _, p := range pairs {
			if !seen[p] {
				seen[p] = true
				links = append(links, &link{name: r.e.Areas[p.From].Name + "->" + r.e.Areas[p.To].Name, from: p.From, to: p.To, by: at})
			}
		}
	}
	return links, nil
}

// tables reads [connection."A->B"]: it changes a connection that is there,
// removes it where the value is false, or makes a new one.
func (r *reader) tables(v any, links []*link) ([]*link, error) {
	if v == nil {
		return links, nil
	}
	path := []string{"connection"}
	m, err := r.table(path, v)
	if err != nil {
		return nil, err
	}
	for _, name := range r.keys(path, m) {
		at := append(append([]string(nil), path...), name)
		from, to, _, err := connectivity.ParseName(name)
		if err != nil {
			return nil, r.s.faultKey(at, "%v", err)
		}
		ends := [2]int{-1, -1}
		for i, a := range r.e.Areas {
			if a.Name == from {
				ends[0] = i
			}
			if a.Name == to {
				ends[1] = i
			}
		}
		for i, n := range []string{from, to} {
			if ends[i] < 0 {
				return nil, r.s.faultKey(at, "no area is called %q%s", n, meant(n, r.names()))
			}
		}
		var found []*link // the matrix may have made several of one cell
		for _, l := range links {
			if l.name == name || l.set == name {
				found = append(found, l)
			}
		}
		if off, ok := m[name].(bool); ok {
			if off {
				return nil, r.s.fault(at, "found true, want false to remove the connection, or a table")
			}
			if len(found) == 0 {
				return nil, r.s.faultKey(at, "there is no such connection to remove%s", meant(name, linkNames(links)))
			}
			kept := links[:0:0]
			for _, l := range links {
				if l.name != name && l.set != name {
					kept = append(kept, l)
				}
			}
			links = kept
			continue
		}
		if kind, ok := m[name].(string); ok {
			return nil, r.s.fault(at, "found %q, want a table, such as { kind = %q }, or false", kind, kind)
		}
		own, err := r.table(at, m[name])
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			found = []*link{{name: name, from: ends[0], to: ends[1]}}
			links = append(links, found[0])
		}
		for _, l := range found {
			l.own = own
		}
	}
	return links, nil
}

func linkNames(links []*link) []string {
	names := make([]string, len(links))
	for i, l := range links {
		names[i] = l.name
	}
	return names
}

// connection makes the connections of a link: one, and one for every "plus".
func (r *reader) connection(l *link) ([]connectivity.Connection, error) {
	path := []string{"connection", l.name}
	if l.by != nil {
		r.s.alias[joined(path)] = l.by
	}
	c := connectivity.NewConnection()
	c.Name, c.From, c.To = l.name, r.e.Areas[l.from].Name, r.e.Areas[l.to].Name
	if l.window != nil {
		c.Window = *l.window
	}
	// The kind decides the role of an identity, and the role has a default kind.
	own, _ := l.own["kind"].(string)
	if _, given := l.own["kind"]; given && own == "" {
		return nil, r.s.fault(append(path, "kind"), "found %s, want text", described(l.own["kind"]))
	}
	kind, named := own, own != "" || l.kind != ""
	if kind == "" {
		kind = l.kind
	}
	c.Role = connectivity.RoleOf(l.from, l.to, r.base(kind) == "identity")
	if text, ok := l.own["role"].(string); ok && hasWord(connectivity.Roles, text) {
		c.Role = text
	}
	role, rolePath := r.role[c.Role], []string{"role", c.Role}
	roleKind, _ := role["kind"].(string)
	if kind == "" {
		kind = roleKind
	}
	if kind == "" {
		kind = "conv"
		if from, to := r.e.Areas[l.from].Shape, r.e.Areas[l.to].Shape; from[0] < to[0] || from[1] < to[1] {
			kind = "transposed_conv"
		}
	}
	at := append(append([]string(nil), path...), "kind")
	if own == "" && l.kind == "" {
		at = append(rolePath, "kind")
	}
	t, err := connectivity.New(r.base(kind))
	if err != nil {
		known := append(connectivity.Kinds(), r.kindNames()...)
		if l.kind != "" && own == "" {
			at = l.by
		}
		return nil, r.s.fault(at, "found kind %q, want one of %s%s", kind, strings.Join(known, ", "), Near(kind, known))
	}
	if n, ok := fieldOf(valueOf(t), "norm"); ok {
		n.value.Set(valueOf(&r.norm))
	}
	var plus []string
	hooks := map[string]hook{
		"kind": func([]string, any) error { return nil },
		"plus": func(at []string, v any) (err error) { plus, err = r.texts(at, v); return err },
	}
	// A role's transform keys speak of the role's own kind; a connection of
	// another kind takes the others only.
	if named && roleKind != kind {
		role = without(role, keysOfKinds()...)
		delete(role, "plus")
	}
	if k, ok := r.kind[roleKind]; ok && !named {
		r.s.inherit(path, l.own, []string{"kind", roleKind}, k)
		if err := r.bind([]string{"kind", roleKind}, k, hooks, &c, t); err != nil {
			return nil, err
		}
	}
	r.s.inherit(path, l.own, rolePath, role)
	if err := r.bind(rolePath, role, hooks, &c, t); err != nil {
		return nil, err
	}
	if k, ok := r.kind[kind]; ok && named {
		r.s.inherit(path, l.own, []string{"kind", kind}, k)
		if err := r.bind([]string{"kind", kind}, k, hooks, &c, t); err != nil {
			return nil, err
		}
	}
	if err := r.bind(path, l.own, hooks, &c, t); err != nil {
		return nil, err
	}
	if l.kind != "" && own == "" {
		r.s.alias[joined(append(append([]string(nil), path...), "kind"))] = l.by
	}
	c.Transform = t
	c.Reads = c.Signal()
	if err := r.fits(path, &c, r.e.Areas[l.from].Shape, r.e.Areas[l.to].Shape); err != nil {
		return nil, err
	}
	out := []connectivity.Connection{c}
	for _, p := range plus {
		if p != "identity" {
			return nil, r.s.fault(append(path, "plus"), "found %q, want \"identity\"", p)
		}
		x := connectivity.NewConnection()
		x.Name, x.From, x.To, x.Delay, x.Window = c.Name+" identity", c.From, c.To, c.Delay, c.Window
		x.Role = connectivity.RoleOf(l.from, l.to, true)
		if x.Transform, err = connectivity.New("identity"); err != nil {
			return nil, err
		}
		x.Reads = x.Signal()
		r.s.alias[joined([]string{"connection", x.Name})] = path
		r.s.inherit([]string{"connection", x.Name}, nil, path, map[string]any{"delay": nil, "window": nil})
		out = append(out, x)
	}
	return out, nil
}

// fits reports a transform that cannot join the shapes of its areas, at the key
// that is to blame.
func (r *reader) fits(path []string, c *connectivity.Connection, from, to [3]int) error {
	err := c.Transform.Check(from, to)
	if err == nil {
		return nil
	}
	if key, rest, ok := strings.Cut(err.Error(), ": "); ok {
		if _, ok := fieldOf(valueOf(c.Transform), key); ok {
			return r.s.fault(append(path, key), "%s", rest)
		}
	}
	if _, _, unrelated := connectivity.Factors(from, to); unrelated == nil {
		path = append(path, "kind") // another kind would do
	}
	return r.s.fault(path, "%s from %s to %s: %v", c.Transform.Kind(), c.From, c.To, err)
}

// without returns a copy of m that lacks keys.
func without(m map[string]any, keys ...string) map[string]any {
	c := map[string]any{}
	for k, v := range m {
		if !hasWord(keys, k) {
			c[k] = v
		}
	}
	return c
}

// without removes the connections that selectors name.
func (r *reader) without(v any) error {
	if v == nil {
		return nil
	}
	texts, err := r.texts([]string{"without"}, v)
	if err != nil {
		return err
	}
	for i, text := range texts {
		at := []string{"without"}
		if _, ok := v.([]any); ok {
			at = append(at, fmt.Sprintf("#%d", i))
		}
		sel, err := connectivity.ParseSelector(text)
		if err != nil {
			return r.s.fault(at, "%v%s", err, nearRole(text))
		}
		if strings.Contains(text, "@") {
			return r.s.fault(at, "found %q, connections are removed whole; give them a window instead", text)
		}
		var kept []connectivity.Connection
		for j := range r.e.Matrix.Connections {
			if c := &r.e.Matrix.Connections[j]; !sel.Selects(c) {
				kept = append(kept, *c)
			}
		}
		if len(kept) == len(r.e.Matrix.Connections) {
			return r.s.fault(at, "%q selects no connection%s", text, Near(text, r.connectionNames()))
		}
		r.e.Matrix.Connections = kept
	}
	return nil
}

func (r *reader) connectionNames() []string {
	var names []string
	for i := range r.e.Matrix.Connections {
		names = append(names, r.e.Matrix.Connections[i].Name)
	}
	return names
}
