package independent

import (
	"slices"
	"strings"
)

var kinds = []string{"identity", "conv", "transposed_conv", "pool_conv", "resize_conv", "brc", "brd"}

// readLinks makes the connections of patterns, of the matrix and of the table
// of connections, and takes away what the file takes away.
//
// Where a variant has a pattern, what the file itself says of other connections
// lies idle.
func (n *network) readLinks(f, variant table) error {
	idle := variant["pattern"] != nil
	written := map[string]table{} // by name, in the file's words
	var names []string
	add := func(name string, t table) {
		if _, ok := written[name]; !ok {
			names = append(names, name)
		}
		written[name] = t
	}
	for _, pattern := range texts(f["pattern"]) {
		for from := range n.areas {
			for to := range n.areas {
				if joins(pattern, from, to) {
					add(n.areas[from].name+"->"+n.areas[to].name, table{})
				}
			}
		}
	}
	if f["pattern"] != nil && f["matrix"] != nil {
		return refuse("a pattern beside a matrix")
	}
	cells, err := n.matrixCells(f.sub("matrix"), add)
	if err != nil {
		return err
	}
	for _, name := range f.sub("connection").keys() {
		if _, own := variant.sub("connection")[name]; idle && !own && written[name] == nil {
			continue
		}
		t, ok := f.sub("connection")[name].(table)
		if !ok {
			if written[name] == nil {
				return refuseAt("connection.", "there is no %s to take away", name)
			}
			delete(written, name)
			names = slices.DeleteFunc(names, func(s string) bool { return s == name })
			continue
		}
		merged := t.clone()
		for k, v := range written[name] { // the kind that a cell names
			if _, ok := merged[k]; !ok {
				merged[k] = v
			}
		}
		add(name, merged)
	}
	for _, name := range names {
		l, plus, err := n.readLink(f, name, written[name])
		if err != nil {
			return err
		}
		if cells[name] != nil {
			for t := range l.steps {
				l.steps[t] = l.steps[t] && cells[name][t]
			}
		}
		n.links = append(n.links, l)
		if plus {
			n.links = append(n.links, l.shortcut())
			if written[l.name+" identity"] != nil {
				return refuseAt("connection.", "%s identity is there twice", l.name)
			}
		}
	}
	for _, name := range f.sub("kind").keys() {
		t := f.sub("kind").sub(name)
		for k := range t {
			if kind, _ := t["kind"].(string); !slices.Contains(keysOf(kind), k) {
				return refuseAt("kind."+name, "kind %s: %s has no key %s", name, kind, k)
			}
		}
	}
	if err := n.checkRoles(); err != nil {
		return err
	}
	for _, text := range texts(f["without"]) {
		s := readSelector(text, n.steps)
		if strings.Contains(text, "@") {
			return refuseAt("without", "without: %s has a window", text)
		}
		before := len(n.links)
		n.links = slices.DeleteFunc(n.links, func(l link) bool {
			l.role = l.ownerRole // the shortcut of a connection goes with it
			return s.selects(n, l)
		})
		if len(n.links) == before && !(idle && variant["without"] == nil) {
			return refuseAt("without", "without: %s selects nothing", text)
		}
	}
	for _, l := range n.links {
		if l.misfit != nil {
			return l.misfit
		}
		if !slices.Contains(l.steps, true) {
			return refuseAt(".window", "%s has no step", l.name)
		}
		if a := n.areas[l.from]; l.reads == "preactivation" && a.kind != "rate" {
			return refuseAt(".state", "%s reads the preactivation of %s, which has none", l.name, a.name)
		}
	}
	return nil
}

// checkRoles refuses a key of a role that a connection whose kind follows from
// the shapes has not, unless another connection of the role has it.
func (n *network) checkRoles() error {
	for _, l := range n.links {
		for _, k := range l.ofRole {
			has := func(o link) bool { return o.role == l.role && slices.Contains(keysOf(o.kind), k) }
			if !slices.ContainsFunc(n.links, has) {
				return refuseAt("role."+l.role, "%s: no %s connection has a key %s", l.name, l.role, k)
			}
		}
	}
	return nil
}

// joins reports whether a pattern has a connection between two areas, given by
// their places in the order.
func joins(pattern string, from, to int) bool {
	switch pattern {
	case "feedforward":
		return to == from+1
	case "feedback":
		return to == from-1
	case "lateral":
		return to == from
	case "bypass":
		return to > from+1
	case "adjacent":
		return to >= from-1 && to <= from+1
	case "full":
		return true
	}
	panic(pattern)
}

