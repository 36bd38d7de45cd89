package decode

import (
	"fmt"
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

// place fills in line and column of a byte offset of the file's text.
func (f *Fault) place(text string, offset int) {
	before := text[:min(offset, len(text))]
	start := strings.LastIndexByte(before, '\n') + 1
	f.Line = strings.Count(before, "\n") + 1
	f.Column = utf8.RuneCountInString(before[start:]) + 1
	f.Text, _, _ = strings.Cut(text[start:], "\n")
	f.Text = strings.TrimRight(f.Text, "\r")
}
