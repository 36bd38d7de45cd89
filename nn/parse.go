package nn

import (
	"fmt"
	"strconv"
	"strings"
)

const gradientMark = " (gradient)"

// Parse reads the text of a program as docs/program.md defines it, and verifies
// the program. Errors give the line. Blank lines and lines that begin with #
// are skipped.
func Parse(text string) (*Program, error) {
	r := reader{p: &Program{}}
	begun := false
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		s := &scanner{rest: line}
		if !begun {
			s.expect("format")
			s.expect("=")
			if n := s.integer(); s.err == nil && n != Format {
				s.fail("format = %d: this version reads format %d; print the program again", n, Format)
			}
			begun = true
		} else {
			r.line(s)
		}
		if s.err == nil && s.rest != "" {
			s.fail("found %q after the end", short(s.rest))
		}
		if s.err != nil {
			return nil, fmt.Errorf("program: line %d: %w", i+1, s.err)
		}
	}
	if !begun {
		return nil, fmt.Errorf("program: found nothing, want a line format = %d", Format)
	}
	if err := r.number(); err != nil {
		return nil, err
	}
	if err := r.p.Verify(); err != nil {
		return nil, err
	}
	return r.p, nil
}

// reader collects the lines of a program.
type reader struct {
	p      *Program
	values []Value // defined, in the order of the lines
	shapes []Shape
}

// number fills in the program's shapes. A value's number is less than how many
// values there are, so memory is bounded by the text.
func (r *reader) number() error {
	if len(r.values) > 0 {
		r.p.Shapes = make([]Shape, len(r.values))
	}
	for i, v := range r.values {
		if int(v) >= len(r.values) {
			return fmt.Errorf("program: found %%%d, want the %d values numbered from %%0", v, len(r.values))
		}
		r.p.Shapes[v] = r.shapes[i]
	}
	return nil
}

func (r *reader) line(s *scanner) {
	switch {
	case strings.HasPrefix(s.rest, "%"):
		r.instruction(s)
	case s.accept("input "):
		in := Port{Name: s.quoted()}
		s.expect("=")
		in.Value = r.define(s)
		in.Batched = s.accept("batched")
		r.p.Inputs = append(r.p.Inputs, in)
	case s.accept("var "):
		v := Var{Name: s.quoted()}
		s.expect("=")
		v.Value = r.define(s)
		v.Trainable = s.accept("trainable")
		s.expect("uses=")
		v.Uses = s.integer()
		s.expect("init=")
		v.Init.Kind = s.quoted()
		s.expect("fanin=")
		v.Init.FanIn = s.integer()
		s.expect("fanout=")
		v.Init.FanOut = s.integer()
		s.expect("value=")
		v.Init.Value = s.float()
		r.p.Vars = append(r.p.Vars, v)
	case s.accept("output "):
		o := Port{Name: s.quoted()}
		s.expect("=")
		o.Value = s.value()
		r.p.Outputs = append(r.p.Outputs, o)
	case s.accept("update "):
		u := Update{Var: s.value()}
		s.expect("=")
		u.From = s.value()
		r.p.Updates = append(r.p.Updates, u)
	default:
		s.fail("found %q, want a value such as %%3, or input, var, output or update", short(s.rest))
	}
}

// define reads a value and its shape.
func (r *reader) define(s *scanner) Value {
	v, shape := s.value(), s.shape()
	r.values, r.shapes = append(r.values, v), append(r.shapes, shape)
	return v
}

func (r *reader) instruction(s *scanner) {
	var in Instr
	for more := true; more && s.err == nil; more = s.accept(",") {
		in.Results = append(in.Results, r.define(s))
	}
	s.expect("=")
	name := s.until("(")
	s.expect("(")
	for s.err == nil && !s.accept(")") {
		if len(in.Args) > 0 {
			s.expect(",")
		}
		in.Args = append(in.Args, s.value())
	}
	if s.err != nil {
		return
	}
	op, err := newOp(name, func(attribute string, field any) error {
		s.expect(attribute + "=")
		switch f := field.(type) {
		case *int:
			*f = s.integer()
		case *float64:
			*f = s.float()
		case *bool:
			*f = s.boolean()
		case *string:
			*f = s.quoted()
		}
		return s.err
	})
	if err != nil {
		s.err = err
		return
	}
	in.Op, in.Tag.Step = op, -1
	if s.accept(";") {
		if in.Tag, err = parseTag(s.rest); err != nil && s.err == nil {
			s.err = err
		}
		s.rest = ""
	}
	r.p.Instrs = append(r.p.Instrs, in)
}

