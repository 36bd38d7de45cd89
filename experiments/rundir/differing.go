package rundir

import (
	"cmp"
	"slices"

	"ventral/experiments/decode"
)

// Differing is a key that does not have the same value in all listed runs.
type Differing struct {
	Key    string
	Shared bool // every run has the key
}

// DifferingKeys lists the keys of their resolved experiments in which runs
// differ, without seed, name and description. First come those that differ
// between runs of one name, such as a rate that was tried, then those that
// every run has, otherwise in the order of the file.
func DifferingKeys(runs []Row) []Differing {
	type found struct {
		first  string
		here   int // runs with the key
		differ bool
		within bool // between runs of one name
		byName map[string]string
	}
	at := map[string]*found{}
	var order []string
	for i := range runs {
		x := &runs[i]
		x.load()
		for _, key := range x.keys.Order {
			v := x.keys.Value[key]
			k, ok := at[key]
			if !ok {
				k = &found{first: v, byName: map[string]string{}}
				at[key] = k
				order = append(order, key)
			}
			k.here++
			k.differ = k.differ || v != k.first
			other, ok := k.byName[x.Name]
			k.within = k.within || ok && other != v
			k.byName[x.Name] = v
		}
	}
	var list []Differing
	for _, key := range order {
		k := at[key]
		if (k.differ || k.here < len(runs)) && !slices.Contains([]string{"seed", "name", "about"}, key) {
			list = append(list, Differing{key, k.here == len(runs)})
		}
	}
	slices.SortStableFunc(list, func(a, b Differing) int {
		return cmp.Or(cmp.Compare(boolInt(at[b.Key].within), boolInt(at[a.Key].within)), cmp.Compare(boolInt(b.Shared), boolInt(a.Shared)))
	})
	return list
}

// load reads the keys of the resolved experiment, once.
func (x *Row) load() {
	if x.keys != nil {
		return
	}
	text, err := Folder(x.Folder).ReadText(ExperimentFile)
	if err != nil {
		text = "" // Value says that the run has no such key
	}
	k := decode.Keyed(text)
	x.keys = &k
}

// Setting is the value of a key of the resolved experiment, a text without its
// quotes; ok is false where there is none.
func (x *Row) Setting(key string) (value string, ok bool) {
	x.load()
	return x.keys.Setting(key)
}
