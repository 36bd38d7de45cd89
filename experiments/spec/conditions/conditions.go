// Package conditions reads the circumstances in which a trained cortex is tested:
// tables [condition.NAME], which join a protocol, a lesion, images and steps, and
// [contrast].
package conditions

import (
	"fmt"
	"slices"
	"strings"

	"ventral/experiments/contrast"
	"ventral/experiments/decode"
	"ventral/experiments/protocol"
	"ventral/experiments/spec/lesions"
	"ventral/experiments/stimuli"
)

// Table is a table [condition.NAME]: circumstances in which a trained cortex is
// tested. Where its values are lists it is several.
type Table struct {
	Name  string
	About string
	List  []Condition
	Text  [][2]string // its keys and values as written, for the resolved file
}

// Condition is one of them.
type Condition struct {
	Name    string   // "cut[soa=2]"
	Set     []string // "key=value", as of --set
	Lesions []string // as of --lesion

	Protocol string // under which images are shown; "" is that of training
	Optional bool   // of a built-in protocol that is named whole: left out where it does not fit the trial
}

// Known is what conditions refer to, of the experiment that they are of.
type Known struct {
	Kind      string       // of its images
	Settings  stimuli.Kind // of these
	EveryKind []string     // keys of images of every kind
	Protocol  func(name string) ([]protocol.Condition, error)
	Lesions   func(text string) ([]lesions.Variant, error) // that a text stands for
}

// Keys are the keys of [condition.NAME], besides steps, stimuli and set.
type Keys struct {
	About    string   `toml:"about" doc:"what the condition is for"`
	Protocol []string `toml:"protocol" doc:"protocol that images are shown under: [protocol.NAME] or a built-in one; of a list each, and of one with lists each of its conditions, is a condition"`
	Lesion   []string `toml:"lesion" doc:"lesion of the trained cortex: [lesion.NAME], connections as in \"IT->V4 gain=0.5\", several joined by \" + \", or \"none\"; of a list each is a condition, and so is each connection and role of \"all\""`
}

// Read reads [condition.NAME] and [contrast] of a file.
func Read(s *decode.Source, root map[string]any, known Known) (list []Table, contrasts []contrast.Contrast, err error) {
	path := []string{"condition"}
	if v := root["condition"]; v != nil {
		m, err := s.Table(path, v)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range s.Keys(path, m) {
			c, err := readOne(s, decode.Below(path, name), name, m[name], known)
			if err != nil {
				return nil, nil, err
			}
			list = append(list, c)
		}
	}
	path = []string{"contrast"}
	if v := root["contrast"]; v != nil {
		m, err := s.Table(path, v)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range s.Keys(path, m) {
			text, ok := m[name].(string)
			if !ok {
				return nil, nil, s.Fault(decode.Below(path, name), "found %s, want a difference of conditions, such as \"intact - cut\"", decode.Described(m[name]))
			}
			c := contrast.Contrast{Name: name, Of: text}
			if err := checkContrast(c, list, known); err != nil {
				return nil, nil, s.Fault(decode.Below(path, name), "%v", err)
			}
			contrasts = append(contrasts, c)
		}
	}
	return list, contrasts, nil
}

// alternative is a value of a condition: what stands in its name, and what it changes.
type alternative struct {
	label        string
	set, lesions []string
	protocol     string
	optional     bool
}

// readOne reads one table.
func readOne(s *decode.Source, at []string, name string, v any, e Known) (Table, error) {
	c := Table{Name: name}
	if !decode.FileName(name) || strings.ContainsAny(name, "[]=,") || name == "all" {
		return c, s.FaultKey(at, "found %q, want a name that a file can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > | [ ] = , and not \"all\"", name)
	}
	m, err := s.Table(at, v)
	if err != nil {
		return c, err
	}
	var keys Keys
	var axes [][]alternative
	add := func(list []alternative) { axes = append(axes, list) }
	err = s.Bind(at, m, map[string]decode.Hook{
		"protocol": func(at []string, v any) error { list, err := protocolAlternatives(s, at, v, e); add(list); return err },
		"lesion":   func(at []string, v any) error { list, err := lesionAlternatives(s, at, v, e); add(list); return err },
		"steps":    func(at []string, v any) error { add(valueAlternatives("steps", "steps", v)); return nil },
		"stimuli": func(at []string, v any) error {
			own, err := s.Table(at, v)
			if err != nil {
				return err
			}
			return stimuliAlternatives(s, at, own, e, add)
		},
		"set": func(at []string, v any) error {
			own, err := s.Table(at, v)
			for _, key := range s.Keys(at, own) {
				add([]alternative{{set: []string{key + "=" + s.Written(decode.Below(at, key), own[key])}}})
			}
			return err
		},
	}, &keys)
	if err != nil {
		return c, err
	}
	c.About = keys.About
	for _, key := range s.Keys(at, m) {
		c.Text = append(c.Text, [2]string{key, s.Written(decode.Below(at, key), m[key])})
	}
	if c.List = crossed(name, axes); len(c.List) == 0 {
		return c, emptyList(s, at, m)
	}
	if len(axes) == 0 {
		return c, s.FaultKey(at, "changes nothing, want one or more of protocol, lesion, steps, stimuli and set, such as steps = 12")
	}
	for i, x := range c.List {
		if slices.ContainsFunc(c.List[:i], func(y Condition) bool { return y.Name == x.Name }) {
			return c, s.FaultKey(at, "makes two conditions called %q, want each value once", x.Name)
		}
		if !decode.FileName(x.Name) {
			return c, s.FaultKey(at, "makes a condition called %q, want values that can stand in the name of a folder: at most 100 bytes together, without spaces and the signs / \\ : * ? \" < > |", x.Name)
		}
	}
	return c, nil
}

