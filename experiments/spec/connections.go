package spec

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"ventral/connectivity"
	"ventral/experiments/decode"
)

// link is a connection that is being put together.
type link struct {
	name     string
	from, to int
	by       []string // path of what made it
	kind     string   // named by a matrix cell, "" where not
	own      map[string]any
	window   connectivity.Window // of the matrix cells that name it
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
	r.links = links
	for _, l := range links {
		cs, err := r.connection(l)
		if err != nil {
			return r.ofSum(err, l, links)
		}
		for _, c := range cs {
			if r.e.Matrix.Find(c.Name) != nil && r.shortcut[c.Name] != "" {
				return r.Fault([]string{"connection", c.Name}, "%q is there twice: plus = \"identity\" of %s makes it, and it is written besides; want one of the two", c.Name, r.shortcut[c.Name])
			}
			r.e.Matrix.Connections = append(r.e.Matrix.Connections, c)
		}
	}
	if err := r.passedOver(); err != nil {
		return err
	}
	if err := r.idleTables(); err != nil {
		return err
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
	if err := r.without(root["without"]); err != nil {
		return err
	}
	for i := range r.e.Matrix.Connections {
		if err := r.never[r.e.Matrix.Connections[i].Name]; err != nil {
			return err
		}
	}
	r.noteHeld()
	return nil
}

// tables reads [connection."A->B"]: it changes a connection that is there,
// removes it where the value is false, or makes a new one.
func (r *reader) tables(v any, links []*link) ([]*link, error) {
	if v == nil {
		return links, nil
	}
	path := []string{"connection"}
	m, err := r.Table(path, v)
	if err != nil {
		return nil, err
	}
	for _, name := range r.Keys(path, m) {
		at := append(append([]string(nil), path...), name)
		from, to, _, err := connectivity.ParseName(name)
		if err != nil {
			return nil, r.FaultKey(at, "%v", err)
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
				return nil, r.FaultKey(at, "%s", noArea(n, r.names()))
			}
		}
		found := slices.IndexFunc(links, func(l *link) bool { return l.name == name })
		if off, ok := m[name].(bool); ok {
			if off {
				return nil, r.Fault(at, "found true, want false to remove the connection, or a table")
			}
			if found < 0 && r.idle(name, at...) {
				continue
			}
			if found < 0 {
				return nil, r.FaultKey(at, "there is no such connection to remove%s", Meant(name, linkNames(links)))
			}
			links = slices.Delete(links, found, found+1)
			continue
		}
		if kind, ok := m[name].(string); ok {
			return nil, r.Fault(at, "found %q, want a table, such as { kind = %q }, or false", kind, kind)
		}
		own, err := r.Table(at, m[name])
		if err != nil {
			return nil, err
		}
		if found < 0 {
			if r.idle(name, at...) {
				continue
			}
			found = len(links)
			links = append(links, &link{name: name, from: ends[0], to: ends[1]})
		}
		links[found].own = own
	}
	return links, nil
}

