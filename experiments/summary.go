package experiments

import (
	"fmt"
	"strings"

	"ventral/cortex"
)

// Onsets is a line that says when the image reaches every area.
func Onsets(g *cortex.Graph) string {
	var parts []string
	for i, a := range g.Areas {
		at := "never"
		if t := g.Onset(i); t >= 0 {
			at = fmt.Sprintf("slice %d", t)
		}
		parts = append(parts, a.Name+" "+at)
	}
	return "the image reaches " + strings.Join(parts, ", ")
}

// Summary says in a few lines what a finished run and its controls showed.
func Summary(dir Folder) (string, error) {
	e, info, err := Open(dir)
	if err != nil {
		return "", err
	}
	lines, err := summary(dir, e.Name, info)
	if err != nil {
		return "", err
	}
	for _, name := range info.Controls {
		c, i, err := Open(dir.Control(name))
		if err != nil {
			return "", err
		}
		more, err := summary(dir.Control(name), c.Name, i)
		if err != nil {
			return "", err
		}
		lines += "\n" + more
	}
	return lines, nil
}

func summary(dir Folder, name string, info *Info) (string, error) {
	if info.State != Finished {
		return fmt.Sprintf("%s: %s", name, info.State), nil
	}
	t := &TestResult{}
	if err := dir.ReadJSON(testFile, t); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %s; %s parameters, %s multiply-adds an image", name, t.sentence(), grouped(info.Parameters), short(float64(info.MultiplyAdds))), nil
}

// Difference lists the lines in which two texts differ, "- " only in a and "+ "
// only in b, each below its table; "" where they are equal.
func Difference(a, b string) string {
	x, y := keyed(a), keyed(b)
	var out strings.Builder
	for _, k := range x.order {
		if v, ok := y.value[k]; !ok || v != x.value[k] {
			fmt.Fprintf(&out, "- %s = %s\n", k, x.value[k])
			if ok {
				fmt.Fprintf(&out, "+ %s = %s\n", k, v)
			}
		}
	}
	for _, k := range y.order {
		if _, ok := x.value[k]; !ok {
			fmt.Fprintf(&out, "+ %s = %s\n", k, y.value[k])
		}
	}
	return out.String()
}

type keys struct {
	order []string
	value map[string]string
}

// keyed reads the lines of a resolved experiment as full keys and values.
func keyed(text string) keys {
	k := keys{value: map[string]string{}}
	table, last := "", ""
	for _, line := range strings.Split(text, "\n") {
		key, value, ok := strings.Cut(line, " = ")
		switch {
		case strings.HasPrefix(line, "["):
			table = strings.Trim(line, "[]") + "."
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
