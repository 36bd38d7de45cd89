package independent

import (
	"fmt"
	"slices"
)

// fits lists the kinds that lead from a map to another.
func (d drawer) fits(i, j int) []string {
	from, to := d.sides[i], d.sides[j]
	switch {
	case to > from && to%from != 0:
		return []string{"transposed_conv", "brd"}
	case to > from:
		return []string{"transposed_conv", "resize_conv", "brd"}
	case to == from && d.channels[i] == d.channels[j]:
		return []string{"conv", "pool_conv", "brc", "brc", "transposed_conv", "resize_conv", "brd", "identity"}
	case to == from:
		return []string{"conv", "pool_conv", "brc", "brc", "transposed_conv", "resize_conv", "brd"}
	}
	return []string{"conv", "pool_conv", "brc", "brc"}
}

// transform returns some keys of a kind.
func (d drawer) transform(kind string) table {
	t := table{}
	if kind == "identity" {
		return t
	}
	if d.chance(0.4) {
		t["kernel"] = 1 + d.IntN(4)
	}
	switch kind {
	case "pool_conv":
		if d.chance(0.5) {
			t["pool"] = choose(d, "max", "mean")
		}
		if d.chance(0.2) {
			t["pool_size"] = 0
		}
	case "brc", "brd":
		if d.chance(0.5) {
			t["times"] = 1 + d.IntN(3)
		}
		if d.chance(0.3) {
			t["width"] = d.IntN(4)
		}
		if d.chance(0.3) {
			t["stride_at"] = choose(d, "first", "last")
		}
		if d.chance(0.3) {
			t["norm"] = d.anyNorm()
		}
	}
	return t
}

// window returns text that names some steps.
func (d drawer) window() string {
	a := d.IntN(d.steps)
	b := a + d.IntN(d.steps-a)
	if d.chance(0.15) && b+2 < d.steps {
		return fmt.Sprintf("%d..%d, %d..", a, b, b+2)
	}
	return choose(d, fmt.Sprint(a), fmt.Sprintf("%d..%d", a, b), fmt.Sprintf("%d..", a), fmt.Sprintf("%d..", a), fmt.Sprintf("..%d", b))
}

// wiring returns some of the keys that every connection has.
func (d drawer) wiring(much float64) table {
	t := table{}
	if d.chance(0.3 * much) {
		t["delay"] = choose(d, 1, 1, 2, 3)
	}
	if d.chance(0.15 * much) {
		t["window"] = d.window()
	}
	if d.chance(0.2 * much) {
		t["state"] = choose(d, "state", "response", "response", "preactivation")
	}
	if d.chance(0.2 * much) {
		t["gain"] = choose(d, 1.0, 0.5, -2.0, 0.0)
	}
	if d.chance(0.15 * much) { // where gains scale what they are made of, states grow without end
		t.put(choose(d, table{"merge": "add"}, table{"merge": "multiply"}, table{"ports": []any{"drive"}}, table{"ports": []any{"gain"}},
			table{"ports": []any{"drive", "gain"}, "gain": 0.25}, table{"ports": []any{"gain", "drive"}, "gain": 0.25}))
	}
	if d.chance(0.2 * much) {
		t["bias"] = choose(d, "auto", "present", "absent")
	}
	if d.chance(0.1 * much) {
		t["time"] = d.time()
	}
	return t
}

func (d drawer) time() string {
	return choose(d, "tied", "untied", fmt.Sprintf("tied ..%d", d.IntN(d.steps)))
}

func (t table) put(more table) table {
	for k, v := range more {
		t[k] = v
	}
	return t
}

// kinds names kinds: their first letters say what maps they fit.
func (d drawer) kinds(f table) {
	for _, name := range []string{"down", "narrow", "up", "wide"} {
		if !d.chance(0.3) {
			continue
		}
		kind := choose(d, "brc", "brc", "conv", "pool_conv")
		if name == "up" || name == "wide" {
			kind = choose(d, "brd", "brd", "transposed_conv")
		}
		f.at("kind")[name] = d.transform(kind).put(d.wiring(0.5)).put(table{"kind": kind})
	}
	if d.chance(0.4) {
		kind := choose(d, "brc", "brc", "conv", "brd")
		f.at("kind")["stay"] = d.transform(kind).put(d.wiring(0.5)).put(table{"kind": kind, "plus": "identity"})
	}
}

// kindFor returns a kind, or a kind of the file's own, that leads from area i
// to area j.
func (d drawer) kindFor(f table, i, j int) string {
	list := d.fits(i, j)
	own := []string{"down", "narrow"}
	if d.sides[j] > d.sides[i] {
		own = []string{"up", "wide"}
	} else if i == j {
		own = append(own, "stay", "stay", "stay")
	}
	for _, name := range own {
		if f.sub("kind").sub(name) != nil {
			list = append(list, name, name)
		}
	}
	return choose(d, list...)
}

