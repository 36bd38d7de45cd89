package decode

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Fault is a mistake in a file: where it stands, the key, what was found
// and what would do.
type Fault struct {
	File         string // name of the file, or "--set key=value"
	Line, Column int    // from 1, in characters; 0 where the fault has no place in a file
	Key          string // dotted, "" for the file as a whole
	Message      string
	Text         string // the line

	task     string   // end of the message that names one task of a sweep
	variants []string // that have it, where it stands outside of them; none where the file itself has it
	among    string   // end of the message that names them
}

// Error returns "FILE:LINE:COLUMN: key: message".
func (f *Fault) Error() string {
	s := f.File + ": "
	if f.Line > 0 {
		s = fmt.Sprintf("%s:%d:%d: ", f.File, f.Line, f.Column)
	}
	if f.Key != "" {
		s += f.Key + ": "
	}
	return s + f.Message
}

// Excerpt returns the line with a caret below the place, "" where there is none.
func (f *Fault) Excerpt() string {
	if f.Line == 0 {
		return ""
	}
	var pad strings.Builder
	for i, c := range f.Text {
		if utf8.RuneCountInString(f.Text[:i]) >= f.Column-1 {
			break
		}
		if c != '\t' {
			c = ' '
		}
		pad.WriteRune(c)
	}
	return fmt.Sprintf("%6d | %s\n       | %s^", f.Line, f.Text, pad.String())
}

// Source is a text with the places of its keys, and what variants and --set
// changed. Its methods decode tables, and say where a mistake stands.
type Source struct {
	File  string
	Text  string
	spots map[string]spot
	moved map[string]Origin   // paths that a variant or --set wrote
	alias map[string][]string // paths that follow from another: of a role, a pattern, a cell
	hints Hints
}

// Hints propose what a wrong word may mean. Each kind of file brings its own,
// since the decoder does not know the words of a file.
type Hints struct {
	Near    func(found string, known []string) string                  // which of the known words is meant
	Unknown func(path []string, key string, known []string) string     // where a key belongs that the table at path does not have
	Bare    func(line string, at int) (word, message string, from int) // a word in a line that misses its quotes, at a byte, with what to say of it; "" is none
}

// New returns the source of a text. File is its name in messages.
func New(file, text string, h Hints) *Source {
	return &Source{File: file, Text: text, moved: map[string]Origin{}, alias: map[string][]string{}, hints: h}
}

// Follow notes that the value at path is that of another path, where its faults
// stand.
func (s *Source) Follow(path, from []string) { s.alias[Joined(path)] = from }

// Changed calls f with where every value at or below path comes from that a
// variant or --set wrote.
func (s *Source) Changed(path []string, f func(o Origin)) {
	for at, o := range s.moved {
		if at == Joined(path) || strings.HasPrefix(at, Joined(path)+"\x00") {
			f(o)
		}
	}
}

// Origin is where a changed value comes from.
type Origin struct {
	Path []string // in the file, for a variant
	Set  string   // "--set key=value"
}

