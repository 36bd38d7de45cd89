package experiments

import (
	"fmt"
)

// Difference is a key that two resolved experiments do not agree on.
type Difference struct {
	Key string `json:"key"` // as in connection."V1->IT".delay
	Was string `json:"was"` // as in the file, "" where the first has no such key
	Is  string `json:"is"`  // "" where the second has none
}

// String says it in a line.
func (d Difference) String() string {
	switch {
	case d.Was == "":
		return fmt.Sprintf("%s is %s, was not there", d.Key, d.Is)
	case d.Is == "":
		return fmt.Sprintf("%s is not there, was %s", d.Key, d.Was)
	}
	return fmt.Sprintf("%s is %s, was %s", d.Key, d.Is, d.Was)
}

// Differences lists the keys that two experiments do not agree on, defaults
// filled in and patterns written out: those of a in its order, then those that
// only b has.
func Differences(a, b *Experiment) []Difference { return differences(a.TOML(), b.TOML()) }

// differences compares two resolved files.
func differences(a, b string) []Difference {
	x, y := keyed(a), keyed(b)
	var list []Difference
	for _, k := range x.order {
		if y.value[k] != x.value[k] {
			list = append(list, Difference{k, x.value[k], y.value[k]})
		}
	}
	for _, k := range y.order {
		if _, ok := x.value[k]; !ok {
			list = append(list, Difference{k, "", y.value[k]})
		}
	}
	return list
}
