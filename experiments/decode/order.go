package decode

import (
	"maps"
	"slices"
	"strings"
)

// KeepOrder keeps the order of the keys in a value that a variant or --set writes to path,
// for [Places.Keys]: it is that of the text that they stand in.
func (s *Source) KeepOrder(path []string, from Origin) {
	spots, root := s.spots, from.Path
	if from.Set != "" {
		text := strings.TrimPrefix(from.Set, "--set ")
		at, end := SplitKey(text)
		if end >= len(text) {
			return
		}
		root = []string{"V"}
		spots = positions("V = " + text[end+1:])
		for n := range at {
			s.ordered(at[:n+1])
		}
	}
	below := Joined(root) + "\x00"
	names := slices.SortedFunc(maps.Keys(spots), func(a, b string) int { return spots[a].key - spots[b].key })
	s.ordered(path)
	for _, name := range names {
		if rest, ok := strings.CutPrefix(name, below); ok {
			s.ordered(Below(path, strings.Split(rest, "\x00")...))
		}
	}
}

// ordered puts a key behind those that were ordered before.
func (s *Source) ordered(path []string) {
	if s.order == nil {
		s.order = map[string]int{}
	}
	if _, ok := s.order[Joined(path)]; !ok {
		s.order[Joined(path)] = len(s.order)
	}
}
