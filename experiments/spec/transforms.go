package spec

import (
	"maps"
	"slices"
	"strings"

	"ventral/connectivity"
	"ventral/experiments/decode"
)

// transformTables are the tables that connections of a role or of a named kind
// have in common, and which of them connections follow.
type transformTables struct {
	*decode.Source
	kind map[string]map[string]any // [kind.NAME]
	role map[string]map[string]any // [role.ROLE]

	used   map[string]bool    // joined paths of tables that some connection follows
	taken  map[[2]string]bool // role and key: some connection takes it
	passed map[[2]string]bool // role and key: passed over by a connection whose kind follows from the shapes and has it not
}

// read reads the tables kind and role.
func (r *transformTables) read(kind, role any) error {
	r.used, r.taken, r.passed = map[string]bool{}, map[[2]string]bool{}, map[[2]string]bool{}
	if err := r.kinds([]string{"kind"}, kind); err != nil {
		return err
	}
	return r.roles([]string{"role"}, role)
}

// kinds reads [kind.NAME], transforms with settings of their own.
func (r *transformTables) kinds(path []string, v any) error {
	r.kind = map[string]map[string]any{}
	if v == nil {
		return nil
	}
	m, err := r.Table(path, v)
	if err != nil {
		return err
	}
	for _, name := range r.Keys(path, m) {
		at := decode.Below(path, name)
		t, err := r.Table(at, m[name])
		if err != nil {
			return err
		}
		if strings.ContainsAny(name, "+ ") || name == "" {
			return r.FaultKey(at, "found the name %q, want one without spaces and \"+\"", name)
		}
		if slices.Contains(connectivity.Kinds(), name) {
			return r.FaultKey(at, "%q is a kind of transform itself, want another name", name)
		}
		base, ok := t["kind"].(string)
		if v, there := t["kind"]; there && !ok {
			return r.Fault(decode.Below(at, "kind"), "found %s, want one of %s", decode.Described(v), strings.Join(connectivity.Kinds(), ", "))
		}
		if err := kindMissing(r.Source, at, t, keysOfConnections()); err != nil {
			return err
		}
		if !ok {
			return r.Fault(at, "the key \"kind\" is missing, want one of %s", strings.Join(connectivity.Kinds(), ", "))
		}
		if _, err := connectivity.New(base); err != nil {
			return r.Fault(decode.Below(at, "kind"), "%v%s", err, Near(base, connectivity.Kinds()))
		}
		r.kind[name] = t
	}
	return nil
}

// roles reads [role.ROLE], defaults of the connections of a role.
func (r *transformTables) roles(path []string, v any) error {
	r.role = map[string]map[string]any{}
	if v == nil {
		return nil
	}
	m, err := r.Table(path, v)
	if err != nil {
		return err
	}
	for _, name := range r.Keys(path, m) {
		at := decode.Below(path, name)
		if !slices.Contains(connectivity.Roles, name) {
			return r.FaultKey(at, "no role is called %q%s", name, Meant(name, connectivity.Roles))
		}
		t, err := r.Table(at, m[name])
		if err != nil {
			return err
		}
		r.role[name] = t
	}
	return nil
}

// follow returns the keys of a role that a connection takes. One of a kind that
// the role does not name takes those that its kind can have.
func (r *transformTables) follow(k choice, t connectivity.Transform) map[string]any {
	all := r.role[k.role]
	taken := all
	if k.named && k.ofRole != k.kind || !k.named && k.ofRole == "" {
		taken = forKind(all, t, connectivity.Kinds(), connectivity.New)
	}
	for key := range all {
		if _, ok := taken[key]; ok {
			r.taken[[2]string{k.role, key}] = true
		} else if !k.named {
			r.passed[[2]string{k.role, key}] = true
		}
	}
	r.used[decode.Joined([]string{"role", k.role})] = true
	r.used[decode.Joined([]string{"kind", k.kind})] = true
	return taken
}

// passedOver reports a role's key that its connections pass over, all of them.
func (r *transformTables) passedOver() error {
	for _, role := range connectivity.Roles {
		path := []string{"role", role}
		for _, k := range r.Keys(path, r.role[role]) {
			if at := [2]string{role, k}; r.passed[at] && !r.taken[at] {
				return r.FaultKey(decode.Below(path, k), "unknown key here; it belongs to %s, and no %s connection is of such a kind", strings.Join(kindsWith(path, k), " or "), role)
			}
		}
	}
	return nil
}

// idleTables reports what is wrong with roles and kinds that no connection
// follows: in the others it was found when connections were made.
func (r *transformTables) idleTables() error {
	for _, x := range []struct {
		key    string
		tables map[string]map[string]any
	}{{"kind", r.kind}, {"role", r.role}} {
		for _, name := range slices.Sorted(maps.Keys(x.tables)) {
			path, table := []string{x.key, name}, x.tables[name]
			if r.used[decode.Joined(path)] {
				continue
			}
			kinds := connectivity.Kinds()
			if x.key == "kind" {
				kinds = []string{table["kind"].(string)}
			}
			if err := r.tryKeys(path, table, kinds); err != nil {
				return err
			}
		}
	}
	return nil
}

// tryKeys decodes each key of a table for the first of some kinds of transform
// that has it.
func (r *transformTables) tryKeys(path []string, table map[string]any, kinds []string) error {
	hooks := map[string]decode.Hook{
		"kind": func(at []string, v any) error {
			known := r.known()
			if name, ok := v.(string); !ok || !slices.Contains(known, name) {
				return r.Fault(at, "found kind %s, want one of %s", decode.Described(v), strings.Join(known, ", "))
			}
			return nil
		},
		"plus": func(at []string, v any) error { _, err := r.Texts(at, v); return err },
	}
	for _, key := range r.Keys(path, table) {
		c := connectivity.NewConnection()
		into := []any{&c}
		for _, k := range kinds {
			if t, err := connectivity.New(k); err == nil && slices.Contains(decode.KeysOf(t), key) {
				into = append(into, t)
				break
			}
		}
		for i := 0; len(into) == 1+i && i < len(kinds); i++ { // none: the fault names what they have
			t, _ := connectivity.New(kinds[i])
			into = append(into, t)
		}
		if err := r.Bind(path, map[string]any{key: table[key]}, hooks, into...); err != nil {
			return err
		}
	}
	return nil
}

// base is the kind of transform behind a name.
func (r *transformTables) base(kind string) string {
	if t, ok := r.kind[kind]; ok {
		return t["kind"].(string)
	}
	return kind
}

// known are all kinds that a connection may be of: those of transforms, and named
// ones.
func (r *transformTables) known() []string {
	return append(connectivity.Kinds(), slices.Sorted(maps.Keys(r.kind))...)
}

// nearRole is Near for the role of a selector.
func nearRole(text string) string {
	what, _, _ := strings.Cut(text, "@")
	if role, ok := strings.CutPrefix(what, "role:"); ok {
		return Near(role, connectivity.Roles)
	}
	return ""
}

// forKind returns the keys of a more general table that one of a kind can take:
// all but those that only other kinds have. New makes each of the kinds.
func forKind[T any](general map[string]any, kind T, kinds []string, new func(string) (T, error)) map[string]any {
	others := map[string]bool{}
	for _, k := range kinds {
		if x, err := new(k); err == nil {
			for _, key := range keysOfKind(x) {
				others[key] = true
			}
		}
	}
	for _, key := range keysOfKind(kind) {
		delete(others, key)
	}
	keys := maps.Clone(general)
	maps.DeleteFunc(keys, func(key string, _ any) bool { return others[key] })
	return keys
}
