package decode

import "github.com/BurntSushi/toml"

// Source is a text that is being decoded, with the places of its keys.
type Source struct {
	Places
	hints Hints
}

// Hints propose what a wrong word may mean. Each kind of file brings its own,
// since the decoder does not know the words of a file.
type Hints struct {
	Near    func(found string, known []string) string                  // which of the known words is meant
	Unknown func(path []string, key string, known []string) string     // where a key belongs that the table at path does not have
	Bare    func(line string, at int) (word, message string, from int) // a word in a line that misses its quotes, at a byte, with what to say of it; "" is none
}

// New returns the source of a text. File is its name in messages.
func New(file, text string, h Hints) *Source {
	return &Source{Places{File: file, Text: text, changes: changes{}, follows: map[string][]string{}}, h}
}

// Decode parses the text and finds where its keys stand. An error is a *Fault.
func (s *Source) Decode() (map[string]any, error) {
	if err := bounds(s.File, s.Text); err != nil {
		return nil, err
	}
	root := map[string]any{}
	if _, err := toml.Decode(s.Text, &root); err != nil {
		return nil, syntax(s.File, s.Text, err, s.hints.Bare)
	}
	s.spots = positions(s.Text)
	return root, nil
}
