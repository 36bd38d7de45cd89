package cpu

import (
	"fmt"
	"io"
	"strings"
)

// String returns the listing that WriteTo writes.
func (p *Plan) String() string {
	var b strings.Builder
	p.WriteTo(&b)
	return b.String()
}

// WriteTo writes the plan, a line an instruction: region, locality, operation,
// the places of its arguments and results, and its tag.
func (p *Plan) WriteTo(w io.Writer) (int64, error) {
	c := &counter{w: w}
	fmt.Fprintf(c, "kernel %s, %d threads, %d chunks\n", p.Kernel, p.Threads, p.Chunks)
	fmt.Fprintf(c, "arena %d bytes, scratch %d bytes, variables %d bytes\n", p.ArenaBytes, p.ScratchBytes, p.VariableBytes)
	for i, r := range p.Regions {
		switch {
		case r.Images == 0:
			fmt.Fprintf(c, "wave %d: %d shares, live %d bytes\n", i, r.Shares, r.Live)
		case r.Chunks > 0:
			fmt.Fprintf(c, "region %d: %d images in %d chunks, %d at a time, live %d bytes\n", i, r.Images, r.Chunks, r.Tile, r.Live)
		default:
			fmt.Fprintf(c, "region %d: %d images, %d at a time, live %d bytes\n", i, r.Images, r.Tile, r.Live)
		}
		for _, s := range r.Steps {
			fmt.Fprintf(c, "\t%s\n", s)
		}
	}
	return c.n, c.err
}

// String is as in "%12 arena+4096:512" or "%3 variable conv/kernel:2304", with
// the format of what is not float32: "%12 local+0:2400 bfloat16×1 by row 1+8+1 1+8+1 12".
func (p Place) String() string {
	at, format := fmt.Sprintf("%%%d %s", p.Value, p.Space), p.Format
	if format != "" {
		format = " " + format
	}
	if p.Name != "" {
		return fmt.Sprintf("%s %s:%d%s", at, p.Name, p.Bytes, format)
	}
	return fmt.Sprintf("%s+%d:%d%s", at, p.Offset, p.Bytes, format)
}

// String is a line of the listing.
func (s Step) String() string {
	var b strings.Builder
	kind := s.Locality.String()
	switch {
	case s.Merge:
		kind = "merge"
	case s.Kept:
		kind = "kept"
	}
	fmt.Fprintf(&b, "%-9s %s", kind, s.Name)
	for _, a := range s.Args {
		fmt.Fprintf(&b, " (%s)", a)
	}
	if len(s.Results) > 0 {
		b.WriteString(" →")
	}
	for _, r := range s.Results {
		fmt.Fprintf(&b, " (%s)", r)
	}
	if tag := s.Tag.String(); tag != "" {
		b.WriteString("  # " + tag)
	}
	return b.String()
}

// counter counts what it writes and keeps the first error.
type counter struct {
	w   io.Writer
	n   int64
	err error
}

func (c *counter) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(b)
	c.n, c.err = c.n+int64(n), err
	return n, err
}
