package reference

import (
	"fmt"
	"strings"

	"ventral/experiments/protocol"
	"ventral/experiments/spec/conditions"
)

// protocols are the keys of protocols, and those that travel with the program.
func protocols() []Entry {
	item := protocol.NewItem()
	keys := within(keysWith(&protocol.Settings{Ground: "mean", Label: -1}), "ground", []string{"mean", "grey", "black", "white"})
	list := []Entry{
		{"protocol.NAME", "", append(keys,
			Key{"show", "list of tables", "", "", "what is shown, item by item; required"},
			Key{"KEY", "value or list of values", "", "", "a value that items name, such as soa = [1, 2, 4] of for = \"soa\""})},
		{"show", "an item is an image, a blank or a mask, at some steps or for some", keysWith(&item)},
		{"noise", "noise = { kind = \"gaussian\", sd = 0.2 }", keysWith(&item.Noise)},
		{"occlude", "occlude = { kind = \"bars\", fraction = 0.3 }", keysWith(&item.Occlude)},
	}
	for _, p := range protocol.Builtins() {
		x := Entry{Name: p.Name, About: p.About}
		for _, a := range p.Axes {
			x.About += fmt.Sprintf("; %s = %s", a.Name, strings.Join(a.Values, ", "))
		}
		list = append(list, x)
	}
	return list
}

// circumstances are the keys of conditions.
func circumstances() []Entry {
	return []Entry{
		{"condition.NAME", "", append(keysWith(&conditions.Keys{}),
			Key{"steps", "whole number or list of whole numbers", "", "", "time steps of the trial; each of a list is a condition"},
			Key{"stimuli.KEY", "value or list of values", "", "", "a key of the images; each of a list is a condition"},
			Key{"set", "table", "", "", "other keys that the condition changes, as in set = { \"readout.test\" = \"1..11\" }"})},
		{"contrast", "", []Key{{"NAME", "text", "", "", "a difference of conditions, as in \"mask[lesion=none] - mask[lesion=fb]\""}}},
	}
}
