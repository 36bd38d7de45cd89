package exit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"ventral/experiments/decode"
)

// trouble is what went wrong, as --json has it.
type trouble struct {
	File    string `json:"file,omitempty"`   // or "--set key=value"
	Line    int    `json:"line,omitempty"`   // from 1
	Column  int    `json:"column,omitempty"` // from 1, in characters
	Key     string `json:"key,omitempty"`    // dotted
	Message string `json:"message"`
	Text    string `json:"text,omitempty"` // the line
}

// Tell says what went wrong, for people or, as one line, in JSON: an object
// {"format", "status", "errors"}.
func Tell(w io.Writer, err error, asJSON bool) {
	var all decode.Faults
	all.Add(err)
	if asJSON {
		x := struct {
			Format int       `json:"format"`
			Status int       `json:"status"`
			Errors []trouble `json:"errors"`
		}{Format: 2, Status: Of(err)}
		for _, err := range all {
			x.Errors = append(x.Errors, troubleOf(err))
		}
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.Encode(x)
		return
	}
	for _, err := range all {
		var f *decode.Fault
		switch {
		case errors.Is(err, ErrReported), errors.Is(err, context.Canceled): // the user knows
		case errors.As(err, &f):
			fmt.Fprintln(w, f.Error())
			if x := f.Excerpt(); x != "" {
				fmt.Fprintln(w, x)
			}
		default:
			fmt.Fprintf(w, "cortex: %v\n", err)
		}
	}
}

// troubleOf takes an error apart.
func troubleOf(err error) trouble {
	var f *decode.Fault
	switch {
	case errors.As(err, &f):
		return trouble{f.File, f.Line, f.Column, f.Key, f.Message, f.Text}
	case errors.Is(err, context.Canceled):
		return trouble{Message: "interrupted"}
	case errors.Is(err, ErrReported):
		return trouble{Message: "failed, as the output says"}
	}
	return trouble{Message: err.Error()}
}
