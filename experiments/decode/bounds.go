package decode

import (
	"io"
	"os"
)

// Bounds of a file, far beyond what anyone writes: the TOML parser takes time and
// memory that grow with the square of the depth of tables.
const (
	longestText = 16 << 20 // bytes; a resolved file of 64 areas in full connection has 2 MiB
	deepest     = 40       // lists and tables within each other, and parts of a dotted key
)

// ReadFile reads a file that a user wrote. Of one that is longer than any
// experiment it reads enough to tell.
func ReadFile(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, longestText+1))
	return string(text), err
}

// bounds reports a text that is too long or too deep to be parsed.
func bounds(file, text string) error {
	if len(text) > longestText {
		return &Fault{File: file, Line: 1, Column: 1, Message: "found a text of more than 16 MiB, want an experiment"}
	}
	depth, dots := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '#':
			for i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case '"', '\'':
			i = endOfString(text, i)
		case '[', '{':
			depth, dots = depth+1, 0
		case ']', '}':
			depth, dots = max(depth-1, 0), 0
		case '\n', '=', ',':
			dots = 0
		case '.':
			dots++
		}
		if depth > deepest || dots > deepest {
			f := &Fault{File: file, Message: "tables, lists or parts of a key lie more than 40 deep in each other, want fewer"}
			f.place(text, i)
			if len(f.Text) > 200 {
				f.Text, f.Column = f.Text[:60]+" …", 1
			}
			return f
		}
	}
	return nil
}

// endOfString returns where the string ends that begins at byte i of a TOML text:
// at its closing quote, at the end of the line, or, of a string of several lines,
// at the last of three quotes.
func endOfString(text string, i int) int {
	quote := text[i]
	at := func(k int) byte {
		if k < len(text) {
			return text[k]
		}
		return 0
	}
	long := at(i+1) == quote && at(i+2) == quote
	if long {
		i += 2
	}
	for i++; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quote == '"':
			i++
		case c == '\n' && !long:
			return i - 1
		case c == quote && !long:
			return i
		case c == quote && at(i+1) == quote && at(i+2) == quote:
			return i + 2
		}
	}
	return len(text) - 1
}
