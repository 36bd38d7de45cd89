package independent

import (
	"slices"
	"strings"
)

var kinds = []string{"identity", "conv", "transposed_conv", "pool_conv", "resize_conv", "brc", "brd"}

// readLinks makes the connections of patterns, of the matrix and of the table
// of connections, and takes away what the file takes away.
func (n *network) readLinks(f table) error {
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
	cells := n.matrixCells(f.sub("matrix"), add)
	for _, name := range f.sub("connection").keys() {
		t, ok := f.sub("connection")[name].(table)
		if !ok {
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
			l.split = cells[name].split
			for t := range l.slices {
				l.slices[t] = l.slices[t] && cells[name].slices[t]
			}
		}
		n.links = append(n.links, l)
		if plus {
			n.links = append(n.links, l.shortcut())
		}
	}
	for _, text := range texts(f["without"]) {
		s := readSelector(text, n.steps)
		n.links = slices.DeleteFunc(n.links, func(l link) bool { return s.selects(n, l) })
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

// A cell is what a matrix makes of one connection.
type cell struct {
	slices []bool
	split  bool
}

// matrixCells adds the connections of a matrix and returns the slices at which
// each is there.
func (n *network) matrixCells(matrix table, add func(string, table)) map[string]*cell {
	cells := map[string]*cell{}
	if matrix == nil {
		return cells
	}
	enter := func(from, to, text string, at []bool, over bool) {
		for i, kind := range strings.Split(text, "+") {
			kind = strings.TrimSpace(kind)
			if kind == "" {
				continue
			}
			name := from + "->" + to
			if i > 0 || over {
				name += " " + kind
			}
			if c := cells[name]; c != nil {
				for t := range at {
					c.slices[t] = c.slices[t] || at[t]
				}
				continue
			}
			add(name, table{"kind": kind})
			cells[name] = &cell{slices: slices.Clone(at)}
		}
	}
	row := func(t table, window []bool, over bool) {
		columns := texts(t["to"])
		for _, from := range t.keys() {
			list, ok := t[from].([]any)
			if from == "to" || !ok {
				continue
			}
			for i, text := range list {
				if over {
					for name, c := range cells {
						if ends, _, _ := strings.Cut(name, " "); ends != from+"->"+columns[i] {
							continue
						}
						for t := range window {
							c.split = c.split || c.slices[t] && window[t]
							c.slices[t] = c.slices[t] && !window[t]
						}
					}
				}
				enter(from, columns[i], text.(string), window, over)
			}
		}
	}
	row(matrix, windowOf("0..", n.steps), false)
	for _, k := range matrix.keys() {
		if t := matrix.sub(k); t != nil {
			row(t, windowOf(k, n.steps), true)
		}
	}
	return cells
}

// readLink fills in what a connection does not say: its own keys come before
// those of the kind it names, those before its role's, those before defaults.
func (n *network) readLink(f table, name string, own table) (l link, plus bool, err error) {
	ends, _, _ := strings.Cut(name, " ")
	from, to, _ := strings.Cut(ends, "->")
	l = link{name: name, from: n.area(from), to: n.area(to)}
	a, b := n.areas[l.from], n.areas[l.to]
	c := chain{own}
	custom := func(t table) {
		if kind, ok := t["kind"].(string); ok && f.sub("kind").sub(kind) != nil {
			c = append(c, f.sub("kind").sub(kind))
		}
	}
	custom(own)
	l.role = c.text("role", roleOf(l.from, l.to))
	if role := f.sub("role").sub(l.role); role != nil {
		c = append(c, role)
		if own["kind"] == nil {
			custom(role)
		}
	}
	for _, t := range c {
		if kind, ok := t["kind"].(string); ok && slices.Contains(kinds, kind) {
			l.kind = kind
			break
		}
	}
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
	if l.kind == "identity" && c.find("kind") == "identity" && c.find("role") == nil {
		l.role = "self"
	}
	l.delay, l.slices = c.whole("delay", 1), windowOf(c.text("window", "0.."), n.steps)
	l.reads = c.text("state", map[string]string{"identity": "state", "brc": "state", "brd": "state"}[l.kind])
	if l.reads == "" {
		l.reads = "response"
	}
	if l.reads == "preactivation" && a.kind != "rate" {
		return l, false, refuse("%s reads the preactivation of %s, which has none", name, a.name)
	}
	l.merge, l.gain, l.bias = c.text("merge", "add"), c.number("gain", 1), c.text("bias", "auto")
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
			return l, false, refuse("%s: %s does not enlarge a map", name, l.kind)
		}
	case "transposed_conv", "brd", "resize_conv":
		if down > 1 {
			return l, false, refuse("%s: %s does not shrink a map", name, l.kind)
		}
	case "identity":
		if down > 1 || up > 1 || a.c != b.c {
			return l, false, refuse("%s: identity between maps of two shapes", name)
		}
	}
	plus = c.text("plus", "") == "identity" && l.kind != "identity"
	if plus && (down > 1 || up > 1 || a.c != b.c) {
		return l, false, refuse("%s: plus identity between maps of two shapes", name)
	}
	return l, plus, nil
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
	s := link{name: l.name + " identity", from: l.from, to: l.to, role: "self", delay: l.delay, slices: l.slices,
		reads: "state", merge: "add", gain: 1, bias: "auto", kind: "identity"}
	return s
}

