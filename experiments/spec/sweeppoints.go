package spec

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/decode"
)

// Found is the text of an experiment that was found by its name.
type Found struct {
	File   string // in messages
	Text   string
	Folder string // that its paths start from
	Auto   string // what precision = "auto" is, as in Overrides
}

// Points reads every experiment of the sweep: for each experiment, variant and
// case of the list every combination of the grid, with every seed. Find returns
// the experiment that is called name. The faults of all are reported together.
func (x *Sweep) Points(find func(name string) (Found, error)) ([]Point, error) {
	var list []Point
	var faults decode.Faults
	variants, cases, seeds := x.Variants, x.cases, x.Seeds
	if len(variants) == 0 {
		variants = []string{""}
	}
	if len(cases) == 0 {
		cases = [][]Setting{nil}
	}
	for i, name := range x.Experiments {
		found, err := find(name)
		if err != nil {
			at := []string{"experiment"}
			if x.named {
				at = decode.Element(at, i)
			}
			return nil, x.Src.Fault(at, "%v", err)
		}
		for _, variant := range variants {
			for _, c := range cases {
				err := combinations(x.grid, nil, func(g []Setting) error {
					return x.seeded(seeds, func(seed []Setting) error {
						varied := append(append(append([]Setting(nil), c...), g...), seed...)
						p := Point{Labels: map[string]string{}, Folder: found.Folder}
						if x.named {
							p.Labels["experiment"] = strings.TrimSuffix(filepath.Base(name), ".toml")
						}
						if len(x.Variants) > 0 {
							p.Labels["variant"] = variant
						}
						for _, s := range varied {
							p.Labels[s.key] = s.label
						}
						var err error
						if p.Experiment, err = x.read(found.File, found.Text, Overrides{Variant: variant, Auto: found.Auto}, append(append([]Setting(nil), x.set...), varied...), p.Labels); err != nil {
							faults.Add(err)
							return nil
						}
						list = append(list, p)
						return nil
					})
				})
				if err != nil {
					return nil, err
				}
			}
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return list, nil
}

// combinations calls f with one setting of each axis, the last axis fastest.
func combinations(axes [][]Setting, chosen []Setting, f func([]Setting) error) error {
	if len(axes) == 0 {
		return f(chosen)
	}
	for _, s := range axes[0] {
		if err := combinations(axes[1:], append(chosen[:len(chosen):len(chosen)], s), f); err != nil {
			return err
		}
	}
	return nil
}

// seeded calls f with every seed, once with none where the file has none.
func (x *Sweep) seeded(seeds []int, f func([]Setting) error) error {
	if len(seeds) == 0 {
		return f(nil)
	}
	for _, n := range seeds {
		text := fmt.Sprint(n)
		if err := f([]Setting{{"seed", text, text, []string{"seeds"}}}); err != nil {
			return err
		}
	}
	return nil
}

// read reads one experiment. A fault of a setting is one of the sweep file; any
// other says which task has it.
func (x *Sweep) read(file, text string, o Overrides, settings []Setting, labels map[string]string) (*Experiment, error) {
	for _, s := range settings {
		o.Set = append(o.Set, s.key+" = "+s.value)
	}
	e, err := readFile(file, text, o)
	var f *decode.Fault
	if err == nil || !errors.As(err, &f) {
		return e, err
	}
	if i := x.variantAt(o.Variant); i >= 0 && (f.Key == "variant" || f.Key == "") && strings.HasPrefix(f.Message, "no variant is called") {
		return nil, x.Src.Fault([]string{"variants", fmt.Sprintf("#%d", i)}, "%s", f.Message)
	}
	for i, s := range settings {
		if f.File == "--set "+o.Set[i] {
			message := f.Message
			if f.Key != "" && f.Key != s.key {
				message = f.Key + ": " + message
			}
			if strings.HasPrefix(f.Message, "unknown key") {
				return nil, x.Src.FaultKey(s.keyPath(), "%s", message)
			}
			return nil, x.Src.Fault(s.at, "%s", message)
		}
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		if labels[k] != "" {
			parts = append(parts, k+" "+labels[k])
		}
	}
	if len(parts) > 0 {
		f.OfTask(x.Src.File + ": " + strings.Join(parts, ", "))
	}
	return nil, f
}

func (x *Sweep) variantAt(name string) int {
	for i, v := range x.Variants {
		if v == name {
			return i
		}
	}
	return -1
}

// label writes a decoded value as a person would: a text without quotes.
func label(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, x := range v {
			parts = append(parts, label(x))
		}
		return strings.Join(parts, " ")
	}
	return literal(v)
}
