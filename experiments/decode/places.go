package decode

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"
)

// Places say where each value of a file comes from: where its key stands, which
// change wrote it, and which other path it follows from. Its faults stand there.
type Places struct {
	File string // name in messages
	Text string

	spots   map[string]spot
	changes changes
	follows map[string][]string // paths that follow from another: of a role, a pattern, a cell
	order   map[string]int      // of keys that a change wrote, behind those of the file; see KeepOrder
}

// Fault returns a fault of the value at path.
func (p *Places) Fault(path []string, format string, args ...any) error {
	return p.at(path, false, fmt.Sprintf(format, args...))
}

// FaultKey returns a fault of the key at path itself.
func (p *Places) FaultKey(path []string, format string, args ...any) error {
	return p.at(path, true, fmt.Sprintf(format, args...))
}

func (p *Places) at(path []string, key bool, message string) error {
	f := &Fault{File: p.File, Key: Dotted(path), Message: message}
	// Follow what made the path, at most as often as paths are made of others.
	for range 4 {
		to, n, ok := p.followed(path)
		if !ok {
			break
		}
		if to[len(to)-1] == path[n-1] { // the same key of a more general table: it stands there
			to = Below(to, path[n:]...)
			f.Key = Dotted(to)
		}
		key = key && len(to) == len(path)
		path = to
	}
	if o, n, ok := p.changes.written(path); ok {
		if o.Set != "" {
			f.File = o.Set
			return f
		}
		path = Below(o.Path, path[n:]...)
		if f.Key == Dotted(append(o.target(), path[len(o.Path):]...)) {
			f.Key = Dotted(path)
		}
	}
	if _, here := p.spots[Joined(path)]; !here && len(path) > 0 {
		if set := p.changes.setBelow(path); set != "" {
			f.File = set
			return f
		}
	}
	for n := len(path); n > 0; n-- {
		if spot, ok := p.spots[Joined(path[:n])]; ok {
			offset := spot.value
			if key && n == len(path) {
				offset = spot.key
			}
			f.place(p.Text, offset)
			return f
		}
	}
	f.Line, f.Column = 1, 1
	f.Text, _, _ = strings.Cut(p.Text, "\n")
	return f
}

// Given reports whether the file, a variant or --set says something at path.
func (p *Places) Given(path []string) bool {
	_, here := p.spots[Joined(path)]
	_, _, moved := p.changes.written(path)
	return here || moved
}

// Changed calls f with the origin of every value at or below path that a variant
// or --set wrote.
func (p *Places) Changed(path []string, f func(o Origin)) {
	for at, o := range p.changes {
		if at == Joined(path) || strings.HasPrefix(at, Joined(path)+"\x00") {
			f(o)
		}
	}
}

// Follow notes that the value at path is that of another path, where its faults
// stand.
func (p *Places) Follow(path, from []string) { p.follows[Joined(path)] = from }

// followed returns the path from which that of a key or of a table above it, of n
// keys, follows; ok is false where it stands for itself.
func (p *Places) followed(path []string) (to []string, n int, ok bool) {
	for n = len(path); n > 0; n-- {
		if p.Given(path[:n]) {
			return nil, 0, false
		}
		if to, ok := p.follows[Joined(path[:n])]; ok {
			return to, n, true
		}
	}
	return nil, 0, false
}

// Inherit notes that keys of a table which are not its own come from another.
func (p *Places) Inherit(path []string, own map[string]any, from []string, keys map[string]any) {
	for k := range keys {
		if _, ok := own[k]; !ok {
			p.follows[Joined(Below(path, k))] = Below(from, k)
		}
	}
}

// placed is an error that leads to its place from the root.
type placed interface {
	error
	Place() (path []string, err error)
}

// Wrap gives an error of a room below its place: one that is placed leads to it
// from the root, and a message that begins with a key from path.
func (p *Places) Wrap(path []string, err error) error {
	if err == nil {
		return nil
	}
	var f *Fault
	if errors.As(err, &f) {
		return err
	}
	var c placed
	if errors.As(err, &c) {
		path, err = c.Place()
	}
	message := err.Error()
	if key, rest, ok := strings.Cut(message, ": "); ok && BareKey(key) {
		at := Below(path, key)
		if p.Given(at) || c == nil {
			return p.Fault(at, "%s", rest)
		}
	}
	return p.Fault(path, "%s", message)
}

// Keys returns the keys of a table in the order of the file, then those whose order
// [Source.KeepOrder] kept, then others by their names.
func (p *Places) Keys(path []string, m map[string]any) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	where := func(k string) int {
		if spot, ok := p.spots[Joined(Below(path, k))]; ok {
			return spot.key
		}
		if at, ok := p.order[Joined(Below(path, k))]; ok {
			return len(p.Text) + at
		}
		return math.MaxInt
	}
	sort.Slice(list, func(i, j int) bool {
		if x, y := where(list[i]), where(list[j]); x != y {
			return x < y
		}
		return list[i] < list[j]
	})
	return list
}
