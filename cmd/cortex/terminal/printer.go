// Package terminal shows what a verb says: results, remarks and progress.
package terminal

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

// Printer is where a verb prints.
type Printer struct {
	Out, Err io.Writer
	Args     []string // the command line, which a run keeps
	JSON     bool     // results are printed as JSON
	Quiet    bool     // errors alone are printed, and the last line of a result
}

// AsJSON adds --json to a verb that reports.
func (p *Printer) AsJSON(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&p.JSON, "json", false, "print JSON")
	return c
}

// Report prints v as JSON with --json, and otherwise as text does.
func (p *Printer) Report(v any, text func(w io.Writer)) error {
	if !p.JSON {
		p.Say(text)
		return nil
	}
	e := json.NewEncoder(p.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// Say prints what text writes; with --quiet only its last line.
func (p *Printer) Say(text func(w io.Writer)) {
	if !p.Quiet {
		text(p.Out)
		return
	}
	var b strings.Builder
	text(&b)
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	if last := lines[len(lines)-1]; last != "" {
		fmt.Fprintln(p.Out, last)
	}
}

// Notes is where progress and remarks go: nowhere with --quiet.
func (p *Printer) Notes() io.Writer {
	if p.Quiet {
		return io.Discard
	}
	return p.Err
}
