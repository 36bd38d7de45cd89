package terminal

import (
	"fmt"
	"io"
)

// Sink is where the program prints. It keeps the first error of writing, which
// printing does not look at, and shows control characters, which a name or a file
// may hold, instead of sending them to a terminal: an escape is written \x1b.
type Sink struct {
	to  io.Writer
	err error
}

// NewSink returns a sink that writes to w.
func NewSink(w io.Writer) *Sink { return &Sink{to: w} }

// Err returns the first error of writing.
func (s *Sink) Err() error { return s.err }

// Write implements io.Writer.
func (s *Sink) Write(b []byte) (int, error) {
	_, err := s.to.Write(shown(b))
	if err != nil {
		if s.err == nil {
			s.err = err
		}
		return 0, err
	}
	return len(b), nil
}

// shown returns text without control characters but line ends and tabs: those of
// ASCII, and those that UTF-8 writes as 0xc2 and a byte from 0x80 to 0x9f.
func shown(b []byte) []byte {
	var out []byte
	from := 0
	for i, c := range b {
		wide := c >= 0x80 && c <= 0x9f && i > 0 && b[i-1] == 0xc2
		if !wide && (c >= ' ' && c != 0x7f || c == '\n' || c == '\t') {
			continue
		}
		end := i
		if wide {
			end--
		}
		out = append(out, b[from:end]...)
		out = fmt.Appendf(out, "\\x%02x", c)
		from = i + 1
	}
	if out == nil {
		return b
	}
	return append(out, b[from:]...)
}
