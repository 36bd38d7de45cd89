package spec

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ventral/connectivity"
	"ventral/experiments/decode"
	"ventral/nn"
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

// connectionReader makes the connections of an experiment from what pattern, matrix
// and connection tables say.
type connectionReader struct {
	*decode.Source
	e          *Experiment // its areas and steps; connections and notes are added to it
	transforms *transformTables
	norm       nn.Norm // of kinds that say nothing of theirs

	matrixOfFile map[string]any    // as it was before a variant or --set changed it, nil where there is none
	made         []string          // connections that it makes, where it was changed
	never        map[string]error  // connections without a step at which they could deliver, with what is wrong
	shortcuts    map[string]string // identities made by plus = "identity", with the connections that they belong to
}

// read reads pattern, matrix, connection and without.
func (r *connectionReader) read(root map[string]any) error {
	links, err := r.pattern(root)
	if err != nil {
		return err
	}
	if links, err = r.tables(root["connection"], links); err != nil {
		return err
	}
	if err := r.join(links); err != nil {
		return err
	}
	if err := r.transforms.passedOver(); err != nil {
		return err
	}
	if err := r.transforms.idleTables(); err != nil {
		return err
	}
	names := areaNames(r.e.Areas)
	slices.SortStableFunc(r.e.Matrix.Connections, func(a, b connectivity.Connection) int {
		return cmp.Or(
			cmp.Compare(slices.Index(names, a.To), slices.Index(names, b.To)),
			cmp.Compare(slices.Index(names, a.From), slices.Index(names, b.From)),
			cmp.Compare(a.Name, b.Name))
	})
	if err := r.without(root["without"]); err != nil {
		return err
	}
	for _, name := range connectionNames(r.e.Matrix.Connections) {
		if err := r.never[name]; err != nil {
			return err
		}
	}
	noteHeld(r.e)
	return nil
}

// join makes the connections of links.
func (r *connectionReader) join(links []*link) error {
	for _, l := range links {
		made, err := r.connections(l, links)
		if err != nil {
			return r.ofSum(err, l, links)
		}
		for _, c := range made {
			if r.e.Matrix.Find(c.Name) != nil && r.shortcuts[c.Name] != "" {
				return r.Fault([]string{"connection", c.Name}, "%q is there twice: plus = \"identity\" of %s makes it, and it is written besides; want one of the two", c.Name, r.shortcuts[c.Name])
			}
			r.e.Matrix.Connections = append(r.e.Matrix.Connections, c)
		}
	}
	return nil
}

// tables reads [connection."A->B"]: it changes a connection that is there,
// removes it where the value is false, or makes a new one.
func (r *connectionReader) tables(v any, links []*link) ([]*link, error) {
	if v == nil {
		return links, nil
	}
	path := []string{"connection"}
	m, err := r.Table(path, v)
	if err != nil {
		return nil, err
	}
	for _, name := range r.Keys(path, m) {
		if links, err = r.table(decode.Below(path, name), m[name], links); err != nil {
			return nil, err
		}
	}
	return links, nil
}

// table reads one such table, or false.
func (r *connectionReader) table(at []string, v any, links []*link) ([]*link, error) {
	name, areas := at[len(at)-1], areaNames(r.e.Areas)
	from, to, _, err := connectivity.ParseName(name)
	if err != nil {
		return nil, r.FaultKey(at, "%v", err)
	}
	for _, n := range []string{from, to} {
		if !slices.Contains(areas, n) {
			return nil, r.FaultKey(at, "%s", noArea(n, areas))
		}
	}
	found := slices.IndexFunc(links, func(l *link) bool { return l.name == name })
	switch v := v.(type) {
	case bool:
		switch {
		case v:
			return nil, r.Fault(at, "found true, want false to remove the connection, or a table")
		case found >= 0:
			return slices.Delete(links, found, found+1), nil
		case r.idle(name, at...):
			return links, nil
		}
		return nil, r.FaultKey(at, "there is no such connection to remove%s", Meant(name, linkNames(links)))
	case string:
		return nil, r.Fault(at, "found %q, want a table, such as { kind = %q }, or false", v, v)
	}
	own, err := r.Table(at, v)
	if err != nil {
		return nil, err
	}
	if found < 0 {
		if r.idle(name, at...) {
			return links, nil
		}
		found = len(links)
		links = append(links, &link{name: name, from: slices.Index(areas, from), to: slices.Index(areas, to)})
	}
	links[found].own = own
	return links, nil
}

// ofSum adds to the fault of a key that a connection's kind has not which other
// connection of the same two areas is of a kind that has it: cells of a matrix are
// sums.
func (r *connectionReader) ofSum(err error, l *link, links []*link) error {
	var f *decode.Fault
	if !errors.As(err, &f) || !strings.HasPrefix(f.Message, "unknown key here") {
		return err
	}
	key := f.Key[strings.LastIndexByte(f.Key, '.')+1:]
	for _, o := range links {
		if t, err := connectivity.New(r.transforms.base(o.kind)); o != l && o.from == l.from && o.to == l.to && err == nil && slices.Contains(decode.KeysOf(t), key) {
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

func connectionNames(list []connectivity.Connection) []string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Name
	}
	return names
}
