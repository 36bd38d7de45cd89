package decode

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// syntax turns the parser's error of a text into a fault. Bare is that of Hints.
func syntax(file, text string, err error, bare func(line string, at int) (word, message string, from int)) error {
	f := &Fault{File: file, Message: err.Error()}
	var p toml.ParseError
	if !errors.As(err, &p) {
		return f
	}
	offset := max(min(p.Position.Start, len(text)), 0)
	for offset > 0 && offset < len(text) && !utf8.RuneStart(text[offset]) {
		offset-- // a place within a character is that of the character
	}
	f.place(text, offset)
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	line, _, _ := strings.Cut(text[start:], "\n")
	if word, message, from := bare(line, offset-start); word != "" {
		f.place(text, start+from)
		f.Key, f.Message = headAt(text, start+from), message
		return f
	}
	f.Message = oneLine.Replace(plain(strings.TrimSuffix(p.Message, ".")))
	if f.Key = keyAt(text, offset); f.Key == "" {
		f.Key = p.LastKey
		if strings.HasPrefix(strings.TrimSpace(f.Text), "[") {
			f.Key = "" // the last key is in the table before this head
		}
	}
	f.Key = strings.TrimSuffix(f.Key, `.""`)
	if m := defined.FindStringSubmatch(p.Message); m != nil {
		f.Key = m[1]
	}
	return f
}

// oneLine shows line ends that the parser found where it wanted something else.
var oneLine = strings.NewReplacer("\n", `\n`, "\r", `\r`)

// headAt returns the first key of the table that a byte offset stands in, or of
// the table's head itself; "" at the top of the file.
func headAt(text string, offset int) string {
	head := ""
	for _, line := range strings.SplitAfter(text[:offset], "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "[") {
			head = strings.Trim(strings.TrimLeft(line, "["), "]. ")
		}
	}
	head, _, _ = strings.Cut(head, ".")
	return head
}

var defined = regexp.MustCompile(`^Key '(.*)' has already been defined`)

// said are messages of the parser with what they mean; $1 is the first group.
var said = []struct {
	parser *regexp.Regexp
	plain  string
}{
	{defined, `"$1" stands twice, want it once`},
	{regexp.MustCompile(`^expected a top-level item to end with .*, but got ',' instead`), `found "," after the value, want the end of the line; a fraction has a point, as in 0.01`},
	{regexp.MustCompile(`^expected a top-level item to end with .*, but got '(.*)' instead`), `found "$1" after the value, want the end of the line; text is in quotes`},
	{regexp.MustCompile(`(?i)^expected value but found "(true|false)" instead`), `found $1, want true or false in small letters`},
	{regexp.MustCompile(`^expected value but found "(.*)" instead`), `found $1, want a value; text is in quotes, as in "$1"`},
	{regexp.MustCompile(`^expected '\.' or '=', but got '(.*)' instead`), `found "$1", want "=" after the key`},
	{regexp.MustCompile(`^expected '\.' or '\]' to end table name, but got '(.*)' instead`), `found "$1", want "]" after the name of the table; names such as "V1->IT" are in quotes`},
	{regexp.MustCompile(`^unexpected (end of table name|table separator) \(table names cannot be empty\)`), `found an empty name in the head of a table, want names with points between them, as in [area.V1]`},
	{regexp.MustCompile(`^unexpected '=': key name appears blank`), `found "=" without a key before it, want KEY = VALUE`},
	{regexp.MustCompile(`^unexpected '='`), `found "=" where a part of the key is missing, want KEY = VALUE`},
	{regexp.MustCompile(`^unexpected '\.'`), `found a key with an empty part, want one name between two points, as in area.V1.shape`},
	{regexp.MustCompile(`^unexpected comma`), `found "," without a value before it, want one comma between two values`},
	{regexp.MustCompile(`^expected end of table array name delimiter ']', but got '?(.*?)'? instead`), `found "$1", want "]]" after the name; tables of an experiment have single brackets, as in [area.V1]`},
	{regexp.MustCompile(`^Key '(.*)' was already created as a hash`), `"$1" stands twice, as a table and as a value; want it once`},
	{regexp.MustCompile(`^Key '(.*)' was already created and cannot be used as an array`), `"$1" stands twice; want it once, in single brackets`},
	{regexp.MustCompile(`^expected value but found '(\\n|\\r)' instead`), `found the end of the line, want a value after "="`},
	{regexp.MustCompile(`^expected value but found '(.*)' instead`), `found "$1", want a value; text is in quotes`},
	{regexp.MustCompile(`^Invalid (?:integer|float) "(.*)": underscores.*`), `found $1, want digits on both sides of "_"`},
	{regexp.MustCompile(`^Invalid float value: "(.*)"`), `found $1, want a number, as in 0.01 or 1e-4`},
	{regexp.MustCompile(`^invalid datetime: "(.*)"`), `found $1 without quotes, want a number, or text in quotes`},
	{regexp.MustCompile(`^expected .* hexadecimal digits after '(.*)', but got .* instead`), `found "$1" in the text, want "\\" for a backslash, or text in single quotes`},
	{regexp.MustCompile(`^Invalid integer "(.*)": cannot have leading zeroes`), `found $1, want a number without zeros before it`},
	{regexp.MustCompile(`^Invalid float "(.*)": cannot have leading zeroes`), `found $1, want a number without zeros before it`},
	{regexp.MustCompile(`^expected a comma \(','\) or array terminator \('\]'\), but got '?(.*?)'?$`), `found "$1", want "," or "]" to end the list`},
	{regexp.MustCompile(`^expected a comma or an inline table terminator '}', but got '?(.*?)'? instead`), `found "$1", want "," or "}" to end the table`},
	{regexp.MustCompile(`^strings cannot contain newlines`), `the text does not end on its line, want a closing quote`},
	{regexp.MustCompile(`^Invalid float "([0-9]*\.\.[0-9]*)".*`), `found $1 without quotes, want steps as text, as in "2.." or "2..5"`},
	{regexp.MustCompile(`^Invalid float "(.*)": '\.' must be followed by.*`), `found $1, want a digit after the point, as in 1.0`},
	{regexp.MustCompile(`^floats must start with a digit.*`), `found a number that begins with ".", want a digit before it, as in 0.01`},
	{regexp.MustCompile(`^invalid escape in string '(.*)'`), `found "$1" in the text, want "\\" for a backslash, or text in single quotes`},
	{regexp.MustCompile(`^unexpected EOF; expected (.*)`), `the file ends here, want $1`},
}

// plain says what the parser says in the words of a file's author.
func plain(message string) string {
	for _, x := range said {
		if m := x.parser.FindStringSubmatchIndex(message); m != nil {
			return string(x.parser.ExpandString(nil, x.plain, message, m))
		}
	}
	return message
}

// keyAt returns the last key that begins on the line of a byte offset and
// before it, or "".
func keyAt(text string, offset int) string {
	start := strings.LastIndexByte(text[:offset], '\n') + 1
	best, at := "", -1
	for path, p := range positions(text[:offset]) {
		if p.key >= start && (p.key > at || p.key == at && len(path) < len(best)) { // a table before its first element
			best, at = path, p.key
		}
	}
	if best == "" {
		return ""
	}
	return Dotted(strings.Split(best, "\x00"))
}
