package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

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

// tell says on the error output what went wrong: with --json as one line, an
// object {"format", "status", "errors"}.
func (p *program) tell(err error, status int) {
	var all decode.Faults
	all.Add(err)
	if p.json || slices.Contains(p.args, "--json") {
		x := struct {
			Format int       `json:"format"`
			Status int       `json:"status"`
			Errors []trouble `json:"errors"`
		}{Format: 1, Status: status}
		for _, err := range all {
			x.Errors = append(x.Errors, troubleOf(err))
		}
		e := json.NewEncoder(p.err)
		e.SetEscapeHTML(false)
		e.Encode(x)
		return
	}
	for _, err := range all {
		var f *decode.Fault
		switch {
		case errors.Is(err, errReported), errors.Is(err, context.Canceled): // the user knows
		case errors.As(err, &f):
			fmt.Fprintln(p.err, f.Error())
			if x := f.Excerpt(); x != "" {
				fmt.Fprintln(p.err, x)
			}
		default:
			fmt.Fprintf(p.err, "cortex: %v\n", err)
		}
	}
}

func troubleOf(err error) trouble {
	var f *decode.Fault
	switch {
	case errors.As(err, &f):
		return trouble{f.File, f.Line, f.Column, f.Key, f.Message, f.Text}
	case errors.Is(err, context.Canceled):
		return trouble{Message: "interrupted"}
	case errors.Is(err, errReported):
		return trouble{Message: "failed, as the output says"}
	}
	return trouble{Message: err.Error()}
}
