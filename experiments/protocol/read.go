package protocol

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"ventral/experiments/decode"
)

// Most is the largest number of conditions that the lists of a protocol may make.
const Most = 1000

// Read reads the tables [protocol.NAME] of a file, in its order. One that is written as a
// built-in one, as the resolved file of a run has it, is that.
func Read(s *decode.Source, v any) ([]Protocol, error) {
	list, err := read(s, v)
	for i := range list {
		if b, ok := FindBuiltin(list[i].Name); ok && slices.Equal(b.Text, list[i].Text) {
			list[i] = b
		}
	}
	return list, err
}

// read is Read that knows no built-in protocols.
func read(s *decode.Source, v any) ([]Protocol, error) {
	if v == nil {
		return nil, nil
	}
	path := []string{"protocol"}
	m, err := s.Table(path, v)
	if err != nil {
		return nil, err
	}
	var list []Protocol
	for _, name := range s.Keys(path, m) {
		p, err := readOne(s, decode.Below(path, name), name, m[name])
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// readOne reads one table.
func readOne(s *decode.Source, at []string, name string, v any) (Protocol, error) {
	p := Protocol{Name: name, Settings: Settings{Ground: "mean", Label: -1}}
	if !decode.FileName(name) || strings.ContainsAny(name, "[]=,") {
		return p, s.FaultKey(at, "found %q, want a name that a file can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > | [ ] = ,", name)
	}
	m, err := s.Table(at, v)
	if err != nil {
		return p, err
	}
	own, keys := map[string]any{}, map[string]any{}
	for _, key := range s.Keys(at, m) {
		p.Text = append(p.Text, [2]string{key, s.Written(decode.Below(at, key), m[key])})
		switch {
		case key == "show":
		case slices.Contains(decode.KeysOf(&Settings{}), key):
			own[key] = m[key]
		default:
			keys[key] = m[key]
		}
	}
	if err := s.Bind(at, own, nil, &p.Settings); err != nil {
		return p, err
	}
	items, err := itemsOf(s, decode.Below(at, "show"), m["show"])
	if err != nil {
		return p, err
	}
	x := &expander{Source: s, at: at, keys: keys, items: items, used: map[string]bool{}}
	if err := x.findAxes(); err != nil {
		return p, err
	}
	if p.Conditions, err = x.conditions(p.Name, p.Settings); err != nil {
		return p, err
	}
	for _, a := range x.axes {
		axis := Axis{Name: a.name}
		for _, v := range a.values {
			axis.Values = append(axis.Values, plain(v))
		}
		p.Axes = append(p.Axes, axis)
	}
	return p, nil
}

// itemsOf reads the list of what is shown.
func itemsOf(s *decode.Source, at []string, v any) (items []map[string]any, err error) {
	const want = "want a list of what is shown, such as [{ steps = \"0..2\", image = true }, { steps = \"3..\", blank = \"grey\" }]"
	switch list := v.(type) {
	case nil:
		return nil, s.FaultKey(at[:len(at)-1], "the key \"show\" is missing, %s", want)
	case []map[string]any:
		items = list
	case []any:
		for i, v := range list {
			m, err := s.Table(decode.Element(at, i), v)
			if err != nil {
				return nil, err
			}
			items = append(items, m)
		}
	default:
		if err := s.Unread(at, v); err != nil {
			return nil, err
		}
		return nil, s.Fault(at, "found %s, %s", decode.Described(v), want)
	}
	if len(items) == 0 {
		return nil, s.Fault(at, "found an empty list, %s", want)
	}
	return items, nil
}

// axis is a list of values, each of which makes a condition.
type axis struct {
	name   string
	values []any
	item   int      // whose value is the list, -1 where it is a key of the protocol
	key    []string // below the item
}

// expander makes conditions of a protocol's lists.
type expander struct {
	*decode.Source
	at    []string
	keys  map[string]any // of the protocol, that items name
	used  map[string]bool
	items []map[string]any
	axes  []axis
}

// findAxes finds lists: keys of the protocol first, then values of items.
func (x *expander) findAxes() error {
	for _, key := range x.Keys(x.at, x.keys) {
		at := decode.Below(x.at, key)
		list, ok := x.keys[key].([]any)
		if !ok {
			if _, table := x.keys[key].(map[string]any); table {
				return x.FaultKey(at, "unknown key%s", decode.Meant(key, append(decode.KeysOf(&Settings{}), "show")))
			}
			continue
		}
		if err := x.addAxis(at, axis{key, list, -1, nil}); err != nil {
			return err
		}
	}
	for i, item := range x.items {
		for _, key := range x.Keys(x.itemPath(i), item) {
			if list, ok := item[key].([]any); key == "shift" && ok && !slices.ContainsFunc(list, pair) {
				continue // two numbers are one value
			}
			if err := x.listsOf(i, []string{key}, item[key]); err != nil {
				return err
			}
		}
	}
	n := 1
	for _, a := range x.axes {
		if n *= len(a.values); n > Most {
			return x.FaultKey(x.at, "its lists make more than %d conditions, want fewer values", Most)
		}
	}
	return nil
}

// pair reports whether a value is a list itself.
func pair(v any) bool { _, ok := v.([]any); return ok }

// listsOf finds lists of an item's value, or in the table that it is.
func (x *expander) listsOf(item int, key []string, v any) error {
	at := decode.Below(x.itemPath(item), key...)
	switch v := v.(type) {
	case []any:
		name := key[len(key)-1]
		taken := func(a axis) bool { return a.name == name }
		for n := item + 1; slices.ContainsFunc(x.axes, taken); n++ {
			name = key[len(key)-1] + strconv.Itoa(n)
		}
		return x.addAxis(at, axis{name, v, item, key})
	case map[string]any:
		for _, k := range x.Keys(at, v) {
			if err := x.listsOf(item, decode.Below(key, k), v[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// addAxis adds a list of different values, which stands at a place.
func (x *expander) addAxis(at []string, a axis) error {
	if len(a.values) == 0 {
		return x.Fault(at, "found an empty list, want values, each of which makes a condition")
	}
	seen := map[string]bool{}
	for i, v := range a.values {
		if seen[plain(v)] {
			return x.Fault(decode.Element(at, i), "found %s twice, want each value once", plain(v))
		}
		seen[plain(v)] = true
	}
	x.axes = append(x.axes, a)
	return nil
}

func (x *expander) itemPath(i int) []string { return decode.Element(decode.Below(x.at, "show"), i) }

// conditions crosses the axes.
func (x *expander) conditions(name string, settings Settings) (list []Condition, err error) {
	chosen := make([]int, len(x.axes))
	for {
		c := Condition{Name: name, Settings: settings}
		keys := maps.Clone(x.keys)
		var named []string
		for k, a := range x.axes {
			v := a.values[chosen[k]]
			c.Values = append(c.Values, plain(v))
			named = append(named, a.name+"="+plain(v))
			if a.item < 0 {
				keys[a.name] = v
			}
		}
		if len(named) > 0 {
			c.Name += "[" + strings.Join(named, ",") + "]"
		}
		for i, m := range x.items {
			own := copied(m)
			for k, a := range x.axes {
				if a.item == i {
					put(own, a.key, a.values[chosen[k]])
				}
			}
			x.fillIn(own, keys)
			for _, key := range []string{"noise", "occlude"} {
				if t, ok := own[key].(map[string]any); ok && t["kind"] == nil {
					return nil, x.Fault(decode.Below(x.itemPath(i), key), "found no kind, want one, such as { kind = %q, … }", map[string]string{"noise": "gaussian", "occlude": "patches"}[key])
				}
			}
			item := NewItem()
			if err := x.Bind(x.itemPath(i), own, map[string]decode.Hook{"image": x.image(&item)}, &item); err != nil {
				return nil, err
			}
			c.Items = append(c.Items, item)
		}
		if err := c.check(); err != nil {
			return nil, x.Wrap(x.at, err)
		}
		list = append(list, c)
		k := len(chosen) - 1
		for ; k >= 0; k-- {
			if chosen[k]++; chosen[k] < len(x.axes[k].values) {
				break
			}
			chosen[k] = 0
		}
		if k < 0 {
			break
		}
	}
	for _, key := range x.Keys(x.at, x.keys) {
		if !x.used[key] {
			return nil, x.FaultKey(decode.Below(x.at, key), "no item names %q; want it as a value, such as { for = %q, image = true }%s", key, key, decode.Nearest(key, append(decode.KeysOf(&Settings{}), "show")))
		}
	}
	return list, nil
}

// image reads true and false, besides numbers.
func (x *expander) image(item *Item) decode.Hook {
	return func(at []string, v any) error {
		switch v := v.(type) {
		case bool:
			if v {
				item.Image = 0
			}
			return nil
		case int64, string:
			if err := item.Image.UnmarshalText([]byte(fmt.Sprint(v))); err != nil {
				return x.Fault(at, "%v", err)
			}
			return nil
		}
		return x.Fault(at, "found %s, want true, or 0 for the image of the trial, 1 to 15 for others", decode.Described(v))
	}
}

// fillIn puts values of the protocol's keys where an item names one.
func (x *expander) fillIn(m map[string]any, keys map[string]any) {
	for k, v := range m {
		switch v := v.(type) {
		case map[string]any:
			x.fillIn(v, keys)
		case string:
			if value, ok := keys[v]; ok {
				m[k], x.used[v] = value, true
			}
		}
	}
}

// put writes a value into nested tables.
func put(m map[string]any, key []string, v any) {
	for ; len(key) > 1; key = key[1:] {
		m = m[key[0]].(map[string]any)
	}
	if t, ok := v.(map[string]any); ok {
		v = copied(t)
	}
	m[key[0]] = v
}

// copied returns a copy of a table and of the tables in it.
func copied(m map[string]any) map[string]any {
	c := maps.Clone(m)
	for k, v := range c {
		if t, ok := v.(map[string]any); ok {
			c[k] = copied(t)
		}
	}
	return c
}

// plain writes a value as it stands in the name of a condition.
func plain(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return decode.Plain(v)
}
