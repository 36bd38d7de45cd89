package experiments

import (
	"strconv"
	"strings"
)

// keys are those of a resolved experiment with their values, both as text.
type keys struct {
	order []string
	value map[string]string
}

// keyed reads the lines of a resolved experiment as full keys and values; a
// list over several lines becomes one.
func keyed(text string) keys {
	k := keys{value: map[string]string{}}
	table, last := "", ""
	for _, line := range strings.Split(text, "\n") {
		key, value, ok := strings.Cut(line, " = ")
		switch {
		case strings.HasPrefix(line, "["):
			table = strings.TrimSuffix(strings.TrimPrefix(line, "["), "]") + "."
		case ok && !strings.HasPrefix(line, " "):
			last = table + key
			k.order = append(k.order, last)
			k.value[last] = value
		case last != "" && strings.TrimSpace(line) != "":
			k.value[last] += " " + strings.TrimSpace(line)
		}
	}
	return k
}

func (k *keys) setting(key string) (value string, ok bool) {
	value, ok = k.value[key]
	if s, err := strconv.Unquote(value); err == nil {
		value = s
	}
	return value, ok
}

// Settings are the keys of a resolved experiment's text with their values, texts
// without quotes.
func Settings(resolved string) map[string]string {
	k := keyed(resolved)
	m := map[string]string{}
	for _, key := range k.order {
		m[key], _ = k.setting(key)
	}
	return m
}