// Dotted writes a path as keys of a file.
func Dotted(path []string) string {
	var parts []string
	for _, p := range path {
		switch {
		case strings.HasPrefix(p, "#"):
			if len(parts) > 0 {
				parts[len(parts)-1] += "[" + p[1:] + "]"
			}
		case !BareKey(p):
			parts = append(parts, fmt.Sprintf("%q", p))
		default:
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ".")
}

// Fault returns a fault of the value at path.
func (s *Source) Fault(path []string, format string, args ...any) error {
	return s.at(path, false, fmt.Sprintf(format, args...))
}

// FaultKey returns a fault of the key at path itself.
func (s *Source) FaultKey(path []string, format string, args ...any) error {
	return s.at(path, true, fmt.Sprintf(format, args...))
}

func (s *Source) at(path []string, key bool, message string) error {
	f := &Fault{File: s.File, Key: Dotted(path), Message: message}
	// Follow what made the path, at most as often as paths are made of others.
	for range 4 {
		to, n, ok := s.followed(path)
		if !ok {
			break
		}
		if to[len(to)-1] == path[n-1] { // the same key of a more general table: it stands there
			to = append(append([]string(nil), to...), path[n:]...)
			f.Key = Dotted(to)
		}
		key = key && len(to) == len(path)
		path = to
	}
	if o, n, ok := s.written(path); ok {
		if o.Set != "" {
			f.File = o.Set
			return f
		}
		path = append(append([]string(nil), o.Path...), path[n:]...)
		if f.Key == Dotted(append(s.unwritten(o), path[len(o.Path):]...)) {
			f.Key = Dotted(path)
		}
	}
	if set := s.madeBy(path); set != "" {
		f.File = set
		return f
	}
	for n := len(path); n > 0; n-- {
		if p, ok := s.spots[Joined(path[:n])]; ok {
			offset := p.value
			if key && n == len(path) {
				offset = p.key
			}
			s.place(f, offset)
			return f
		}
	}
	f.Line, f.Column = 1, 1
	f.Text, _, _ = strings.Cut(s.Text, "\n")
	return f
}

// madeBy returns the --set that wrote below path where the file says nothing of
// path itself, or "".
func (s *Source) madeBy(path []string) string {
	if _, ok := s.spots[Joined(path)]; ok || len(path) == 0 {
		return ""
	}
	for _, at := range slices.Sorted(maps.Keys(s.moved)) {
		if strings.HasPrefix(at, Joined(path)+"\x00") && s.moved[at].Set != "" {
			return s.moved[at].Set
		}
	}
	return ""
}

// Given reports whether the file, a variant or --set says something at path.
func (s *Source) Given(path []string) bool {
	_, here := s.spots[Joined(path)]
	_, _, moved := s.written(path)
	return here || moved
}

// written returns what a variant or --set wrote at path or at the nearest table
// above it, which has n keys.
func (s *Source) written(path []string) (o Origin, n int, ok bool) {
	for n = len(path); n > 0; n-- {
		if o, ok = s.moved[Joined(path[:n])]; ok {
			return o, n, true
		}
	}
	return o, 0, false
}

// unwritten returns the path to which a variant's value was written.
func (s *Source) unwritten(o Origin) []string {
	if len(o.Path) < 3 {
		return nil
	}
	path, _ := SplitKey(o.Path[2])
	return append(path, o.Path[3:]...)
}

// followed returns the path from which that of a key or of a table above it, of n
// keys, follows; ok is false where it stands for itself.
func (s *Source) followed(path []string) (to []string, n int, ok bool) {
	for n = len(path); n > 0; n-- {
		if s.Given(path[:n]) {
			return nil, 0, false
		}
		if to, ok := s.alias[Joined(path[:n])]; ok {
			return to, n, true
		}
	}
	return nil, 0, false
}

// Inherit notes that keys of a table which are not its own come from another.
func (s *Source) Inherit(path []string, own map[string]any, from []string, keys map[string]any) {
	for k := range keys {
		if _, ok := own[k]; !ok {
			s.alias[Joined(append(append([]string(nil), path...), k))] = append(append([]string(nil), from...), k)
		}
	}
}

// place fills in line and column of a byte offset.
func (s *Source) place(f *Fault, offset int) {
	before := s.Text[:min(offset, len(s.Text))]
	start := strings.LastIndexByte(before, '\n') + 1
	f.Line = strings.Count(before, "\n") + 1
	f.Column = utf8.RuneCountInString(before[start:]) + 1
	f.Text, _, _ = strings.Cut(s.Text[start:], "\n")
	f.Text = strings.TrimRight(f.Text, "\r")
}

// placed is an error that leads to its place from the root.
type placed interface {
	error
	Place() (path []string, err error)
}

// Wrap gives an error of a room below its place: one that is placed leads to it
// from the root, and a message that begins with a key from path.
func (s *Source) Wrap(path []string, err error) error {
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
		at := append(append([]string(nil), path...), key)
		if s.Given(at) || c == nil {
			return s.Fault(at, "%s", rest)
		}
	}
	return s.Fault(path, "%s", message)
}
