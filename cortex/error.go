package cortex

import "fmt"

// Error says which part of an experiment is wrong: Path leads to it through the
// tables of an experiment file.
type Error struct {
	Path []string
	Err  error
}

// Error returns the message without the path, which a file's position replaces.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Place returns the path and the error at its end.
func (e *Error) Place() ([]string, error) { return e.Path, e.Err }

func wrong(path []string, format string, args ...any) error {
	return &Error{Path: path, Err: fmt.Errorf(format, args...)}
}
