package decode

import (
	"strconv"
	"strings"
)

// Keys are those of a resolved experiment with their values, both as text.
type Keys struct {
	Order []string
	Value map[string]string
}

// Keyed reads the lines of a resolved experiment as full keys and values; a
// list over several lines becomes one.
func Keyed(text string) Keys {
	k := Keys{Value: map[string]string{}}
	table, last := "", ""
	for _, line := range strings.Split(text, "\n") {
		key, value, ok := strings.Cut(line, " = ")
		switch {
		case strings.HasPrefix(line, "["):
			table = strings.TrimSuffix(strings.TrimPrefix(line, "["), "]") + "."
		case ok && !strings.HasPrefix(line, " "):
			last = table + key
			k.Order = append(k.Order, last)
			k.Value[last] = value
		case last != "" && strings.TrimSpace(line) != "":
			k.Value[last] += " " + strings.TrimSpace(line)
		}
	}
	return k
}

// Setting returns the value of a key, a text without its quotes.
func (k *Keys) Setting(key string) (value string, ok bool) {
	value, ok = k.Value[key]
	if s, err := strconv.Unquote(value); err == nil {
		value = s
	}
	return value, ok
}

// Settings are the keys of a resolved experiment's text with their values, texts
// without quotes.
func Settings(resolved string) map[string]string {
	k := Keyed(resolved)
	m := map[string]string{}
	for _, key := range k.Order {
		m[key], _ = k.Setting(key)
	}
	return m
}
