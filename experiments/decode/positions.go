package decode

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// spot is where a key and its value stand in a file, as byte offsets.
type spot struct{ key, value int }

// positions returns where every key of a TOML document stands. It expects a
// document that the parser accepted, and finds less in any other.
func positions(text string) map[string]spot {
	s := &scanner{text: text, spots: map[string]spot{}, tables: map[string]int{}}
	var prefix []string
	for {
		s.blank(true)
		if s.at >= len(s.text) {
			return s.spots
		}
		if s.peek() == '[' {
			prefix = s.header()
		} else if !s.keyValue(prefix) {
			s.line()
		}
	}
}

// SplitKey returns the parts of a dotted key, and where in the text it ends.
func SplitKey(text string) (path []string, end int) {
	s := &scanner{text: text, spots: map[string]spot{}}
	path = s.key(nil)
	s.blank(false)
	return path, s.at
}

type scanner struct {
	text   string
	at     int
	spots  map[string]spot
	tables map[string]int // elements of arrays of tables
}

func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

// blank skips white space, and line ends and comments too where lines is set.
func (s *scanner) blank(lines bool) {
	for s.at < len(s.text) {
		switch c := s.text[s.at]; {
		case c == ' ' || c == '\t':
			s.at++
		case lines && (c == '\n' || c == '\r'):
			s.at++
		case lines && c == '#':
			s.line()
		default:
			return
		}
	}
}

// line skips the rest of a line.
func (s *scanner) line() {
	if i := strings.IndexByte(s.text[s.at:], '\n'); i >= 0 {
		s.at += i + 1
	} else {
		s.at = len(s.text)
	}
}

// header reads [a.b] or [[a.b]].
func (s *scanner) header() []string {
	s.at++
	array := s.peek() == '['
	if array {
		s.at++
	}
	s.blank(false)
	start := s.at
	path := s.key(nil)
	s.note(path, spot{start, start})
	if array {
		name := Joined(path)
		path = append(path, "#"+strconv.Itoa(s.tables[name]))
		s.tables[name]++
		s.note(path, spot{start, start})
	}
	s.line()
	return path
}

// key reads a dotted key below prefix and notes where its parts stand.
func (s *scanner) key(prefix []string) []string {
	path := append([]string(nil), prefix...)
	for {
		s.blank(false)
		start := s.at
		switch c := s.peek(); c {
		case '"', '\'':
			path = append(path, s.text1(c))
		default:
			for s.at < len(s.text) && bare(s.text[s.at]) {
				s.at++
			}
			path = append(path, s.text[start:s.at])
		}
		s.note(path, spot{start, start})
		s.blank(false)
		if s.peek() != '.' {
			return path
		}
		s.at++
	}
}

// BareKey reports whether a key needs no quotes.
func BareKey(key string) bool {
	return key != "" && strings.IndexFunc(key, func(r rune) bool { return r >= utf8.RuneSelf || !bare(byte(r)) }) < 0
}

func bare(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

// note keeps the first place of a path.
func (s *scanner) note(path []string, p spot) {
	if name := Joined(path); s.spots[name] == (spot{}) {
		s.spots[name] = p
	}
}

// keyValue reads key = value and reports whether it found one.
func (s *scanner) keyValue(prefix []string) bool {
	path := s.key(prefix)
	if s.peek() != '=' {
		return false
	}
	s.at++
	s.blank(false)
	name := Joined(path)
	s.spots[name] = spot{s.spots[name].key, s.at}
	s.value(path)
	return true
}

// value reads a value of any kind.
func (s *scanner) value(path []string) {
	switch c := s.peek(); c {
	case '"', '\'':
		if three := strings.Repeat(string(c), 3); strings.HasPrefix(s.text[s.at:], three) {
			s.long(c, three)
		} else {
			s.text1(c)
		}
	case '[':
		s.at++
		for i := 0; ; i++ {
			if s.separated(']') {
				return
			}
			element := append(append([]string(nil), path...), "#"+strconv.Itoa(i))
			s.note(element, spot{s.at, s.at})
			s.value(element)
		}
	case '{':
		s.at++
		for !s.separated('}') {
			if !s.keyValue(path) {
				return
			}
		}
	default:
		for s.at < len(s.text) && !strings.ContainsRune(",]}#\n", rune(s.text[s.at])) {
			s.at++
		}
	}
}

// separated skips to the next element and reports whether there is none.
func (s *scanner) separated(end byte) bool {
	s.blank(true)
	for s.peek() == ',' {
		s.at++
		s.blank(true)
	}
	switch s.peek() {
	case end:
		s.at++
		return true
	case 0, ']', '}':
		return true
	}
	return false
}

// text1 reads a string on one line and returns what it says.
func (s *scanner) text1(quote byte) string {
	start := s.at
	for s.at++; s.at < len(s.text) && s.text[s.at] != quote && s.text[s.at] != '\n'; s.at++ {
		if s.text[s.at] == '\\' && quote == '"' {
			s.at++
		}
	}
	s.at = min(s.at+1, len(s.text))
	raw := s.text[start:s.at]
	if quote == '"' {
		if said, err := strconv.Unquote(raw); err == nil {
			return said
		}
	}
	return strings.Trim(raw, string(quote))
}

// long reads a string of several lines.
func (s *scanner) long(quote byte, three string) {
	for s.at += 3; s.at < len(s.text); s.at++ {
		if s.text[s.at] == '\\' && quote == '"' {
			s.at++
		} else if strings.HasPrefix(s.text[s.at:], three) {
			for s.at += 3; s.peek() == quote; {
				s.at++
			}
			return
		}
	}
}