// parseTag reads what tagText writes.
func parseTag(text string) (Tag, error) {
	t := Tag{Step: -1}
	text, t.Backward = strings.CutSuffix(" "+text, gradientMark)
	text = strings.TrimPrefix(text, " ")
	if strings.HasPrefix(text, `"`) {
		s := &scanner{rest: text}
		t.Area, t.Step, t.Part = s.quoted(), s.integer(), s.quoted()
		if s.err == nil && s.rest != "" {
			s.fail("found %q after a tag", short(s.rest))
		}
		return t, s.err
	}
	area, part, _ := strings.Cut(text, "/")
	t.Area, t.Part = area, part
	if name, step, ok := strings.Cut(area, "@"); ok {
		n, err := strconv.Atoi(step)
		if err != nil || n < 0 {
			return t, fmt.Errorf("found step %q in tag %q, want a number", short(step), short(text))
		}
		t.Area, t.Step = name, n
	}
	return t, nil
}

// scanner reads a line from the left. The first error sticks.
type scanner struct {
	rest string
	err  error
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

// accept skips token and the blanks behind it, if it comes next.
func (s *scanner) accept(token string) bool {
	rest, ok := strings.CutPrefix(s.rest, token)
	if ok {
		s.rest = strings.TrimLeft(rest, " \t")
	}
	return ok
}

func (s *scanner) expect(token string) {
	if !s.accept(token) {
		s.fail("found %q, want %q", short(s.rest), token)
	}
}

// until returns the text before the first of the characters in stops.
func (s *scanner) until(stops string) string {
	n := strings.IndexAny(s.rest, stops)
	if n < 0 {
		n = len(s.rest)
	}
	word := s.rest[:n]
	s.rest = strings.TrimLeft(s.rest[n:], " \t")
	return strings.TrimRight(word, " \t")
}

func (s *scanner) value() Value {
	s.expect("%")
	word := s.until(" ,)=")
	n, err := strconv.ParseInt(word, 10, 32)
	if err != nil || n < 0 {
		s.fail("found value %q, want a number", short(word))
		return None
	}
	return Value(n)
}

func (s *scanner) shape() (shape Shape) {
	s.expect("[")
	axes := strings.Fields(s.until("]"))
	s.expect("]")
	if len(axes) > len(shape) {
		s.fail("found %d axes, want at most %d", len(axes), len(shape))
		return Shape{}
	}
	for i, a := range axes {
		n, err := strconv.Atoi(a)
		if err != nil || n < 1 {
			s.fail("found axis %q, want a positive number", short(a))
		}
		shape[i] = n
	}
	return shape
}

func (s *scanner) quoted() string {
	q, err := strconv.QuotedPrefix(s.rest)
	if err != nil || q[0] != '"' {
		s.fail("found %q, want a text in double quotes", short(s.rest))
		return ""
	}
	s.accept(q)
	text, _ := strconv.Unquote(q)
	return text
}

func (s *scanner) integer() int {
	word := s.until(" ;")
	n, err := strconv.Atoi(word)
	if err != nil {
		s.fail("found %q, want a whole number", short(word))
	}
	return n
}

func (s *scanner) float() float64 {
	word := s.until(" ;")
	x, err := strconv.ParseFloat(word, 64)
	if err != nil {
		s.fail("found %q, want a number", short(word))
	}
	return x
}

func (s *scanner) boolean() bool {
	word := s.until(" ;")
	if word != "true" && word != "false" {
		s.fail("found %q, want true or false", short(word))
	}
	return word == "true"
}

// short returns the beginning of text for an error.
func short(text string) string {
	if len(text) > 40 {
		return text[:40] + "…"
	}
	return text
}
