package decode

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Plain writes a decoded value as TOML.
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
