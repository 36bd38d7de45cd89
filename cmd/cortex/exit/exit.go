// Package exit holds the exit statuses of the program, and the errors that lead to
// them.
package exit

import (
	"context"
	"errors"
	"fmt"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
)

// Exit statuses.
const (
	OK          = 0
	Failed      = 1   // a run or a check failed
	WrongInput  = 2   // a fault in a file, an unknown word, a wrong flag, a folder that is no run, a damaged file
	Interrupted = 130 // Ctrl-C; the run can go on
)

// wrong is an error of the user's input that is not a fault in a file.
type wrong struct{ error }

// Unwrap returns the cause.
func (w wrong) Unwrap() error { return w.error }

// Wrong makes an error one of the user's input.
func Wrong(err error) error { return wrong{err} }

// Wrongf returns an error of the user's input.
func Wrongf(format string, args ...any) error { return wrong{fmt.Errorf(format, args...)} }

// WrongUnlessFault makes an error one of the user's input. A fault in a file stays
// as it is, since it is shown with its place; so does nil.
func WrongUnlessFault(err error) error {
	var f *decode.Fault
	if err == nil || errors.As(err, &f) {
		return err
	}
	return wrong{err}
}

// IsWrong reports whether an error is one of the user's input by Wrong or Wrongf.
func IsWrong(err error) bool { return errors.As(err, new(wrong)) }

// ErrReported is an error that the user has been told of already.
var ErrReported = errors.New("reported")

// Of is the exit status that an error leads to.
func Of(err error) int {
	var f *decode.Fault
	var d *rundir.Damaged
	var w wrong
	switch {
	case err == nil:
		return OK
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.As(err, &f), errors.As(err, &d), errors.As(err, &w):
		return WrongInput
	}
	return Failed
}