// emptyList is the fault of the list without values in a table, or in one below it.
func emptyList(s *decode.Source, at []string, m map[string]any) error {
	for _, key := range s.Keys(at, m) {
		own := decode.Below(at, key)
		if list, ok := m[key].([]any); ok && len(list) == 0 {
			return s.Fault(own, "found an empty list, want one value or more")
		}
		if below, ok := m[key].(map[string]any); ok && key == "stimuli" {
			return emptyList(s, own, below)
		}
	}
	return s.FaultKey(at, "makes no condition")
}

// crossed makes a condition of every combination of alternatives.
func crossed(name string, axes [][]alternative) []Condition {
	list := []Condition{{}}
	for _, axis := range axes {
		var next []Condition
		for _, c := range list {
			for _, x := range axis {
				d := Condition{c.Name, slices.Concat(c.Set, x.set), slices.Concat(c.Lesions, x.lesions), c.Protocol + x.protocol, c.Optional || x.optional}
				if x.label != "" {
					if d.Name != "" {
						d.Name += ","
					}
					d.Name += x.label
				}
				next = append(next, d)
			}
		}
		list = next
	}
	for i := range list {
		if list[i].Name != "" {
			list[i].Name = "[" + list[i].Name + "]"
		}
		list[i].Name = name + list[i].Name
	}
	return list
}

// EachText reads a text or a list of them, and says which; a fault of a list stands at its
// element.
func EachText(s *decode.Source, at []string, v any, each func(at []string, text string, several bool) error) error {
	list, err := s.Texts(at, v)
	if err != nil {
		return err
	}
	_, several := v.([]any)
	for i, text := range list {
		place := at
		if several {
			place = decode.Element(at, i)
		}
		if err := each(place, text, several); err != nil {
			return err
		}
	}
	return nil
}

func protocolAlternatives(s *decode.Source, at []string, v any, e Known) (list []alternative, err error) {
	err = EachText(s, at, v, func(at []string, name string, several bool) error {
		found, err := e.Protocol(name)
		if err != nil {
			return s.Fault(at, "%v", err)
		}
		for _, p := range found {
			base, values, _ := strings.Cut(strings.TrimSuffix(p.Name, "]"), "[")
			label := values
			if len(found) == 1 {
				label = ""
			}
			if several {
				label = strings.TrimSuffix("protocol="+base+","+label, ",")
			}
			list = append(list, alternative{label: label, set: []string{"input.protocol=" + decode.Text(p.Name)}, protocol: p.Name, optional: protocol.Whole(name, found)})
		}
		return nil
	})
	return list, err
}

func lesionAlternatives(s *decode.Source, at []string, v any, e Known) (list []alternative, err error) {
	err = EachText(s, at, v, func(at []string, text string, several bool) error {
		crossed := []alternative{{}}
		if several {
			crossed[0].label = "lesion=" + strings.ReplaceAll(decode.FileWord(strings.Join(strings.Fields(text), "_"), "[],"), "--", "-")
		}
		for _, one := range strings.Split(text, " + ") {
			if one = strings.TrimSpace(one); one == "none" {
				continue
			}
			variants, err := e.Lesions(one)
			if err != nil {
				return s.Fault(at, "%v", err)
			}
			var next []alternative
			for _, x := range crossed {
				for _, v := range variants {
					label := strings.Trim(x.label+","+v.Label, ",")
					next = append(next, alternative{label: label, lesions: append(slices.Clone(x.lesions), v.Text)})
				}
			}
			crossed = next
		}
		list = append(list, crossed...)
		return nil
	})
	return list, err
}

