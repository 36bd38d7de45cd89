package independent

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A table is a table of an experiment file. Values are string, int, float64,
// bool, []any and table.
type table map[string]any

// at returns the table called key, which it makes where there is none.
func (t table) at(key string) table {
	if sub, ok := t[key].(table); ok {
		return sub
	}
	sub := table{}
	t[key] = sub
	return sub
}

// sub returns the table called key, nil where there is none.
func (t table) sub(key string) table {
	sub, _ := t[key].(table)
	return sub
}

// keys returns the keys in alphabetical order.
func (t table) keys() []string { return slices.Sorted(maps.Keys(t)) }

// clone returns a copy that shares no table with t.
func (t table) clone() table {
	c := table{}
	for k, v := range t {
		if sub, ok := v.(table); ok {
			v = sub.clone()
		}
		c[k] = v
	}
	return c
}

// replace puts the keys of a variant in place of those of t: tables merge,
// anything else is replaced whole, and an empty table takes the file's away.
func (t table) replace(variant table) {
	for k, v := range variant {
		to, ok := t[k].(table)
		from, isTable := v.(table)
		switch {
		case ok && isTable && len(from) > 0:
			to.replace(from)
		case isTable:
			t[k] = from.clone()
		default:
			t[k] = v
		}
	}
}

// text writes t as TOML. How it is written (sections, dotted keys or tables in
// line) is drawn.
func (t table) text(r *rand.Rand) string {
	var b strings.Builder
	writeSection(&b, nil, t, r)
	return b.String()
}

func writeSection(b *strings.Builder, path []string, t table, r *rand.Rand) {
	var later []string
	for _, k := range t.keys() {
		sub, ok := t[k].(table)
		switch {
		case !ok:
			fmt.Fprintf(b, "%s = %s\n", bare(k), inline(t[k]))
		case len(path) > 1 || len(path) == 1 && r.IntN(2) == 0:
			fmt.Fprintf(b, "%s = %s\n", bare(k), inline(sub))
		case len(sub) == 1 && r.IntN(4) == 0:
			for _, inner := range sub.keys() {
				fmt.Fprintf(b, "%s.%s = %s\n", bare(k), bare(inner), inline(sub[inner]))
			}
		default:
			later = append(later, k)
		}
	}
	for _, k := range later {
		at := append(slices.Clone(path), k)
		names := make([]string, len(at))
		for i := range at {
			names[i] = bare(at[i])
		}
		fmt.Fprintf(b, "\n[%s]\n", strings.Join(names, "."))
		writeSection(b, at, t[k].(table), r)
	}
}

var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func bare(key string) string {
	if bareKey.MatchString(key) {
		return key
	}
	return strconv.Quote(key)
}

func inline(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case float64:
		s := strconv.FormatFloat(v, 'g', -1, 64)
		if !strings.ContainsAny(s, ".e") {
			s += ".0"
		}
		return s
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = inline(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case table:
		parts := []string{}
		for _, k := range v.keys() {
			parts = append(parts, bare(k)+" = "+inline(v[k]))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	return fmt.Sprint(v)
}

// A chain is a list of tables in which a key is looked for, the most particular
// first.
type chain []table

// find returns the value of key in the first table that has it, nil where none
// does.
func (c chain) find(key string) any {
	for _, t := range c {
		if v, ok := t[key]; ok {
			return v
		}
	}
	return nil
}

func (c chain) text(key, otherwise string) string {
	if s, ok := c.find(key).(string); ok {
		return s
	}
	return otherwise
}

func (c chain) whole(key string, otherwise int) int {
	if i, ok := c.find(key).(int); ok {
		return i
	}
	return otherwise
}

func (c chain) number(key string, otherwise float64) float64 {
	switch v := c.find(key).(type) {
	case int:
		return float64(v)
	case float64:
		return v
	}
	return otherwise
}

func (c chain) truth(key string) bool {
	b, _ := c.find(key).(bool)
	return b
}

// tables returns the tables called key of all of c, in its order. A text stands
// for a kind.
func (c chain) tables(key string) chain {
	var out chain
	for _, t := range c {
		if sub := t.sub(key); sub != nil {
			out = append(out, sub)
		} else if kind, ok := t[key].(string); ok {
			out = append(out, table{"kind": kind})
		}
	}
	return out
}

// texts returns a text, or a list of texts, as a list.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		out := make([]string, len(v))
		for i := range v {
			out[i] = v[i].(string)
		}
		return out
	}
	return nil
}
