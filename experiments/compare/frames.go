package compare

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/report"
)

// joint are the frames of runs that are drawn together.
var joint = []string{"accuracy", "confidence"}

// newFrames are what figures are drawn from:
//
//	accuracy, confidence [variant, run, step, statistic]   of every run, one a frame
//	those of analyses with means that all runs have, with variant and run in front
//	comparison [variant, statistic], runs [variant, run]   the primary outcome
//	speed [step, statistic]   accuracy and multiply-adds, one a variant
//	difference [step, statistic]   of accuracy from the first variant, one for each other
func newFrames(r *Report) ([]analysis.Frame, error) {
	var list []analysis.Frame
	for _, g := range r.groups {
		for _, run := range g.Runs {
			x, err := report.ReadTested(run.Folder)
			if err != nil {
				return nil, err
			}
			for _, f := range x.AllFrames() {
				if slices.Contains(joint, f.Name) {
					list = append(list, f.With("run", runName(run)).With("variant", g.Name))
				}
			}
		}
	}
	for _, a := range r.analysed {
		list = append(list, a.frames...)
	}
	list = append(list, summaryFrames(r)...)
	for _, g := range r.groups {
		f, err := speed(r, g)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return append(list, differences(r)...), nil
}

// runName is what a run is called among those of its variant.
func runName(r *Run) string { return fmt.Sprint(r.Seed) }

// summaryFrames are the primary outcome of every variant and run.
func summaryFrames(r *Report) []analysis.Frame {
	title := r.outcome.measure + " " + r.outcome.place()
	most := 0
	var names []string
	for _, v := range r.Variants {
		names, most = append(names, v.Name), max(most, len(v.Values))
	}
	variants := analysis.Axis{Name: "variant", Labels: names}
	summary := analysis.Frame{Name: "comparison", Title: title, Unit: r.outcome.valueUnit(), Note: captionEnd(r),
		Axes: []analysis.Axis{variants, {Name: "statistic", Labels: []string{"mean", "low", "high", "parameters", "multiply-adds", "chance"}}}}
	chance := math.NaN()
	switch r.outcome.measure {
	case "accuracy":
		chance = float64(r.Chance)
	case "error":
		chance = 100 - float64(r.Chance)
	}
	runs := analysis.Frame{Name: "runs", Title: title, Unit: r.outcome.valueUnit(), Axes: []analysis.Axis{variants, {Name: "run"}}}
	for i := range most {
		runs.Axes[1].Values = append(runs.Axes[1].Values, float64(i))
	}
	for _, v := range r.Variants {
		summary.Data = append(summary.Data, float64(v.Mean), float64(v.Low), float64(v.High), float64(v.Cost.Parameters), float64(v.Cost.MultiplyAdds), chance)
		for i := range most {
			x := math.NaN()
			if i < len(v.Values) {
				x = float64(v.Values[i])
			}
			runs.Data = append(runs.Data, x)
		}
	}
	return []analysis.Frame{summary, runs}
}

// captionEnd ends every caption: images, chance, precision.
func captionEnd(r *Report) string {
	precision := map[string]bool{}
	text := ""
	for _, g := range r.groups {
		if a := g.e.Arithmetic(); !precision[a] {
			precision[a] = true
			text += ", " + a
		}
	}
	return fmt.Sprintf("Every run on %s %s images, chance %.3g %%; precision: %s", grouped(float64(r.Images)), r.Split, float64(r.Chance), text[2:])
}

// speed is the accuracy of a variant at every step, with the multiply-adds that
// an answer at it takes.
func speed(r *Report, g *Group) (analysis.Frame, error) {
	f := analysis.Frame{Name: "speed", Title: g.Name, Unit: "%", Note: captionEnd(r),
		Axes: []analysis.Axis{{Name: "step"}, {Name: "statistic", Labels: []string{"mean", "low", "high", "multiply-adds", "chance"}}}}
	graph, err := g.e.Graph()
	if err != nil {
		return f, err
	}
	for _, t := range testedAt(g.Runs[0]) {
		multiplyAdds, err := cortex.MultiplyAdds(graph, []int{t})
		if err != nil {
			return f, err
		}
		var values []float64
		for _, run := range g.Runs {
			if s, ok := run.at(t, true); ok {
				values = append(values, float64(s.Accuracy))
			}
		}
		mean, low, high, _ := analysis.MeanInterval(values)
		f.Axes[0].Values = append(f.Axes[0].Values, float64(t))
		f.Data = append(f.Data, mean, low, high, float64(multiplyAdds), float64(r.Chance))
	}
	return f, nil
}

// differences are the curves of every variant against the first. Over two runs
// an interval is several times as wide as what it is of, and is left to steps.csv.
func differences(r *Report) (list []analysis.Frame) {
	first := r.groups[0].Name
	for _, c := range r.Curves {
		if c.First != first || len(c.Steps) < 2 {
			continue
		}
		without := ""
		few := slices.ContainsFunc(r.groups, func(g *Group) bool { return (g.Name == first || g.Name == c.Second) && len(g.Runs) < 3 })
		if few {
			without = " No interval where a variant has fewer than three runs."
		}
		ways := fmt.Sprintf("%d divisions drawn", c.Ways)
		if c.Exact {
			ways = fmt.Sprintf("all %d divisions", c.Ways)
		}
		f := analysis.Frame{Name: "difference", Title: differenceTitle(c.Second, first), Unit: "points",
			Note: fmt.Sprintf("Each variant minus %s; p by permutation of whole runs (%s), max-statistic over the steps of a pair, not corrected over pairs: exploratory.%s %s", first, ways, without, captionEnd(r)),
			Axes: []analysis.Axis{{Name: "step"}, {Name: "statistic", Labels: []string{"mean", "low", "high", "p"}}}}
		for i, t := range c.Steps {
			f.Axes[0].Values = append(f.Axes[0].Values, float64(t))
			low, high := float64(c.Low[i]), float64(c.High[i])
			if few {
				low, high = math.NaN(), math.NaN()
			}
			f.Data = append(f.Data, float64(c.Difference[i]), low, high, float64(c.P[i]))
		}
		list = append(list, f)
	}
	return list
}

// differenceTitle is that of the differences of a variant from the first.
func differenceTitle(variant, first string) string { return variant + " − " + first }
