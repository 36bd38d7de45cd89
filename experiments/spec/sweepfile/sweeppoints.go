package sweepfile

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/spec"
)

// Found is the text of an experiment that was found by its name.
type Found struct {
	File   string // in messages
	Text   string
	Folder string // that its paths start from
	Auto   string // what precision = "auto" is, as in spec.Overrides
}

// Points reads every experiment of the sweep: for each experiment, variant and
// case of the list every combination of the grid, with every seed. Find returns
// the experiment that is called name. The faults of all are reported together.
func (x *Sweep) Points(find func(name string) (Found, error)) ([]Point, error) {
	variants := x.Variants
	if len(variants) == 0 {
		variants = []string{""}
	}
	var list []Point
	var faults decode.Faults
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
			for _, varied := range x.variations() {
				p := Point{Labels: x.labels(name, variant, varied), Folder: found.Folder}
				settings := slices.Concat(x.set, varied)
				if p.Experiment, err = x.read(found.File, found.Text, spec.Overrides{Variant: variant, Auto: found.Auto, Folder: found.Folder}, settings, p.Labels); err != nil {
					faults.Add(err)
					continue
				}
				list = append(list, p)
			}
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return list, nil
}

// variations are the settings in which points of one experiment and variant
// differ: those of each case with every combination of the grid and the seeds, the
// seeds fastest.
func (x *Sweep) variations() (list [][]Setting) {
	list = x.cases
	if len(list) == 0 {
		list = [][]Setting{nil}
	}
	axes := slices.Clone(x.grid)
	if len(x.Seeds) > 0 {
		var seeds []Setting
		for _, n := range x.Seeds {
			text := fmt.Sprint(n)
			seeds = append(seeds, Setting{"seed", text, text, []string{"seeds"}})
		}
		axes = append(axes, seeds)
	}
	for _, axis := range axes {
		var longer [][]Setting
		for _, chosen := range list {
			for _, s := range axis {
				longer = append(longer, slices.Concat(chosen, []Setting{s}))
			}
		}
		list = longer
	}
	return list
}

// labels tell a point from the others.
func (x *Sweep) labels(name, variant string, varied []Setting) map[string]string {
	labels := map[string]string{}
	if x.named {
		labels["experiment"] = strings.TrimSuffix(filepath.Base(name), ".toml")
	}
	if len(x.Variants) > 0 {
		labels["variant"] = variant
	}
	for _, s := range varied {
		labels[s.key] = s.label
	}
	return labels
}

// read reads one experiment. A fault of a setting is one of the sweep file; any
// other says which task has it.
func (x *Sweep) read(file, text string, o spec.Overrides, settings []Setting, labels map[string]string) (*spec.Experiment, error) {
	for _, s := range settings {
		o.Set = append(o.Set, s.key+" = "+s.value)
	}
	e, err := spec.ReadPlain(file, text, o)
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
	return decode.Plain(v)
}
