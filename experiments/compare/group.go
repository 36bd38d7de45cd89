package compare

import (
	"fmt"
	"math"
	"strings"

	"ventral/experiments/run"
	"ventral/experiments/rundir"
)

// Group is a variant with its runs.
type Group struct {
	*Variant
	Runs []*Run
}

// value is the outcome of a run; NaN where it was not measured.
func (g *Group) value(r *Run, o outcome) float64 {
	s, ok := r.at(o.step, g.Recurrent)
	if !ok {
		return math.NaN()
	}
	return o.of(s)
}

// step is the one at which a run gave its answer to an outcome.
func (g *Group) step(r *Run, o outcome) int {
	s, _ := r.at(o.step, g.Recurrent)
	return s.Step
}

// values are those of all runs.
func (g *Group) values(o outcome) []float64 {
	list := make([]float64, len(g.Runs))
	for i, r := range g.Runs {
		list[i] = g.value(r, o)
	}
	return list
}

// FromRuns makes groups of finished runs. Runs that differ in nothing but seed, name
// and folder are of one variant. It has the name of its first run; where two
// variants would have one name, the folders of their first runs follow.
func FromRuns(folders []rundir.Folder) ([]*Group, error) {
	var groups []*Group
	var same []string // what the runs of each compute
	for _, dir := range folders {
		e, info, err := run.Open(dir)
		if err != nil {
			return nil, err
		}
		if info.Condition != nil {
			return nil, fmt.Errorf("%s: is a condition of %s; want the folders of runs: a comparison is one of trained networks, and a condition trains none. cortex plot %s draws it beside its run", dir, rundir.OfCondition(dir), dir)
		}
		r, err := readRun(dir)
		if err != nil {
			return nil, err
		}
		v, err := newVariant(e.Name, e, info.Folder)
		if err != nil {
			return nil, err
		}
		text, at := computes(v), -1
		for i := range same {
			if same[i] == text {
				at = i
			}
		}
		if at < 0 {
			if v.Cost, err = run.CostOf(v.e); err != nil {
				return nil, err
			}
			at = len(groups)
			groups, same = append(groups, &Group{Variant: v}), append(same, text)
		}
		into := groups[at]
		for _, x := range into.Runs {
			if x.Seed == r.Seed {
				return nil, fmt.Errorf("%s and %s are runs of one experiment with one seed, %d; want different seeds", x.Folder, dir, r.Seed)
			}
		}
		into.Runs = append(into.Runs, r)
	}
	if len(groups) == 1 {
		return nil, oneVariant(groups[0])
	}
	return groups, distinctGroups(groups)
}

// oneVariant says why there is nothing to compare runs of one variant with.
func oneVariant(g *Group) error {
	const want = "want finished runs of two or more variants"
	if len(g.Runs) == 1 {
		return fmt.Errorf("%s: found one run; %s", g.Runs[0].Folder, want)
	}
	var runs, seeds []string
	for _, r := range g.Runs {
		runs, seeds = append(runs, string(r.Folder)), append(seeds, fmt.Sprint(r.Seed))
	}
	return fmt.Errorf("%s: differ in nothing but their seeds, %s, so that they are runs of one variant, %s; %s, such as cortex compare EXPERIMENT --seeds %d trains. cortex diff %s %s shows two runs beside each other",
		strings.Join(runs, ", "), strings.Join(seeds, ", "), g.Name, want, len(g.Runs), runs[0], runs[1])
}

// computes is a text that is the same for runs that compute the same but for their
// seed: the content of the variant. Where its data are no longer there, it is the
// experiment itself.
func computes(v *Variant) string {
	e := *v.e
	e.Name, e.About, e.Control, e.Seed = "", "", nil, -1 // no stimuli.seed that holds images is that
	if text, err := e.Content(v.Folder, ""); err == nil {
		return text
	}
	return e.TOML()
}

// distinctGroups adds to groups of one name the folder of their first run, and
// refuses what distinct does.
func distinctGroups(groups []*Group) error {
	var list []*Variant
	named := map[string]int{}
	for _, g := range groups {
		named[g.Name]++
	}
	for _, g := range groups {
		if named[g.Name] > 1 {
			g.Name = fmt.Sprintf("%s (%s)", g.Name, g.Runs[0].Folder)
		}
		list = append(list, g.Variant)
	}
	return distinct(list)
}
