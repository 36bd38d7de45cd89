package files

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"ventral/experiments/stimuli"
)

// layout says which folders hold splits; "" with -1 is one tree, yet to be cut. Beside
// labelled folders of train, a folder of the test without labels, as ImageNet's is, is
// left out. Where no other is there, that of validation is the test.
func layout(l *listing, top []string) (map[string]stimuli.Split, error) {
	splits, classes := map[string]stimuli.Split{}, map[string]bool{}
	there := [stimuli.Splits]bool{}
	for _, name := range top {
		s, ok := stimuli.SplitOf(name)
		if !ok {
			continue
		}
		if splits[name] = s; s == stimuli.Train {
			list, err := l.folders(name)
			if err != nil {
				return nil, err
			}
			for _, class := range list {
				classes[class] = true
			}
		}
		there[s] = true
	}
	if !there[stimuli.Train] {
		return map[string]stimuli.Split{"": -1}, nil
	}
	there[stimuli.Test] = false
	for _, name := range slices.Sorted(maps.Keys(splits)) {
		s := splits[name]
		list, err := l.folders(name)
		if err != nil {
			return nil, err
		}
		labelled := len(classes) == 0 || slices.ContainsFunc(list, func(class string) bool { return classes[class] })
		switch {
		case labelled:
			there[stimuli.Test] = there[stimuli.Test] || s == stimuli.Test
		case s == stimuli.Test:
			delete(splits, name)
			l.skip(name+"/", "holds no folder of a class that is in train: its pictures have no labels")
		default:
			return nil, fmt.Errorf("path: %s: holds no folder of a class that is in train, so that its pictures have no labels; want them in folders of classes", filepath.Join(l.root, name))
		}
	}
	if !there[stimuli.Test] {
		for name, s := range splits {
			if s == stimuli.Validation {
				splits[name] = stimuli.Test
			}
		}
	}
	return splits, nil
}
