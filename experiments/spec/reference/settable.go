package reference

import (
	"slices"
	"strings"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/decode"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
	"ventral/nn"
	"ventral/nn/optim"
)

// Settable lists the keys that --set can change, dotted, in alphabetical order: all
// of an experiment with their values in About, or, without one (nil), those that
// every experiment could have.
func Settable(e *spec.Experiment) []Key {
	general := generalKeys()
	if e == nil {
		return general
	}
	var list []Key
	resolved := decode.Keyed(e.TOML())
	for _, name := range resolved.Order {
		k := Key{Name: name, About: resolved.Value[name]}
		for _, g := range general {
			if g.Name == name || lastPart(g.Name) == lastPart(name) && !strings.HasPrefix(name, "train.") {
				k.Range = g.Range
			}
		}
		list = append(list, k)
	}
	return sorted(list)
}

// Words are the words that a key's range lists, nil where it is of another sort.
func (k Key) Words() []string {
	if k.Range == "" || strings.ContainsAny(k.Range, "≥≤<>[\" ") && !strings.Contains(k.Range, ", ") {
		return nil
	}
	words := strings.Split(k.Range, ", ")
	for _, w := range words {
		if strings.ContainsAny(w, "≥≤<>[]\" ;") || w == "" {
			return nil
		}
	}
	return words
}

func lastPart(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

func sorted(list []Key) []Key {
	slices.SortFunc(list, func(a, b Key) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(list, func(a, b Key) bool { return a.Name == b.Name })
}

// generalKeys are those of tables that every experiment has, of any kind.
func generalKeys() []Key {
	var list []Key
	add := func(prefix string, x any) {
		for _, k := range keysWith(x) {
			k.Name = prefix + k.Name
			list = append(list, k)
		}
	}
	head, t, ro, rec, st := spec.NewHead(), spec.NewTraining(), spec.NewReadout(), spec.NewRecording(), spec.NewStimuli()
	add("", &head)
	add("train.", &t)
	for _, kind := range optim.Kinds() {
		o, _ := optim.New(kind)
		add("train.", o)
	}
	judging := spec.NewJudging()
	add("readout.", &ro)
	add("readout.", &judging)
	add("input.", &cortex.Input{Steps: cortex.At(0)})
	add("input.", &spec.Showing{})
	add("record.", &rec)
	add("stimuli.", &st)
	for _, kind := range stimuli.Kinds() {
		s, _ := stimuli.New(kind)
		add("stimuli.", s)
	}
	for _, k := range analysis.Kinds() {
		if k.Default {
			add("analysis."+k.Name+".", k.New())
		}
	}
	n := nn.DefaultNorm()
	add("default.norm.", &n)
	return sorted(list)
}