// matrixCells adds the connections of a matrix and returns the steps at which
// each is there.
func (n *network) matrixCells(matrix table, add func(string, table)) (cells map[string][]bool, err error) {
	cells = map[string][]bool{}
	if matrix == nil {
		return cells, nil
	}
	replaced := map[string][]bool{} // by other windows
	at := map[string][]string{}     // the cell of a pair, by step
	put := func(t table, window []bool) {
		columns := texts(t["to"])
		for _, from := range n.areas {
			list, _ := t[from.name].([]any)
			for i, text := range list {
				pair := from.name + "->" + columns[i]
				if at[pair] == nil {
					at[pair] = make([]string, n.steps)
				}
				if replaced[pair] == nil {
					replaced[pair] = make([]bool, n.steps)
				}
				for _, t := range listed(window) {
					if replaced[pair][t] {
						err = refuse("two windows of the matrix have a cell of %s at step %d", pair, t)
					}
					replaced[pair][t] = true
					at[pair][t] = text.(string)
				}
			}
		}
	}
	put(matrix, windowOf("0..", n.steps))
	clear(replaced)
	for _, k := range matrix.keys() {
		if t := matrix.sub(k); t != nil {
			window := windowOf(k, n.steps)
			if !slices.Contains(window, true) {
				return nil, refuse("matrix window %s has no step", k)
			}
			put(t, window)
		}
	}
	for _, from := range n.areas {
		for _, to := range n.areas {
			pair := from.name + "->" + to.name
			var order []string
			stepsOf := map[string][]bool{}
			for t, text := range at[pair] {
				for kind := range strings.SplitSeq(text, "+") {
					if kind = strings.TrimSpace(kind); kind == "" {
						continue
					}
					if stepsOf[kind] == nil {
						order = append(order, kind)
						stepsOf[kind] = make([]bool, n.steps)
					}
					stepsOf[kind][t] = true
				}
			}
			slices.SortStableFunc(order, func(a, b string) int { // an identity comes behind others
				return boolean(a == "identity") - boolean(b == "identity")
			})
			for i, kind := range order {
				name := pair
				if i > 0 {
					name += " " + kind
				}
				add(name, table{"kind": kind})
				cells[name] = stepsOf[kind]
			}
		}
	}
	return cells, err
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// readLink fills in what a connection does not say: its own keys come before
// those of the kind it names, those before its role's, those before defaults.
func (n *network) readLink(f table, name string, own table) (l link, plus bool, err error) {
	ends, _, _ := strings.Cut(name, " ")
	from, to, _ := strings.Cut(ends, "->")
	l = link{name: name, from: n.area(from), to: n.area(to)}
	a, b := n.areas[l.from], n.areas[l.to]
	c := chain{own}
	for i, t := range []table{own, f.sub("role").sub(c.text("role", roleOf(l.from, l.to)))} {
		if i > 0 && own["kind"] != nil {
			break
		}
		if kind, ok := t["kind"].(string); ok && f.sub("kind").sub(kind) == nil && !slices.Contains(kinds, kind) {
			return l, false, refuseAt(".kind", "%s: there is no kind %s", name, kind)
		}
	}
	strict := []table{own} // tables whose keys must all be those of the kind
	custom := func(t table) {
		if kind, ok := t["kind"].(string); ok && f.sub("kind").sub(kind) != nil {
			c = append(c, f.sub("kind").sub(kind))
			strict = append(strict, f.sub("kind").sub(kind))
		}
	}
	custom(own)
	l.role = c.text("role", roleOf(l.from, l.to))
	if l.from == l.to && c.find("role") == nil && c.text("kind", "") == "identity" {
		l.role = "self"
	}
	if role := f.sub("role").sub(l.role); role != nil {
		c = append(c, role)
		if own["kind"] == nil {
			custom(role)
		}
		switch {
		case role["kind"] == nil && own["kind"] == nil:
			l.ofRole = role.keys()
		case own["kind"] == nil || own["kind"] == role["kind"]:
			strict = append(strict, role)
		}
	}
	for _, t := range c {
		if kind, ok := t["kind"].(string); ok && slices.Contains(kinds, kind) {
			l.kind = kind
			break
		}
	}
	l.ownerRole = l.role
	down, up, err := factors(a, b)
	if err != nil {
		return l, false, err
	}
	if l.kind == "" {
		l.kind = "conv"
		if up > 1 {
			l.kind = "transposed_conv"
		}
	}
	for _, t := range strict {
		for k := range t {
			if !slices.Contains(keysOf(l.kind), k) {
				return l, false, refuse("%s: a connection of kind %s has no key %s", name, l.kind, k)
			}
		}
	}
	l.delay, l.steps = c.whole("delay", 1), windowOf(c.text("window", "0.."), n.steps)
	l.reads = c.text("state", map[string]string{"identity": "state", "brc": "state", "brd": "state"}[l.kind])
	if l.reads == "" {
		l.reads = "response"
	}
	l.time = c.text("time", chain{f.sub("sharing")}.text("time", "tied"))
	l.untiedFrom = untiedFrom(l.time, n.steps)
	l.gain, l.bias = c.number("gain", 1), c.text("bias", "auto")
	if l.ports, err = portsOf(name, texts(c.find("ports")), c.text("merge", "add")); err != nil {
		return l, false, err
	}
	l.kernel, l.times, l.width = c.whole("kernel", 3), c.whole("times", 1), c.whole("width", 0)
	l.strideAt = c.text("stride_at", map[string]string{"brc": "first", "brd": "last"}[l.kind])
	l.pool, l.poolSize = c.text("pool", "max"), c.whole("pool_size", 0)
	l.norm = readNorm(append(c.tables("norm"), f.sub("default").sub("norm")))
	if l.width == 0 {
		l.width = ceilDiv(a.c+b.c, 2)
	}
	switch l.kind {
	case "conv", "brc", "pool_conv":
		if up > 1 {
			l.misfit = refuse("%s: %s does not enlarge a map", name, l.kind)
		}
	case "transposed_conv", "brd", "resize_conv":
		if down > 1 {
			l.misfit = refuse("%s: %s does not shrink a map", name, l.kind)
		}
	case "identity":
		if down > 1 || up > 1 || a.c != b.c {
			l.misfit = refuse("%s: identity between maps of two shapes", name)
		}
	}
	plus = c.text("plus", "") == "identity"
	if plus && l.kind == "identity" {
		return l, false, refuse("%s: plus identity on an identity", name)
	}
	if plus && (down > 1 || up > 1 || a.c != b.c) {
		l.misfit = refuse("%s: plus identity between maps of two shapes", name)
	}
	return l, plus, nil
}

// portsOf returns the ports that a connection drives.
func portsOf(name string, given []string, merge string) ([]string, error) {
	switch {
	case len(given) > 0 && merge == "multiply":
		return nil, refuseAt(".ports", "%s: ports beside merge", name)
	case merge == "multiply":
		return []string{"gain"}, nil
	case len(given) == 0:
		return []string{"drive"}, nil
	}
	for i, port := range given {
		if port != "drive" && port != "gain" || slices.Contains(given[:i], port) {
			return nil, refuseAt(".ports", "%s: no port %s, or twice", name, port)
		}
	}
	return given, nil
}

// within begins the names of what belongs to one of several ports.
func (l *link) within(port string) string {
	if len(l.ports) == 1 {
		return ""
	}
	return port + "/"
}

// keysOf lists the keys that a connection of a kind may have.
func keysOf(kind string) []string {
	list := []string{"kind", "role", "delay", "window", "state", "merge", "ports", "gain", "bias", "init", "time", "plus"}
	switch kind {
	case "identity":
		return list
	case "pool_conv":
		list = append(list, "pool", "pool_size")
	case "brc", "brd":
		list = append(list, "times", "width", "stride_at", "norm")
	}
	return append(list, "kernel")
}

func roleOf(from, to int) string {
	switch {
	case from == to:
		return "lateral"
	case to < from:
		return "feedback"
	case to == from+1:
		return "feedforward"
	}
	return "bypass"
}

// shortcut is the connection that plus = "identity" adds.
func (l link) shortcut() link {
	s := link{name: l.name + " identity", from: l.from, to: l.to, role: "self", ownerRole: l.role, delay: l.delay, steps: l.steps,
		reads: "state", ports: []string{"drive"}, gain: 1, bias: "auto", kind: "identity"}
	return s
}
