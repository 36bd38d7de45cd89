package run

import (
	"slices"
	"strings"

	"ventral/experiments/contrast"
	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/spec/conditions"
	"ventral/experiments/spec/fitting"
)

// Named are conditions of a run that names mean.
type Named struct {
	List      []Condition
	Contrasts []contrast.Contrast // of the same experiment
	Suffix    string              // of all names: what flags add, as in "+steps=9"
	Left      string              // which conditions do not fit the trial, and why; "" where all do
}

// Known is what contrasts of the conditions, and of the run itself, may name.
func (n *Named) Known() contrast.Conditions {
	known := contrast.Conditions{Names: []string{contrast.AsTrained}, Suffix: n.Suffix}
	for _, c := range n.List {
		name := c.Name
		if name == "" {
			name = ConditionName(c)
		}
		known.Names = append(known.Names, name)
	}
	return known
}

// Conditions returns those of a run that names mean, as [spec.Experiment.FindConditions]
// reads them: of its experiment, or, where with is not "", of the tables [protocol],
// [condition], [lesion] and [contrast] of that file besides. Each has the settings and
// lesions of also besides its own, and their names behind its own. Conditions of
// built-in protocols that do not fit the trial are left out, as
// [fitting.Fitting] says.
func Conditions(dir rundir.Folder, names []string, with string, also Condition) (named *Named, fault error) {
	trained, info, err := OpenTrained(dir)
	if err != nil {
		return nil, err
	}
	var added []string
	if with != "" {
		text, err := decode.ReadFile(with)
		if err != nil {
			return nil, err
		}
		own, err := dir.ReadText(rundir.ExperimentFile)
		if err != nil {
			return nil, err
		}
		defer func() { fault = ofFile(with, text, added, fault) }()
		if added, err = conditions.Besides(with, text, own, spec.Hints); err != nil {
			return nil, err
		}
		if trained, err = experimentOf(dir, trained, info, Condition{Set: added}); err != nil {
			return nil, err
		}
	}
	n := &Named{Contrasts: trained.Contrasts}
	if len(also.Set)+len(also.Lesions) > 0 {
		n.Suffix = "+" + ConditionName(also)
	}
	var left []string
	for _, name := range names {
		name, norms := ofNorms(name)
		found, err := trained.FindConditions([]string{name})
		if err != nil {
			return nil, err
		}
		for i := range found {
			found[i].Set = append(slices.Clone(found[i].Set), also.Set...)
		}
		found, out, err := fitting.Fitting(trained, found)
		if err != nil {
			return nil, err
		}
		if out != "" && !slices.Contains(left, out) {
			left = append(left, out)
		}
		var own []Condition
		for _, c := range found {
			own = append(own, Condition{Name: c.Name, Set: slices.Concat(conditions.Needed(added, c), c.Set), Lesions: c.Lesions, Record: also.Record})
		}
		if own, err = bothNorms(dir, trained, own); err == nil {
			own, err = onlyNorms(own, name, norms)
		}
		if err != nil {
			return nil, err
		}
		for _, c := range own {
			c.Lesions = append(slices.Clone(c.Lesions), also.Lesions...)
			c.Name += n.Suffix
			each, err := Each(dir, c)
			if err != nil {
				return nil, err
			}
			n.List = append(n.List, each...)
		}
	}
	n.Left = strings.Join(left, "; ")
	return n, nil
}