// A selector is "A->B", "A->B word", "role:R" or "area:A", perhaps with "@a..b".
type selector struct {
	text   string
	slices []bool
}

func readSelector(text string, steps int) selector {
	name, at, ok := strings.Cut(text, "@")
	if !ok {
		at = "0.."
	}
	return selector{name, windowOf(at, steps)}
}

// selects reports whether s names l, whatever its window.
func (s selector) selects(n *network, l link) bool {
	if role, ok := strings.CutPrefix(s.text, "role:"); ok {
		return l.role == role
	}
	if name, ok := strings.CutPrefix(s.text, "area:"); ok {
		return n.areas[l.from].name == name || n.areas[l.to].name == name
	}
	ends, _, _ := strings.Cut(l.name, " ")
	return s.text == l.name || s.text == ends
}

// readSharing reads which weights are one variable.
func (n *network) readSharing(f table) error {
	t := f.sub("sharing")
	n.sharing = sharing{untiedFrom: n.steps, shape: chain{t}.text("between", "none") == "shape"}
	switch time := (chain{t}).text("time", "tied"); {
	case time == "untied":
		n.sharing.untiedFrom = 0
	case time != "tied":
		last := listed(windowOf(strings.TrimPrefix(time, "tied "), n.steps))
		n.sharing.untiedFrom = last[len(last)-1] + 1
	}
	for _, name := range t.sub("sets").keys() {
		s := set{name: name}
		for _, text := range texts(t.sub("sets")[name]) {
			s.members = append(s.members, readSelector(text, n.steps))
		}
		n.sharing.sets = append(n.sharing.sets, s)
	}
	return n.checkSets()
}

// checkSets refuses sets of which one selects nothing, or two the same.
func (n *network) checkSets() error {
	for _, s := range n.sharing.sets {
		for _, m := range s.members {
			if !slices.ContainsFunc(n.links, func(l link) bool { return m.selects(n, l) }) {
				return refuse("set %s: %s selects nothing", s.name, m.text)
			}
		}
	}
	for _, l := range n.links {
		for t := range n.steps {
			count := 0
			for _, s := range n.sharing.sets {
				if s.has(n, l, t) {
					count++
				}
			}
			if count > 1 && l.kind != "identity" {
				return refuse("%s is in two sets at slice %d", l.name, t)
			}
		}
	}
	return nil
}

func (s set) has(n *network, l link, t int) bool {
	return l.slices[t] && slices.ContainsFunc(s.members, func(m selector) bool { return m.slices[t] && m.selects(n, l) })
}
