package spec

import (
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

// matrixReader reads a matrix table: the cells at every step.
type matrixReader struct {
	*decode.Source
	e          *Experiment // its areas and steps; what lies idle is noted there
	transforms *transformTables
}

// windowed are the cells that a table [matrix."a..b"] replaces.
type windowed struct {
	window connectivity.Window
	cells  map[connectivity.Pair]cell
	at     []string
}

// links reads the matrix table. The rows of the table itself hold always; those of
// [matrix."a..b"] replace the cells they name in that window.
func (r *matrixReader) links(v any) ([]*link, error) {
	path, names := []string{"matrix"}, areaNames(r.e.Areas)
	m, err := r.Table(path, v)
	if err != nil {
		return nil, err
	}
	to, err := r.targets(path, m, names)
	if err != nil {
		return nil, err
	}
	base, err := r.rows(path, m, to)
	if err != nil {
		return nil, err
	}
	var windows []windowed
	for _, key := range r.Keys(path, m) {
		if key == "to" || slices.Contains(names, key) {
			continue
		}
		w, idle, err := r.window(decode.Below(path, key), m[key], to)
		if err != nil {
			return nil, err
		}
		if idle {
			continue
		}
		if err := r.overlap(w, windows); err != nil {
			return nil, err
		}
		windows = append(windows, w)
	}
	// Which cell holds for a pair at each step.
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

// window reads a table [matrix."a..b"], whose columns are to unless it says
// otherwise. It is idle where it is empty, which takes it away, and where a variant
// or --set has left the experiment without its steps.
func (r *matrixReader) window(at []string, v any, to []string) (w windowed, idle bool, err error) {
	key, names := at[len(at)-1], areaNames(r.e.Areas)
	w.at = at
	if w.window, err = connectivity.ParseWindow(key); err != nil {
		return w, false, r.FaultKey(at, "found %q, want \"to\", the name of an area (a row, from which signals go), or a window such as \"5..9\"%s", key, Near(key, names))
	}
	if empty, table := v.(map[string]any); table && len(empty) == 0 {
		return w, true, nil // taken away
	}
	if _, _, ok := w.window.Cut(r.e.Steps); !ok {
		if rank(r.Source, "steps") > rank(r.Source, at...) {
			r.e.note("%s lies idle: the experiment has steps 0..%d", decode.Dotted(at), r.e.Steps-1)
			return w, true, nil
		}
		return w, false, r.FaultKey(at, "found window %q, the experiment has steps 0..%d (steps = %d)", key, r.e.Steps-1, r.e.Steps)
	}
	t, err := r.Table(at, v)
	if err != nil {
		return w, false, err
	}
	if to, err = r.targets(at, t, to); err != nil {
		return w, false, err
	}
	for _, k := range r.Keys(at, t) {
		if k != "to" && !slices.Contains(names, k) {
			return w, false, r.FaultKey(decode.Below(at, k), "%s", noArea(k, names))
		}
	}
	w.cells, err = r.rows(at, t, to)
	return w, false, err
}

// overlap reports a window that meets another one with a cell of the same pair.
func (r *matrixReader) overlap(w windowed, others []windowed) error {
	for _, o := range others {
		if !o.window.Meets(w.window) {
			continue
		}
		for _, p := range pairs(len(r.e.Areas)) {
			_, here := w.cells[p]
			if _, both := o.cells[p]; here && both {
				return r.FaultKey(w.at, "overlaps the window %q, and both have a cell from %s to %s", o.at[len(o.at)-1], r.e.Areas[p.From].Name, r.e.Areas[p.To].Name)
			}
		}
	}
	return nil
}

// pairs are all pairs of n areas, row by row.
func pairs(n int) (list []connectivity.Pair) {
	for from := range n {
		for to := range n {
			list = append(list, connectivity.Pair{From: from, To: to})
		}
	}
	return list
}

// cells makes the links of one pair, of every kind one, whose window is the
// steps at which a cell names it. The first has the name of the pair.
func (r *matrixReader) cells(p connectivity.Pair, at func(t int) cell) []*link {
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
		return r.transforms.base(links[i].kind) != "identity" && r.transforms.base(links[j].kind) == "identity"
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

// targets reads "to" of a table, the heads of the columns; without it they are
// as they were.
func (r *matrixReader) targets(path []string, m map[string]any, usual []string) ([]string, error) {
	v, ok := m["to"]
	if !ok {
		return usual, nil
	}
	at := decode.Below(path, "to")
	to, err := r.Texts(at, v)
	if err != nil {
		return nil, err
	}
	for i, name := range to {
		if names := areaNames(r.e.Areas); !slices.Contains(names, name) {
			return nil, r.Fault(decode.Element(at, i), "%s", noArea(name, names))
		}
		if slices.Contains(to[:i], name) {
			return nil, r.Fault(decode.Element(at, i), "found %q twice", name)
		}
	}
	return to, nil
}

// rows reads a row for each source that has one: a cell for each target.
func (r *matrixReader) rows(path []string, m map[string]any, to []string) (map[connectivity.Pair]cell, error) {
	cells := map[connectivity.Pair]cell{}
	names := areaNames(r.e.Areas)
	for from, source := range names {
		v, ok := m[source]
		if !ok {
			continue
		}
		at := decode.Below(path, source)
		row, err := r.Texts(at, v)
		if err != nil {
			return nil, err
		}
		if len(row) != len(to) {
			return nil, r.Fault(at, "found %d cells, want one for each of %s", len(row), strings.Join(to, ", "))
		}
		for i, text := range row {
			c := cell{text, decode.Element(at, i)}
			if err := r.checkCell(c); err != nil {
				return nil, err
			}
			cells[connectivity.Pair{From: from, To: slices.Index(names, to[i])}] = c
		}
	}
	return cells, nil
}

// checkCell reports a kind that is unknown or there twice.
func (r *matrixReader) checkCell(c cell) error {
	known, kinds := r.transforms.known(), kindsOf(c.text)
	for i, k := range kinds {
		if !slices.Contains(known, k) {
			return r.Fault(c.at, "found cell %q, want \"\", or kinds joined by \"+\"%s", c.text, Meant(k, known))
		}
		if slices.Contains(kinds[:i], k) {
			return r.Fault(c.at, "found %q twice in one cell", k)
		}
	}
	return nil
}
