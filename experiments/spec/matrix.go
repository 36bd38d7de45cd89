package spec

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"ventral/connectivity"
	"ventral/experiments/decode"
)

// cell is one entry of the matrix table: kinds that are summed.
type cell struct {
	text string
	at   []string
}

// matrix reads the matrix table. The rows of the table itself hold always;
// those of [matrix."a..b"] replace the cells they name in that window.
func (r *reader) matrix(path []string, v any) ([]*link, error) {
	m, err := r.Table(path, v)
	if err != nil {
		return nil, err
	}
	to := r.names()
	if v, ok := m["to"]; ok {
		if to, err = r.targets(append(path, "to"), v); err != nil {
			return nil, err
		}
	}
	base, err := r.rows(path, m, to)
	if err != nil {
		return nil, err
	}
	type windowed struct {
		window connectivity.Window
		cells  map[connectivity.Pair]cell
		at     []string
	}
	var windows []windowed
	for _, key := range r.Keys(path, m) {
		w, err := connectivity.ParseWindow(key)
		if key == "to" || slices.Contains(r.names(), key) {
			continue
		}
		at := append(append([]string(nil), path...), key)
		if err != nil {
			return nil, r.FaultKey(at, "found %q, want \"to\", the name of an area (a row, from which signals go), or a window such as \"5..9\"%s", key, Near(key, r.names()))
		}
		if empty, table := m[key].(map[string]any); table && len(empty) == 0 {
			continue // taken away
		}
		if _, _, ok := w.Cut(r.e.Steps); !ok && r.rank("steps") > r.rank(at...) {
			r.note("%s lies idle: the experiment has slices 0..%d", decode.Dotted(at), r.e.Steps-1)
			continue
		} else if !ok {
			return nil, r.FaultKey(at, "found window %q, the experiment has slices 0..%d (steps = %d)", key, r.e.Steps-1, r.e.Steps)
		}
		t, err := r.Table(at, m[key])
		if err != nil {
			return nil, err
		}
		to := to
		if v, ok := t["to"]; ok {
			if to, err = r.targets(append(at, "to"), v); err != nil {
				return nil, err
			}
		}
		for _, k := range r.Keys(at, t) {
			if k != "to" && !slices.Contains(r.names(), k) {
				return nil, r.FaultKey(append(at, k), "%s", noArea(k, r.names()))
			}
		}
		cells, err := r.rows(at, t, to)
		if err != nil {
			return nil, err
		}
		for _, o := range windows {
			for p := range cells {
				if _, both := o.cells[p]; both && o.window.Meets(w) {
					return nil, r.FaultKey(at, "overlaps the window %q, and both have a cell from %s to %s", o.at[len(o.at)-1], r.e.Areas[p.From].Name, r.e.Areas[p.To].Name)
				}
			}
		}
		windows = append(windows, windowed{w, cells, at})
	}
	// Which cell holds for a pair at each slice.
	var links []*link
	for from := range r.e.Areas {
		for to := range r.e.Areas {
			p := connectivity.Pair{From: from, To: to}
			links = append(links, r.cells(p, func(t int) cell {
				for _, w := range windows {
					if c, ok := w.cells[p]; ok && w.window.Has(t) {
						return c
					}
				}
				return base[p]
			})...)
		}
	}
	return links, nil
}

// cells makes the links of one pair, of every kind one, whose window is the
// slices at which a cell names it. The first has the name of the pair.
func (r *reader) cells(p connectivity.Pair, at func(t int) cell) []*link {
	pair := r.e.Areas[p.From].Name + "->" + r.e.Areas[p.To].Name
	var links []*link
	ranges := map[string][]connectivity.Range{} // by kind
	last := r.e.Steps - 1
	for t := range r.e.Steps {
		c := at(t)
		for _, k := range kindsOf(c.text) {
			if ranges[k] == nil {
				links = append(links, &link{from: p.From, to: p.To, by: c.at, kind: k})
			}
			ranges[k] = append(ranges[k], connectivity.Range{From: t, To: t, Open: t == last})
		}
	}
	sort.SliceStable(links, func(i, j int) bool {
		return r.base(links[i].kind) != "identity" && r.base(links[j].kind) == "identity"
	})
	for i, l := range links {
		l.window = connectivity.WindowOf(ranges[l.kind]...)
		l.name = pair
		if i > 0 {
			l.name += " " + l.kind
		}
	}
	return links
}

// kindsOf splits a cell.
func kindsOf(text string) []string {
	var kinds []string
	for _, k := range strings.Split(text, "+") {
		if k = strings.TrimSpace(k); k != "" {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// targets reads "to", the heads of the columns.
func (r *reader) targets(at []string, v any) ([]string, error) {
	to, err := r.Texts(at, v)
	if err != nil {
		return nil, err
	}
	for i, name := range to {
		if !slices.Contains(r.names(), name) {
			return nil, r.Fault(append(at, fmt.Sprintf("#%d", i)), "%s", noArea(name, r.names()))
		}
		if slices.Contains(to[:i], name) {
			return nil, r.Fault(append(at, fmt.Sprintf("#%d", i)), "found %q twice", name)
		}
	}
	return to, nil
}

// rows reads a row for each source that has one: a cell for each target.
func (r *reader) rows(path []string, m map[string]any, to []string) (map[connectivity.Pair]cell, error) {
	cells := map[connectivity.Pair]cell{}
	known := append(connectivity.Kinds(), r.kindNames()...)
	for from, a := range r.e.Areas {
		v, ok := m[a.Name]
		if !ok {
			continue
		}
		at := append(append([]string(nil), path...), a.Name)
		row, err := r.Texts(at, v)
		if err != nil {
			return nil, err
		}
		if len(row) != len(to) {
			return nil, r.Fault(at, "found %d cells, want one for each of %s", len(row), strings.Join(to, ", "))
		}
		for i, text := range row {
			c := cell{text, append(append([]string(nil), at...), fmt.Sprintf("#%d", i))}
			seen := map[string]bool{}
			for _, k := range kindsOf(text) {
				if !slices.Contains(known, k) {
					return nil, r.Fault(c.at, "found cell %q, want \"\", or kinds joined by \"+\"%s", text, Meant(k, known))
				}
				if seen[k] {
					return nil, r.Fault(c.at, "found %q twice in one cell", k)
				}
				seen[k] = true
			}
			for j, b := range r.e.Areas {
				if b.Name == to[i] {
					cells[connectivity.Pair{From: from, To: j}] = c
				}
			}
		}
	}
	return cells, nil
}
