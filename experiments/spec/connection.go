package spec

import (
	"slices"
	"strings"

	"ventral/connectivity"
	"ventral/experiments/decode"
)

// connections makes the connections of a link: one, and one for every "plus".
func (r *connectionReader) connections(l *link, links []*link) ([]connectivity.Connection, error) {
	path := []string{"connection", l.name}
	if l.by != nil {
		r.Follow(path, l.by)
	}
	k, err := r.choose(path, l)
	if err != nil {
		return nil, err
	}
	c := connectivity.NewConnection()
	c.Name, c.From, c.To, c.Role = l.name, r.e.Areas[l.from].Name, r.e.Areas[l.to].Name, k.role
	if c.Transform, err = r.transform(path, l, k); err != nil {
		return nil, err
	}
	plus, err := r.bind(path, l, k, &c)
	if err != nil {
		return nil, err
	}
	if l.kind != "" && k.own == "" {
		r.Follow(decode.Below(path, "kind"), l.by)
	}
	if in, ok := c.Window.And(l.window); ok {
		c.Window = in
	} else { // a fault where nothing takes it away
		r.never[c.Name] = r.Fault(decode.Below(path, "window"), "found %q, but the matrix has %s at steps %s only; want steps that both have", c.Window, k.kind, l.window)
	}
	c.Reads = c.Signal()
	if err := misfit(r.Source, path, &c, r.e.Areas, links); err != nil {
		return nil, err
	}
	out := []connectivity.Connection{c}
	for _, p := range plus {
		x, err := r.shortcut(path, l, &c, p)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// choice is which kind of transform a link is of, and what says so.
type choice struct {
	kind   string // of a transform, or a named kind
	own    string // kind in the connection's own table, "" for none
	named  bool   // by that table or by a cell, rather than by the role or the shapes
	role   string
	ofRole string // kind of the role's connections, "" for none
}

// choose finds kind and role of a link. The kind decides the role of an identity,
// and the role has a default kind.
func (r *connectionReader) choose(path []string, l *link) (choice, error) {
	own, _ := l.own["kind"].(string)
	if _, given := l.own["kind"]; given && own == "" {
		return choice{}, r.Fault(decode.Below(path, "kind"), "found %s, want text", decode.Described(l.own["kind"]))
	}
	k := choice{kind: own, own: own, named: own != "" || l.kind != ""}
	if own == "" {
		k.kind = l.kind
	}
	k.role = connectivity.RoleOf(l.from, l.to, r.transforms.base(k.kind) == "identity")
	if text, ok := l.own["role"].(string); ok && slices.Contains(connectivity.Roles, text) {
		k.role = text
	}
	k.ofRole, _ = r.transforms.role[k.role]["kind"].(string)
	if k.kind == "" {
		k.kind = k.ofRole
	}
	if k.kind == "" {
		k.kind = "conv"
		if from, to := r.e.Areas[l.from].Shape, r.e.Areas[l.to].Shape; from[0] < to[0] || from[1] < to[1] {
			k.kind = "transposed_conv"
		}
	}
	return k, nil
}

// transform returns the transform of a choice with its defaults. A fault stands
// where the choice was made.
func (r *connectionReader) transform(path []string, l *link, k choice) (connectivity.Transform, error) {
	t, err := connectivity.New(r.transforms.base(k.kind))
	if err == nil {
		setNorm(t, r.norm)
		return t, nil
	}
	at := []string{"role", k.role, "kind"}
	switch {
	case k.own != "":
		at = decode.Below(path, "kind")
	case l.kind != "":
		at = l.by
	}
	known := r.transforms.known()
	return nil, r.Fault(at, "found kind %q, want one of %s%s", k.kind, strings.Join(known, ", "), Near(k.kind, known))
}

// bind decodes the keys of a connection, each table over those before it: the kind
// that its role names, the role, the kind that it names itself, its own table. It
// returns what is added to the connection.
func (r *connectionReader) bind(path []string, l *link, k choice, c *connectivity.Connection) (plus []string, err error) {
	hooks := map[string]decode.Hook{
		"kind": kindHook,
		"plus": func(at []string, v any) (err error) { plus, err = r.Texts(at, v); return err },
	}
	type table struct {
		path []string
		keys map[string]any
	}
	tables := []table{{[]string{"role", k.role}, r.transforms.follow(k, c.Transform)}}
	if keys, ok := r.transforms.kind[k.kind]; ok {
		kind := table{[]string{"kind", k.kind}, keys}
		if k.named {
			tables = append(tables, kind)
		} else {
			tables = append([]table{kind}, tables...)
		}
	}
	for _, x := range tables {
		r.Inherit(path, l.own, x.path, x.keys)
		if err := r.Bind(x.path, x.keys, hooks, c, c.Transform); err != nil {
			return nil, err
		}
	}
	err = r.Bind(path, l.own, hooks, c, c.Transform)
	return plus, err
}

// shortcut makes the identity beside a connection.
func (r *connectionReader) shortcut(path []string, l *link, c *connectivity.Connection, plus string) (x connectivity.Connection, err error) {
	at := decode.Below(path, "plus")
	if plus != "identity" {
		return x, r.Fault(at, "found %q, want \"identity\"", plus)
	}
	if c.Transform.Kind() == "identity" {
		return x, r.Fault(at, "found %q, but %s is an identity itself: the state would arrive twice", plus, c.Name)
	}
	x = connectivity.NewConnection()
	x.Name, x.From, x.To, x.Delay, x.Window = c.Name+" identity", c.From, c.To, c.Delay, c.Window
	x.Role = connectivity.RoleOf(l.from, l.to, true)
	if x.Transform, err = connectivity.New("identity"); err != nil {
		return x, err
	}
	x.Reads = x.Signal()
	r.shortcuts[x.Name] = c.Name
	here := []string{"connection", x.Name}
	r.Follow(here, path)
	r.Inherit(here, nil, path, map[string]any{"delay": nil, "window": nil})
	return x, nil
}
