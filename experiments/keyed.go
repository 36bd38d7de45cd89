package experiments

import "strings"

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
