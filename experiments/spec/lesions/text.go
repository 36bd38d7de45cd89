package lesions

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex/lesion"
	"ventral/experiments/decode"
)

// Parse reads a lesion as it is written on a command line: the name of one of the file,
// or connections and channels, then keys, as in "IT->V4@4.. gain=0.5" or "V4#3,17
// kind=noise sd=2". What has spaces stands in quotes. Without a kind it scales, without a
// gain it silences. A key after a name replaces that of the table.
func Parse(text string, known Known) (Lesion, error) {
	wrong := func(format string, args ...any) (Lesion, error) {
		return Lesion{}, fmt.Errorf("lesion %q: "+format, append([]any{text}, args...)...)
	}
	l := New()
	parts, err := split(text)
	if err != nil {
		return wrong("%v", err)
	}
	if len(parts) > 0 {
		if i := slices.IndexFunc(known.Lesions, func(l Lesion) bool { return l.Name == parts[0] }); i >= 0 {
			l, parts = known.Lesions[i], parts[1:]
			l.Connections, l.Channels = slices.Clone(l.Connections), slices.Clone(l.Channels)
		}
	}
	if l.Name != text {
		l.Name = text
	}
	var keys []string
	for _, part := range parts {
		key, value, ok := strings.Cut(part, "=")
		if ok && !strings.Contains(key, "->") {
			if err := l.set(key, value); err != nil {
				return wrong("%v", err)
			}
			keys = append(keys, key)
			continue
		}
		if err := l.choose(part, known); err != nil {
			return wrong("%w%s", err, names(known))
		}
	}
	for _, key := range keys {
		if err := l.reads(key); err != nil {
			return wrong("%s: %v", key, err)
		}
	}
	if len(l.Connections)+len(l.Channels) == 0 {
		return wrong("found no connections, want some, as in \"role:feedback gain=0\"%s", names(known))
	}
	if err := l.checkControls(); err != nil {
		return wrong("controls: %v", err)
	}
	l.Gain, l.SD = l.Gains[0], l.SDs[0]
	return l, nil
}

// split splits a text at spaces outside of quotes.
func split(text string) (parts []string, err error) {
	quoted, part, any := false, strings.Builder{}, false
	end := func() {
		if p := strings.Trim(part.String(), ","); p != "" || any {
			parts = append(parts, p)
		}
		part.Reset()
		any = false
	}
	for _, r := range text {
		switch {
		case r == '"':
			quoted, any = !quoted, true
		case r == ' ' && !quoted:
			end()
		default:
			part.WriteRune(r)
		}
	}
	if quoted {
		return nil, fmt.Errorf("found a quote that nothing closes")
	}
	end()
	return parts, nil
}

// choose adds connections or channels: one, or several with commas.
func (l *Lesion) choose(part string, known Known) error {
	ofArea := strings.Contains(part, "#") || !strings.ContainsAny(part, ":>") && slices.ContainsFunc(known.Areas, func(a areas.Area) bool {
		what, _, _ := strings.Cut(part, "@")
		return what == a.Name || strings.HasPrefix(what, a.Name+".")
	})
	if ofArea {
		x, err := channelsOf(part, known)
		if err == nil {
			l.Channels = append(l.Channels, x)
		}
		return err
	}
	if _, err := connectivity.ParseSelector(part); err != nil && strings.Contains(part, ",") {
		for _, one := range strings.Split(part, ",") {
			if err := l.choose(one, known); err != nil {
				return err
			}
		}
		return nil
	}
	x, err := selectorOf(part, known)
	if err == nil {
		l.Connections = append(l.Connections, x)
	}
	return err
}

// set sets a key of a text.
func (l *Lesion) set(key, value string) (err error) {
	number := func() (Levels, error) {
		x, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("%s: found %q, want a finite number", key, value)
		}
		return Levels{x}, nil
	}
	whole := func(to *int) {
		if *to, err = strconv.Atoi(value); err != nil || *to < 0 {
			err = fmt.Errorf("%s: found %q, want a whole number from 0", key, value)
		}
	}
	word := func(to *string, words ...string) {
		if *to = value; !slices.Contains(words, value) {
			err = fmt.Errorf("%s: found %q, want one of %s", key, value, strings.Join(words, ", "))
		}
	}
	switch key {
	case "gain":
		l.Gains, err = number()
	case "sd":
		if l.SDs, err = number(); err == nil && l.SDs[0] < 0 {
			err = fmt.Errorf("sd: found %q, want 0 or more", value)
		}
	case "steps":
		if l.Steps, err = connectivity.ParseWindow(value); err != nil {
			err = fmt.Errorf("steps: %w", err)
		}
	case "at":
		if err = l.At.UnmarshalText([]byte(value)); err != nil {
			err = fmt.Errorf("at: %w", err)
		}
	case "kind":
		word(&l.Kind, lesion.Scale, lesion.Noise, lesion.Freeze, lesion.Shuffle)
	case "norms":
		word(&l.Norms, "both", "keep", "reestimate")
	case "seed":
		whole(&l.Seed)
	case "controls":
		whole(&l.Controls)
	default:
		err = fmt.Errorf("found %q, want gain=G, steps=WINDOW, or one of kind, sd, at, seed, norms and controls", key+"="+value)
	}
	return err
}

// names says which lesions the file has.
func names(known Known) string {
	var list []string
	for _, l := range known.Lesions {
		list = append(list, l.Name)
	}
	if list == nil {
		return ""
	}
	return "; lesions of the experiment: " + strings.Join(list, ", ")
}

// Variant is one of the lesions that a text stands for: a text for [Parse], and what
// tells it from the others in the name of a condition, "" where it is alone.
type Variant struct{ Label, Text string }

// Variants returns the lesions that a text stands for: of a name, or connections and
// channels, one for each value of its lists; of "connections" each connection alone, of
// "roles" each role, of "all" both. Keys may follow, as in "all gain=0.5".
func Variants(text string, known Known) (list []Variant, err error) {
	first, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if !slices.Contains(words, first) {
		l, err := Parse(text, known)
		if err != nil {
			return nil, err
		}
		return l.levels(text), nil
	}
	add := func(label, selector string) error {
		one := Variant{decode.FileWord(label, "[],"), strings.TrimSpace(selector + " " + rest)}
		one.Label = strings.ReplaceAll(one.Label, "--", "-")
		if _, err := Parse(one.Text, known); err != nil {
			return fmt.Errorf("lesion %q: %w", text, err)
		}
		list = append(list, one)
		return nil
	}
	var roles []string
	for i := range known.Connections {
		c := &known.Connections[i]
		if c.Role != "" && !slices.Contains(roles, c.Role) {
			roles = append(roles, c.Role)
		}
		if first == "roles" {
			continue
		}
		if err := add("connection="+c.Name, strconv.Quote("connection:"+c.Name)); err != nil {
			return nil, err
		}
	}
	for _, role := range connectivity.Roles {
		if first != "connections" && slices.Contains(roles, role) {
			if err := add("role="+role, "role:"+role); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// levels are the lesions that lists of a lesion make, of a text that means it.
func (l *Lesion) levels(text string) (list []Variant) {
	key, values := "gain", l.Gains
	if l.Kind == lesion.Noise {
		key, values = "sd", l.SDs
	}
	if len(values) == 1 {
		return []Variant{{"", text}}
	}
	for _, v := range values {
		setting := key + "=" + strconv.FormatFloat(v, 'g', -1, 64)
		list = append(list, Variant{setting, text + " " + setting})
	}
	return list
}
