package command

import (
	"fmt"
	"io"
	"strings"
)

// notes is where progress and remarks go: nowhere with --quiet.
func (p *program) notes() io.Writer {
	if p.quiet {
		return io.Discard
	}
	return p.err
}

// say prints what text writes; with --quiet only its last line.
func (p *program) say(text func(w io.Writer)) {
	if !p.quiet {
		text(p.out)
		return
	}
	var b strings.Builder
	text(&b)
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	if last := lines[len(lines)-1]; last != "" {
		fmt.Fprintln(p.out, last)
	}
}
