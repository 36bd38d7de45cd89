package nn

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Format is the version of the text and of the JSON of programs.
const Format = 2

// String returns the program as text, one instruction a line, as docs/program.md
// defines it. [Parse] reads it back.
func (p *Program) String() string {
	var b strings.Builder
	p.WriteTo(&b)
	return b.String()
}

// WriteTo writes the text of the program.
func (p *Program) WriteTo(w io.Writer) (int64, error) {
	out := &counter{w: w}
	out.line("format = %d\n\n", Format)
	for _, in := range p.Inputs {
		batched := ""
		if in.Batched {
			batched = " batched"
		}
		out.line("input %q = %%%d %s%s\n", in.Name, in.Value, p.shapeText(in.Value), batched)
	}
	for _, v := range p.Vars {
		trainable := ""
		if v.Trainable {
			trainable = " trainable"
		}
		out.line("var %q = %%%d %s%s uses=%d init=%q fanin=%d fanout=%d value=%s\n", v.Name, v.Value, p.shapeText(v.Value), trainable,
			v.Uses, v.Init.Kind, v.Init.FanIn, v.Init.FanOut, number(v.Init.Value))
	}
	out.line("\n")
	for _, in := range p.Instrs {
		out.line("%s\n", p.instruction(in))
	}
	out.line("\n")
	for _, o := range p.Outputs {
		out.line("output %q = %%%d\n", o.Name, o.Value)
	}
	for _, u := range p.Updates {
		out.line("update %%%d = %%%d\n", u.Var, u.From)
	}
	return out.n, out.err
}

// instruction returns the line of in, as in
//
//	%5 [8 16 16 4] = conv2d(%0, %3) stride=2 ; V1@3/V2->V1
func (p *Program) instruction(in Instr) string {
	var b strings.Builder
	for i, r := range in.Results {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%%%d %s", r, p.shapeText(r))
	}
	fmt.Fprintf(&b, " = %s(", in.Op.Name())
	for i, a := range in.Args {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%%%d", a)
	}
	b.WriteString(")")
	for _, a := range Attributes(in.Op) {
		switch v := a.Value.(type) {
		case string:
			fmt.Fprintf(&b, " %s=%q", a.Name, v)
		case float64:
			fmt.Fprintf(&b, " %s=%s", a.Name, number(v))
		default:
			fmt.Fprintf(&b, " %s=%v", a.Name, v)
		}
	}
	if t := tagText(in.Tag); t != "" {
		b.WriteString(" ; " + t)
	}
	return b.String()
}

// shapeText returns the shape of v, also in a program that Verify refuses.
func (p *Program) shapeText(v Value) string {
	if v < 0 || int(v) >= len(p.Shapes) {
		return "[?]"
	}
	return p.Shapes[v].String()
}

// tagText returns a tag as Tag.String has it, or part by part where that could
// be read in another way.
func tagText(t Tag) string {
	s := t.String()
	if back, err := parseTag(s); err == nil && back == t && strings.TrimSpace(s) == s && !strings.ContainsAny(s, "\n\r") {
		return s
	}
	s = fmt.Sprintf("%q %d %q", t.Area, t.Step, t.Part)
	if t.Backward {
		s += gradientMark
	}
	return s
}

// number returns the shortest text that reads back as x.
func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// counter counts what it writes and stops at the first error.
type counter struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counter) line(format string, args ...any) {
	if c.err == nil {
		var n int
		n, c.err = fmt.Fprintf(c.w, format, args...)
		c.n += int64(n)
	}
}