// ofSum adds to the fault of a key that a connection's kind has not which other
// connection of the same two areas is of a kind that has it: cells of a matrix are
// sums.
func (r *reader) ofSum(err error, l *link, links []*link) error {
	var f *decode.Fault
	if !errors.As(err, &f) || !strings.HasPrefix(f.Message, "unknown key here") {
		return err
	}
	key := f.Key[strings.LastIndexByte(f.Key, '.')+1:]
	for _, o := range links {
		if t, err := connectivity.New(r.base(o.kind)); o != l && o.from == l.from && o.to == l.to && err == nil && slices.Contains(decode.KeysOf(t), key) {
			f.Message += fmt.Sprintf(", as %q is", o.name)
		}
	}
	return err
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
		r.Follow(path, l.by)
	}
	c := connectivity.NewConnection()
	c.Name, c.From, c.To = l.name, r.e.Areas[l.from].Name, r.e.Areas[l.to].Name
	// The kind decides the role of an identity, and the role has a default kind.
	own, _ := l.own["kind"].(string)
	if _, given := l.own["kind"]; given && own == "" {
		return nil, r.Fault(append(path, "kind"), "found %s, want text", decode.Described(l.own["kind"]))
	}
	kind, named := own, own != "" || l.kind != ""
	if kind == "" {
		kind = l.kind
	}
	c.Role = connectivity.RoleOf(l.from, l.to, r.base(kind) == "identity")
	if text, ok := l.own["role"].(string); ok && slices.Contains(connectivity.Roles, text) {
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
		return nil, r.Fault(at, "found kind %q, want one of %s%s", kind, strings.Join(known, ", "), Near(kind, known))
	}
	if n, ok := decode.FieldOf(decode.ValueOf(t), "norm"); ok {
		n.Value.Set(decode.ValueOf(&r.norm))
	}
	var plus []string
	hooks := map[string]decode.Hook{
		"kind": func([]string, any) error { return nil },
		"plus": func(at []string, v any) (err error) { plus, err = r.Texts(at, v); return err },
	}
	if named && roleKind != kind || !named && roleKind == "" {
		whole := role
		role = forKind(role, t, connectivity.Kinds(), connectivity.New)
		if !named {
			r.use.pass(c.Role, whole, role)
		}
	}
	r.use.take(c.Role, role)
	r.used[decode.Joined(rolePath)] = true
	r.used[decode.Joined([]string{"kind", roleKind})] = r.used[decode.Joined([]string{"kind", roleKind})] || !named
	r.used[decode.Joined([]string{"kind", kind})] = true
	if k, ok := r.kind[roleKind]; ok && !named {
		r.Inherit(path, l.own, []string{"kind", roleKind}, k)
		if err := r.Bind([]string{"kind", roleKind}, k, hooks, &c, t); err != nil {
			return nil, err
		}
	}
	r.Inherit(path, l.own, rolePath, role)
	if err := r.Bind(rolePath, role, hooks, &c, t); err != nil {
		return nil, err
	}
	if k, ok := r.kind[kind]; ok && named {
		r.Inherit(path, l.own, []string{"kind", kind}, k)
		if err := r.Bind([]string{"kind", kind}, k, hooks, &c, t); err != nil {
			return nil, err
		}
	}
	if err := r.Bind(path, l.own, hooks, &c, t); err != nil {
		return nil, err
	}
	if l.kind != "" && own == "" {
		r.Follow(append(append([]string(nil), path...), "kind"), l.by)
	}
	if in, ok := c.Window.And(l.window); ok {
		c.Window = in
	} else { // a fault where nothing takes it away
		r.never[c.Name] = r.Fault(append(path, "window"), "found %q, but the matrix has %s at slices %s only; want slices that both have", c.Window, kind, l.window)
	}
	c.Transform = t
	c.Reads = c.Signal()
	if err := r.fits(path, &c, r.e.Areas[l.from].Shape, r.e.Areas[l.to].Shape); err != nil {
		return nil, err
	}
	out := []connectivity.Connection{c}
	for _, p := range plus {
		if p != "identity" {
			return nil, r.Fault(append(path, "plus"), "found %q, want \"identity\"", p)
		}
		if t.Kind() == "identity" {
			return nil, r.Fault(append(path, "plus"), "found %q, but %s is an identity itself: the state would arrive twice", p, c.Name)
		}
		x := connectivity.NewConnection()
		x.Name, x.From, x.To, x.Delay, x.Window = c.Name+" identity", c.From, c.To, c.Delay, c.Window
		x.Role = connectivity.RoleOf(l.from, l.to, true)
		if x.Transform, err = connectivity.New("identity"); err != nil {
			return nil, err
		}
		x.Reads = x.Signal()
		r.shortcut[x.Name] = c.Name
		r.Follow([]string{"connection", x.Name}, path)
		r.Inherit([]string{"connection", x.Name}, nil, path, map[string]any{"delay": nil, "window": nil})
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
		if _, ok := decode.FieldOf(decode.ValueOf(c.Transform), key); ok {
			return r.Fault(append(path, key), "%s", rest)
		}
	}
	if _, _, unrelated := connectivity.Factors(from, to); unrelated == nil {
		path = append(path, "kind") // another kind would do
		return r.Fault(path, "%s from %s to %s: %v", c.Transform.Kind(), c.From, c.To, err)
	}
	name, shape := r.odd(c)
	return r.Fault([]string{"area", name, "shape"}, "found %d×%d×%d, but %s from %s to %s (connection %q): %v%s", shape[0], shape[1], shape[2], c.Transform.Kind(), c.From, c.To, c.Name, err, r.fitting(c, name))
}

// fitting names sizes that an end of a connection could have: that of the other
// end, and the nearest one, which fits the area's other connections where one does.
func (r *reader) fitting(c *connectivity.Connection, name string) string {
	other := c.From
	if name == c.From {
		other = c.To
	}
	joins := func(size [3]int) bool {
		if name == c.From {
			return c.Transform.Check(size, r.shape(other)) == nil
		}
		return c.Transform.Check(r.shape(other), size) == nil
	}
	all := func(size [3]int) bool {
		for _, l := range r.links {
			from, to := r.e.Areas[l.from], r.e.Areas[l.to]
			switch {
			case from.Name == to.Name:
			case from.Name == name:
				from.Shape = size
			case to.Name == name:
				to.Shape = size
			default:
				continue
			}
			if _, _, err := connectivity.Factors(from.Shape, to.Shape); err != nil {
				return false
			}
		}
		return joins(size)
	}
	shape := r.shape(name)
	nearest, ok := connectivity.Nearest(r.shape(other), shape, all)
	if !ok {
		nearest, ok = connectivity.Nearest(r.shape(other), shape, joins)
	}
	same := r.shape(other)
	switch {
	case !ok:
		return ""
	case nearest[0] == same[0] && nearest[1] == same[1]:
		return fmt.Sprintf("; %d×%d would fit, the size of %s", same[0], same[1], other)
	case !joins([3]int{same[0], same[1], shape[2]}):
		return fmt.Sprintf("; %d×%d would fit", nearest[0], nearest[1])
	}
	return fmt.Sprintf("; %d×%d would fit, or %d×%d, the size of %s", nearest[0], nearest[1], same[0], same[1], other)
}

// odd returns the end of a connection whose size is to blame for its ends not
// being related by a factor: the one that fewer areas are related to, or else the
// target.
func (r *reader) odd(c *connectivity.Connection) (name string, shape [3]int) {
	related := func(shape [3]int) (n int) {
		for _, a := range r.e.Areas {
			_, _, down := connectivity.Factors(shape, a.Shape)
			_, _, up := connectivity.Factors(a.Shape, shape)
			if down == nil || up == nil {
				n++
			}
		}
		return n
	}
	shapes := map[string][3]int{}
	for _, a := range r.e.Areas {
		shapes[a.Name] = a.Shape
	}
	name = c.To
	if related(shapes[c.From]) < related(shapes[c.To]) {
		name = c.From
	}
	return name, shapes[name]
}

func (r *reader) connectionNames() []string {
	var names []string
	for i := range r.e.Matrix.Connections {
		names = append(names, r.e.Matrix.Connections[i].Name)
	}
	return names
}
