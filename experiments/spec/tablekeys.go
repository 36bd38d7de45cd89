package spec

import (
	"fmt"
	"slices"
	"strings"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/decode"
	"ventral/experiments/protocol"
	"ventral/experiments/spec/conditions"
	"ventral/experiments/spec/lesions"
	"ventral/experiments/stimuli"
	"ventral/nn"
	"ventral/nn/optim"
)

// tableOfKeys is a table as messages name it, with its keys.
type tableOfKeys struct {
	name string
	keys []string
}

// tableKeys lists the tables of a file that have keys of their own.
func tableKeys() []tableOfKeys {
	c := connectivity.NewConnection()
	list := []tableOfKeys{
		{"the top of the file", append(decode.KeysOf(&Head{}), Tables...)},
		{"[train]", decode.KeysOf(&Training{})}, {"[readout]", decode.KeysOf(&cortex.Readout{}, &Judging{})}, {"[input]", decode.KeysOf(&cortex.Input{}, &Showing{})},
		{"[record]", decode.KeysOf(&Recording{})}, {"[test]", decode.KeysOf(&Testing{})}, {"[sharing]", []string{"time", "between", "sets"}}, {"[stimuli]", decode.KeysOf(&Stimuli{})},
	}
	for _, k := range stimuli.Kinds() {
		s, _ := stimuli.New(k)
		list = append(list, tableOfKeys{fmt.Sprintf("[stimuli] of kind %q", k), decode.KeysOf(s)})
	}
	for _, k := range optim.Kinds() {
		o, _ := optim.New(k)
		list = append(list, tableOfKeys{"[train]", decode.KeysOf(o)})
	}
	list = append(list, tableOfKeys{"[area.NAME]", []string{"shape"}})
	for _, k := range areas.Kinds() {
		d, _ := areas.New(k)
		list = append(list, tableOfKeys{fmt.Sprintf("[area.NAME] or [default.area] of kind %q", k), keysOfKind(d)})
	}
	list = append(list, tableOfKeys{`[connection."FROM->TO"] or [role.ROLE]`, decode.KeysOf(&c)})
	for _, k := range connectivity.Kinds() {
		t, _ := connectivity.New(k)
		list = append(list, tableOfKeys{fmt.Sprintf(`[connection."FROM->TO"], [role.ROLE] or [kind.NAME] of kind %q`, k), decode.KeysOf(t)})
	}
	for _, k := range analysis.Kinds() {
		list = append(list, tableOfKeys{fmt.Sprintf("[analysis.NAME] of kind %q", k.Name), decode.KeysOf(k.New())})
	}
	item := protocol.NewItem()
	list = append(list, tableOfKeys{"[protocol.NAME]", append(decode.KeysOf(&protocol.Settings{}), "show")}, tableOfKeys{"an item of show in [protocol.NAME]", decode.KeysOf(&item)})
	list = append(list, tableOfKeys{"[condition.NAME]", append(decode.KeysOf(&conditions.Keys{}), "steps", "stimuli", "set")})
	list = append(list, tableOfKeys{"[input.NAME]", decode.KeysOf(&Stream{})})
	lesion := lesions.New()
	list = append(list, tableOfKeys{"[lesion.NAME]", decode.KeysOf(&lesion.Lesion, &lesion.Keys)})
	return append(list, tableOfKeys{"[default.norm]", decode.KeysOf(&nn.Norm{})})
}

// tablesWith names the tables that have a key, kinds of one table once.
func tablesWith(key string) (names []string) {
	for _, t := range tableKeys() {
		table, _, kind := strings.Cut(t.name, " of kind")
		if !slices.Contains(t.keys, key) || slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, table) }) {
			continue
		}
		if kind {
			names = append(names, t.name)
		} else {
			names = append(names, table)
		}
	}
	return names
}

// keysOfConnections are those of connections of any kind.
func keysOfConnections() []string {
	known := append(decode.KeysOf(&connectivity.Connection{}), "plus")
	for _, k := range connectivity.Kinds() {
		t, _ := connectivity.New(k)
		known = append(known, decode.KeysOf(t)...)
	}
	return known
}

// keysOfKind returns the keys of a kind, those of its functions among them.
func keysOfKind(kind any) []string {
	keys := decode.KeysOf(kind)
	if d, ok := kind.(areas.Dynamics); ok {
		for _, f := range d.Layout().Functions {
			keys = append(keys, f.Name)
		}
	}
	return keys
}
