package run

import (
	"fmt"
	"slices"
	"strings"

	"ventral/cortex"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/spec/conditions"
)

// Each returns the conditions that one stands for: lists of its lesions make several,
// "all" each connection and role, and so do norms that lesions affect, with statistics as
// they were trained and estimated again, where a lesion does not say which.
func Each(dir rundir.Folder, c Condition) (list []Condition, err error) {
	trained, info, err := OpenTrained(dir)
	if err != nil {
		return nil, err
	}
	e, err := experimentOf(dir, trained, info, c)
	if err != nil {
		return nil, err
	}
	one := c
	one.Lesions = nil
	list, sweep := []Condition{one}, false
	for _, text := range c.Lesions {
		variants, err := spec.LesionsOf(e, text)
		if err != nil {
			return nil, err
		}
		sweep = sweep || strings.HasPrefix(variants[0].Label, "connection=") || strings.HasPrefix(variants[0].Label, "role=")
		var next []Condition
		for _, c := range list {
			for _, v := range variants {
				x := c
				x.Lesions = append(slices.Clone(c.Lesions), v.Text)
				if v.Label != "" {
					x.Name = conditions.Labelled(x.Name, v.Label)
				}
				next = append(next, x)
			}
		}
		list = next
	}
	if c.Name == "" && len(list) > 1 {
		base := "lesion"
		if !sweep {
			base = ConditionName(c)
		}
		for i := range list {
			list[i].Name = base + list[i].Name
		}
	}
	return bothNorms(dir, trained, list)
}

// bothNorms makes two conditions of each whose lesions affect norms with statistics of
// batches and do not say which statistics are used.
func bothNorms(dir rundir.Folder, trained *spec.Experiment, list []Condition) (both []Condition, err error) {
	info := &rundir.Info{}
	if err := dir.ReadJSON(rundir.InfoFile, info); err != nil {
		return nil, err
	}
	g, err := trained.Graph()
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if len(c.Lesions) == 0 {
			both = append(both, c)
			continue
		}
		e, err := experimentOf(dir, trained, info, c)
		if err != nil {
			return nil, err
		}
		any := spec.Sides(e, c.Lesions, "keep") != nil
		if any {
			if any, err = affects(e, g, c.Lesions); err != nil {
				return nil, err
			}
		}
		if !any {
			both = append(both, c)
			continue
		}
		for _, norms := range []string{"keep", "reestimate"} {
			x := c
			x.Lesions = spec.Sides(e, c.Lesions, norms)
			if c.Name == "" {
				x.Name = ConditionName(c)
			}
			x.Name = conditions.Labelled(x.Name, "norms="+norms)
			both = append(both, x)
		}
	}
	return both, nil
}

// affects reports whether lesions of a cortex, trained as g, affect norms with statistics
// of batches.
func affects(e *spec.Experiment, g *cortex.Graph, texts []string) (bool, error) {
	shown, err := e.Graph()
	if err != nil {
		return false, err
	}
	cut, _, err := spec.Lesioned(e, cortex.TrainedAs(shown, g), texts)
	if err != nil {
		return false, err
	}
	places, err := cortex.Affected(cut, cut.TestSteps(), nil)
	return len(places) > 0, err
}

// ofNorms takes the value of norms off the name of a condition; "" where it has none.
func ofNorms(name string) (without, norms string) {
	for _, norms := range []string{"keep", "reestimate"} {
		for _, sign := range []string{",", "["} {
			if rest, ok := strings.CutSuffix(name, sign+"norms="+norms+"]"); ok {
				if sign == "," {
					rest += "]"
				}
				return rest, norms
			}
		}
	}
	return name, ""
}

// onlyNorms leaves those of a list that have a value of norms, if name does.
func onlyNorms(list []Condition, name, norms string) ([]Condition, error) {
	if norms == "" {
		return list, nil
	}
	kept := slices.DeleteFunc(list, func(c Condition) bool { _, own := ofNorms(c.Name); return own != norms })
	if len(kept) == 0 {
		return nil, fmt.Errorf("no condition is called %q: its lesions affect no statistics of batches, or say themselves which are used; leave out norms=%s", name, norms)
	}
	return kept, nil
}
