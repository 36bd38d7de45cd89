package reference

import (
	"fmt"
	"strings"
)

// Pages are all that an experiment file may say.
type Pages struct {
	Format int     `json:"format"`
	Topics []Topic `json:"topics"`
}

// Topic is a group of entries.
type Topic struct {
	Name    string  `json:"name"`
	About   string  `json:"about"`
	Entries []Entry `json:"entries"`
}

// Entry is a table of a file, or one kind of something.
type Entry struct {
	Name  string `json:"name"`
	About string `json:"about,omitempty"`
	Keys  []Key  `json:"keys,omitempty"`
}

// Key is a key with its default.
type Key struct {
	Name    string `json:"name"`
	Type    string `json:"type"`
	Default string `json:"default,omitempty"`
	Range   string `json:"range,omitempty"`
	About   string `json:"about"`
}

// Text returns the pages for a terminal.
func (r Pages) Text() string {
	var b strings.Builder
	for i, t := range r.Topics {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s\n  %s\n", strings.ToUpper(t.Name), t.About)
		for _, e := range t.Entries {
			fmt.Fprintf(&b, "  %s", e.Name)
			if e.About != "" {
				fmt.Fprintf(&b, ": %s", e.About)
			}
			b.WriteByte('\n')
			for _, k := range e.Keys {
				fmt.Fprintf(&b, "    %-14s", k.Name)
				if k.Default != "" {
					fmt.Fprintf(&b, " = %s", k.Default)
				}
				fmt.Fprintf(&b, "  %s", k.About)
				if k.Range != "" {
					fmt.Fprintf(&b, " (%s)", k.Range)
				}
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// Markdown returns the pages as docs/reference.md.
func (r Pages) Markdown() string {
	var b strings.Builder
	b.WriteString("# Reference: what an experiment file may say\n\nMade by `cortex list --markdown`; a test holds it to the code. Text is in quotes, as in TOML.\n")
	cell := func(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
	for _, t := range r.Topics {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", t.Name, t.About)
		for _, e := range t.Entries {
			fmt.Fprintf(&b, "\n**%s**", e.Name)
			if e.About != "" {
				fmt.Fprintf(&b, " — %s", e.About)
			}
			b.WriteString("\n")
			if len(e.Keys) == 0 {
				continue
			}
			b.WriteString("\n| key | type | default | range | meaning |\n|---|---|---|---|---|\n")
			for _, k := range e.Keys {
				def := k.Default
				if def != "" {
					def = "`" + def + "`"
				}
				fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.Name, k.Type, cell(def), cell(k.Range), cell(k.About))
			}
		}
	}
	return b.String()
}
