package contrast

import (
	"fmt"
	"strings"
)

// term is a contrast, or part of one: a name, or a difference of two.
type term struct {
	name        string
	first, less *term
}

// String writes a term as it is read.
func (t *term) String() string {
	if t.first == nil {
		return t.name
	}
	part := func(x *term) string {
		if x.first == nil {
			return x.name
		}
		return "(" + x.String() + ")"
	}
	return part(t.first) + " - " + part(t.less)
}

// leaves are the names in a term, with their signs.
func (t *term) leaves(sign float64) (names []string, signs []float64) {
	if t.first == nil {
		return []string{t.name}, []float64{sign}
	}
	names, signs = t.first.leaves(sign)
	more, of := t.less.leaves(-sign)
	return append(names, more...), append(signs, of...)
}

// named returns a term with other names, in their order.
func (t *term) named(names []string) (*term, []string) {
	if t.first == nil {
		return &term{name: names[0]}, names[1:]
	}
	x := &term{}
	x.first, names = t.first.named(names)
	x.less, names = t.less.named(names)
	return x, names
}

// parse reads "a - b" with brackets around differences.
func parse(text string) (*term, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "(") && closing(text) == len(text)-1 {
		return parse(text[1 : len(text)-1])
	}
	depth, at := 0, -1
	for i, r := range text {
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		}
		if depth < 0 {
			return nil, fmt.Errorf("found a bracket in %q that nothing opens", text)
		}
		if depth == 0 && strings.HasPrefix(text[i:], " - ") {
			if at >= 0 {
				return nil, fmt.Errorf("found two differences in %q, want brackets around one, as in \"(a - b) - c\"", text)
			}
			at = i
		}
	}
	switch {
	case depth != 0:
		return nil, fmt.Errorf("found a bracket in %q that nothing closes", text)
	case at < 0 && (text == "" || strings.ContainsAny(text, "()") || strings.Contains(text, " ") && text != AsTrained):
		return nil, fmt.Errorf("found %q, want the name of a condition", text)
	case at < 0:
		return &term{name: text}, nil
	}
	first, err := parse(text[:at])
	if err != nil {
		return nil, err
	}
	less, err := parse(text[at+3:])
	if err != nil {
		return nil, err
	}
	return &term{first: first, less: less}, nil
}

// closing is the place of the bracket that closes the one a text begins with, -1 none.
func closing(text string) int {
	depth := 0
	for i, r := range text {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
