package decode

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Plain writes a decoded value as TOML, with the keys of tables sorted.
func Plain(v any) string {
	switch x := v.(type) {
	case string:
		return Text(x)
	case []map[string]any:
		parts := make([]string, len(x))
		for i := range x {
			parts[i] = Plain(x[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []any:
		parts := make([]string, len(x))
		for i := range x {
			parts[i] = Plain(x[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(x)) {
			parts = append(parts, Quoted(k)+" = "+Plain(x[k]))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	return fmt.Sprint(v)
}

// Written writes a value, which stands at a path, as TOML, with the keys of tables in
// the order of the file.
func (s *Source) Written(at []string, v any) string {
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		for _, key := range s.Keys(at, v) {
			parts = append(parts, Quoted(key)+" = "+s.Written(Below(at, key), v[key]))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	case []map[string]any:
		for i := range v {
			parts = append(parts, s.Written(Element(at, i), v[i]))
		}
	case []any:
		for i := range v {
			parts = append(parts, s.Written(Element(at, i), v[i]))
		}
	default:
		return Plain(v)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// Quoted writes a key as TOML.
func Quoted(key string) string {
	if BareKey(key) {
		return key
	}
	return Text(key)
}

// Text writes a text as TOML.
func Text(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