func (d drawer) roles(f table) {
	if d.steps < len(d.names) || d.chance(0.2) {
		f.at("role")["feedforward"] = table{"delay": 0}
	}
	for _, role := range []string{"feedforward", "lateral", "feedback", "bypass"} {
		if !d.chance(0.25) {
			continue
		}
		t := d.wiring(0.6)
		if d.chance(0.4) {
			t["kernel"] = 1 + d.IntN(4)
		}
		if d.chance(0.1) {
			t["times"] = 1 + d.IntN(3)
		}
		if role == "lateral" && d.chance(0.6) {
			kind := choose(d, "brc", "conv", "pool_conv", "brd", "resize_conv")
			t.put(d.transform(kind))["kind"] = kind
			if stay := f.sub("kind").sub("stay"); stay != nil && stay["kind"] == kind {
				t["kind"] = "stay"
			}
			if d.chance(0.3) {
				t["plus"] = "identity"
			}
		}
		f.at("role").at(role).put(t)
	}
}

func (d drawer) pattern(f table) {
	f["pattern"] = []any{"feedforward"}
	for _, p := range []string{"feedback", "lateral", "bypass", "adjacent", "full"} {
		if d.chance(0.3) {
			f["pattern"] = append(f["pattern"].([]any), p)
		}
	}
}

// connections refines connections, or makes some.
func (d drawer) connections(f table) {
	for range d.IntN(4) {
		i, j := d.IntN(len(d.names)), d.IntN(len(d.names))
		if i > j && d.chance(0.5) {
			i, j = j, i
		}
		name := d.names[i] + "->" + d.names[j]
		if d.chance(0.3) {
			name += " " + choose(d, "late", "two")
		}
		t := d.wiring(1)
		if i < j && d.chance(0.2) || d.chance(0.02) {
			t["delay"] = 0
		}
		switch {
		case d.chance(0.7):
			t["kind"] = d.kindFor(f, i, j)
			if slices.Contains(kinds, t["kind"].(string)) {
				t.put(d.transform(t["kind"].(string)))
				if i == j && d.chance(0.2) && t["kind"] != "identity" {
					t["plus"] = "identity"
				}
			}
		case d.chance(0.5):
			t["kernel"] = 1 + d.IntN(4)
		}
		if d.chance(0.1) {
			t["role"] = choose(d, "feedforward", "lateral", "feedback", "bypass")
		}
		f.at("connection")[name] = t
	}
}

// without takes connections away.
func (d drawer) without(f table) {
	pairs := []string{}
	for _, from := range d.names {
		for _, to := range d.names {
			pairs = append(pairs, from+"->"+to)
		}
	}
	if d.chance(0.15) {
		list := []any{}
		for range 1 + d.IntN(2) {
			list = append(list, choose(d, "role:lateral", "role:feedback", "role:bypass", choose(d, pairs...), "area:"+choose(d, d.names...)))
		}
		f["without"] = list
		if len(list) == 1 && d.chance(0.5) {
			f["without"] = list[0]
		}
	}
	if d.chance(0.15) {
		if n, _ := read(f.clone().put(d.head), ""); n != nil && len(n.links) > 0 && d.chance(0.9) {
			pairs = []string{choose(d, n.links...).name}
		}
		f.at("connection")[choose(d, pairs...)] = false
	}
}

// matrix writes connections as a table of cells, some of it in windows.
func (d drawer) matrix(f table) {
	cell := func(i, j int) string {
		text := d.kindFor(f, i, j)
		if d.chance(0.15) {
			if other := d.kindFor(f, i, j); other != text {
				text += "+" + other
			}
		}
		return text
	}
	m := table{"to": anys(d.names)}
	for i, from := range d.names {
		row := []any{}
		for j := range d.names {
			switch {
			case j == i+1 && d.chance(0.9), d.chance(0.5):
				row = append(row, cell(i, j))
			default:
				row = append(row, "")
			}
		}
		m[from] = row
	}
	for range d.IntN(3) {
		columns := []int{}
		for j := range d.names {
			if d.chance(0.5) {
				columns = append(columns, j)
			}
		}
		over := table{"to": []any{}}
		for _, j := range columns {
			over["to"] = append(over["to"].([]any), d.names[j])
		}
		for i, from := range d.names {
			if !d.chance(0.5) {
				continue
			}
			row := []any{}
			for _, j := range columns {
				if d.chance(0.5) {
					row = append(row, "")
				} else {
					row = append(row, cell(i, j))
				}
			}
			over[from] = row
		}
		if len(columns) > 0 && len(over) > 1 {
			m[d.window()] = over
		}
	}
	f["matrix"] = m
}

func (d drawer) shares(f table) {
	if d.chance(0.5) {
		f.at("sharing")["time"] = d.time()
	}
	switch {
	case d.chance(0.2):
		f.at("sharing")["between"] = choose(d, "none", "shape")
	case d.chance(0.3):
		for _, name := range []string{"x", "y"}[:1+d.IntN(2)] {
			members := []any{}
			for range 1 + d.IntN(2) {
				text := choose(d, "role:feedforward", "role:lateral", "role:feedback", "area:"+choose(d, d.names...), choose(d, d.names...)+"->"+choose(d, d.names...))
				if d.chance(0.3) {
					text += "@" + d.window()
				}
				members = append(members, text)
			}
			f.at("sharing").at("sets")[name] = members
		}
	}
}