// valueAlternatives are the values of a key, each of a list.
func valueAlternatives(name, key string, v any) (list []alternative) {
	values, several := v.([]any)
	if !several {
		return []alternative{{set: []string{key + "=" + decode.Plain(v)}}}
	}
	for _, x := range values {
		label := decode.Plain(x)
		if text, ok := x.(string); ok {
			label = decode.FileWord(text, "")
		}
		list = append(list, alternative{label: name + "=" + label, set: []string{key + "=" + decode.Plain(x)}})
	}
	return list
}

// stimuliAlternatives are those of the keys of [stimuli] in a condition. Another kind takes
// the place of the experiment's.
func stimuliAlternatives(s *decode.Source, at []string, m map[string]any, e Known, add func([]alternative)) error {
	kind, settings := e.Kind, e.Settings
	if k, ok := m["kind"].(string); ok {
		var err error
		if settings, err = stimuli.New(k); err != nil {
			return s.Fault(decode.Below(at, "kind"), "found %q%s", k, decode.Meant(k, stimuli.Kinds()))
		}
		if k != kind {
			add([]alternative{{set: []string{fmt.Sprintf("stimuli={ kind = %q }", k)}}})
		}
	}
	known := append(append(decode.KeysOf(settings), e.EveryKind...), "kind")
	for _, key := range s.Keys(at, m) {
		if !slices.Contains(known, key) {
			return s.FaultKey(decode.Below(at, key), "unknown key%s", decode.Meant(key, known))
		}
		f, ok := decode.FieldOf(decode.ValueOf(settings), key)
		switch {
		case key == "kind":
		case ok && f.Value.Kind().String() == "slice":
			add([]alternative{{set: []string{"stimuli." + key + "=" + decode.Plain(m[key])}}})
		default:
			add(valueAlternatives(key, "stimuli."+key, m[key]))
		}
	}
	return nil
}

// Find returns the conditions that names mean: "all", that of a table, which may be
// several, or of those with given values; besides, a protocol is a condition of its name.
func Find(tables []Table, names []string, e Known, protocols []string) (list []Condition, err error) {
	for _, name := range names {
		var known, each []string // tables, and all of their conditions
		found := false
		for _, c := range tables {
			known = append(known, c.Name)
			for _, x := range c.List {
				each = append(each, x.Name)
				if name == "all" || contrast.Has(name, x.Name) {
					list, found = append(list, x), true
				}
			}
		}
		if found {
			continue
		}
		of, err := e.Protocol(name)
		if err == nil {
			for _, p := range of {
				list = append(list, Condition{Name: p.Name, Set: []string{"input.protocol=" + decode.Text(p.Name)}, Protocol: p.Name, Optional: protocol.Whole(name, of)})
			}
			continue
		}
		if name == "all" {
			return nil, fmt.Errorf("the experiment has no conditions, want a table such as [condition.masked] protocol = \"backward_masking\"")
		}
		if base, _, inBrackets := strings.Cut(name, "["); inBrackets {
			if slices.Contains(known, base) {
				return nil, fmt.Errorf("no condition is called %q%s", name, contrast.Nowhere(name, each))
			}
			if slices.Contains(protocols, base) {
				return nil, err // that of the protocol says what there is
			}
			name = base
		}
		return nil, fmt.Errorf("no condition and no protocol is called %q%s", name, decode.Meant(name, append(known, protocols...)))
	}
	return list, nil
}

// Circumstances reads the tables of a file that say how a trained cortex can be tested,
// [protocol], [lesion], [condition] and [contrast], as settings "key=value". Other
// tables and keys of the file are passed over.
func Circumstances(file, text string, h decode.Hints) (sets []string, err error) {
	s := decode.New(file, text, h)
	root, err := s.Decode()
	if err != nil {
		return nil, err
	}
	for _, table := range []string{"protocol", "lesion", "condition", "contrast"} {
		if root[table] == nil {
			continue
		}
		m, err := s.Table([]string{table}, root[table])
		if err != nil {
			return nil, err
		}
		for _, name := range s.Keys([]string{table}, m) {
			sets = append(sets, table+"."+decode.Quoted(name)+"="+s.Written([]string{table, name}, m[name]))
		}
	}
	if len(sets) == 0 {
		return nil, s.Fault(nil, "has none of the tables [protocol.NAME], [lesion.NAME], [condition.NAME] and [contrast]")
	}
	return sets, nil
}
