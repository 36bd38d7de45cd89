package experiments

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"ventral/cortex"
)

// Fault is a mistake in an experiment: where it stands, the key, what was found
// and what would do.
type Fault struct {
	File         string // name of the file, or "--set key=value"
	Line, Column int    // from 1, in characters; 0 where the fault has no place in a file
	Key          string // dotted, "" for the file as a whole
	Message      string
	Text         string // the line
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

// Excerpt returns the line with a caret below the place, or "".
func (f *Fault) Excerpt() string {
	if f.Text == "" {
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

// source is the text that an experiment was read from, with the changes that
// variants and --set made to it.
type source struct {
	file  string
	text  string
	spots map[string]spot
	moved map[string]origin // paths that a variant or --set wrote
	made  map[string][]string
}

// origin is where a changed value comes from.
type origin struct {
	path []string // in the file, for a variant
	set  string   // "--set key=value"
}

// dotted writes a path as keys of a file.
func dotted(path []string) string {
	var parts []string
	for _, p := range path {
		switch {
		case strings.HasPrefix(p, "#"):
			if len(parts) > 0 {
				parts[len(parts)-1] += "[" + p[1:] + "]"
			}
		case p == "" || strings.IndexFunc(p, func(r rune) bool { return r >= utf8.RuneSelf || !bare(byte(r)) }) >= 0:
			parts = append(parts, fmt.Sprintf("%q", p))
		default:
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ".")
}

// fault returns a fault of the value at path.
func (s *source) fault(path []string, format string, args ...any) error {
	return s.at(path, false, fmt.Sprintf(format, args...))
}

// faultKey returns a fault of the key at path itself.
func (s *source) faultKey(path []string, format string, args ...any) error {
	return s.at(path, true, fmt.Sprintf(format, args...))
}

func (s *source) at(path []string, key bool, message string) error {
	f := &Fault{File: s.file, Key: dotted(path), Message: message}
	for n := len(path); n > 0; n-- {
		name := joined(path[:n])
		if o, ok := s.moved[name]; ok {
			if o.set != "" {
				f.File = o.set
				return f
			}
			path, n = append(append([]string(nil), o.path...), path[n:]...), len(o.path)
			f.Key = dotted(path)
			name = joined(path[:n])
		}
		if p, ok := s.spots[name]; ok {
			offset := p.value
			if key && n == len(path) {
				offset = p.key
			}
			s.place(f, offset)
			return f
		}
	}
	if len(path) > 1 && path[0] == "connection" {
		if by, ok := s.made[path[1]]; ok {
			s.made[path[1]] = nil
			if len(by) > 0 {
				g := s.at(by, key, message).(*Fault)
				g.Key = f.Key
				return g
			}
		}
	}
	f.Line, f.Column = 1, 1
	f.Text, _, _ = strings.Cut(s.text, "\n")
	return f
}

// place fills in line and column of a byte offset.
func (s *source) place(f *Fault, offset int) {
	before := s.text[:min(offset, len(s.text))]
	start := strings.LastIndexByte(before, '\n') + 1
	f.Line = strings.Count(before, "\n") + 1
	f.Column = utf8.RuneCountInString(before[start:]) + 1
	f.Text, _, _ = strings.Cut(s.text[start:], "\n")
	f.Text = strings.TrimRight(f.Text, "\r")
}

// syntax turns the parser's error into a fault.
func (s *source) syntax(err error) error {
	f := &Fault{File: s.file, Message: err.Error()}
	var p toml.ParseError
	if errors.As(err, &p) {
		s.place(f, p.Position.Start)
		f.Message = strings.TrimSuffix(p.Message, ".")
		if p.LastKey != "" {
			f.Key = p.LastKey
		}
	}
	return f
}

// wrap gives an error of a room below its place: a *cortex.Error leads to it
// from the root, and a message that begins with a key from path.
func (s *source) wrap(path []string, err error) error {
	if err == nil {
		return nil
	}
	var f *Fault
	if errors.As(err, &f) {
		return err
	}
	var c *cortex.Error
	if errors.As(err, &c) {
		path = c.Path
		err = c.Err
	}
	message := err.Error()
	if key, rest, ok := strings.Cut(message, ": "); ok && key != "" && strings.IndexFunc(key, func(r rune) bool { return r >= utf8.RuneSelf || !bare(byte(r)) }) < 0 {
		at := append(append([]string(nil), path...), key)
		_, here := s.spots[joined(at)]
		_, moved := s.moved[joined(at)]
		if here || moved || c == nil {
			return s.fault(at, "%s", rest)
		}
	}
	return s.fault(path, "%s", message)
}

// meant returns ", did you mean …?" with the nearest of the known words, and
// the list of all where none is near.
func meant(found string, known []string) string {
	best, distance := "", 1+max(len(found)/3, 1)
	for _, k := range known {
		if d := edits(strings.ToLower(found), strings.ToLower(k)); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	known = append([]string(nil), known...)
	sort.Strings(known)
	return "; known: " + strings.Join(known, ", ")
}

// edits is the number of insertions, deletions, exchanges and swaps of
// neighbours that lead from a to b (optimal string alignment).
func edits(a, b string) int {
	x, y := []rune(a), []rune(b)
	d := make([][]int, len(x)+1)
	for i := range d {
		d[i] = make([]int, len(y)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(x)][len(y)]
}
