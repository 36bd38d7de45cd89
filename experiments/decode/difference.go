package decode

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

// DifferencesOf compares two resolved files.
func DifferencesOf(a, b string) []Difference {
	x, y := Keyed(a), Keyed(b)
	var list []Difference
	for _, k := range x.Order {
		if y.Value[k] != x.Value[k] {
			list = append(list, Difference{k, x.Value[k], y.Value[k]})
		}
	}
	for _, k := range y.Order {
		if _, ok := x.Value[k]; !ok {
			list = append(list, Difference{k, "", y.Value[k]})
		}
	}
	return list
}
