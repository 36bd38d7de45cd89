package report

import (
	"fmt"
	"math"
	"slices"

	"ventral/cortex/analysis"
	"ventral/experiments/contrast"
	"ventral/experiments/rundir"
)

// ContrastRow is a contrast of conditions, or one of several that values make.
type ContrastRow struct {
	Name   string         `json:"name"`
	Of     string         `json:"of"` // with the names of the conditions
	Images int            `json:"images"`
	Steps  []ContrastStep `json:"steps"`

	note string // what is to be known of the pairs
}

// ContrastStep is a mean difference of accuracies in points, with its 95 % interval
// over images, which is missing where all images differ alike.
type ContrastStep struct {
	Step       int           `json:"step"`
	Images     int           `json:"images"` // that have a right answer at this step
	Difference rundir.Number `json:"difference"`
	Low        rundir.Number `json:"low"`
	High       rundir.Number `json:"high"`
}

const contrastNote = "contrasts in points with 95 % t intervals over the differences of each image, at each step alone and without correction for several"

// contrastRows computes the contrasts of conditions, those that they are of by name.
func contrastRows(shown []*Run, rows []contrast.Row) (list []ContrastRow, err error) {
	for _, r := range rows {
		var members []*Run
		for _, name := range r.Members {
			members = append(members, shown[slices.IndexFunc(shown, func(x *Run) bool { return x.label == name })])
		}
		row, err := difference(members, r.Signs)
		if err != nil {
			return nil, err
		}
		row.Name, row.Of = r.Name, r.Of
		list = append(list, row)
	}
	return list, nil
}

// difference returns the signed sum of the accuracies of conditions, over the images
// that all of them were tested on, at each step that all were tested at.
func difference(list []*Run, signs []float64) (ContrastRow, error) {
	var row ContrastRow
	var steps []int
	for _, s := range list[0].Test.Steps {
		steps = append(steps, s.Step)
	}
	for _, r := range list[1:] {
		why, note := unlike(list[0], r)
		if why != "" {
			return row, fmt.Errorf("%s; a contrast is over the same images", why)
		}
		if note != "" {
			row.note = note
		}
		steps = slices.DeleteFunc(steps, func(t int) bool {
			return !slices.ContainsFunc(r.Test.Steps, func(s rundir.Step) bool { return s.Step == t })
		})
	}
	if len(steps) == 0 {
		return row, fmt.Errorf("%s and the others were tested at no step in common", list[0].label)
	}
	sums := map[int][]float64{} // by step, of each image
	for k, r := range list {
		image := map[int]int{}
		err := eachAnswer(r, steps, func(step int, s analysis.Score, judged bool) {
			i := image[step]
			if image[step]++; k == 0 {
				sums[step] = append(sums[step], 0)
			}
			switch {
			case i >= len(sums[step]): // told below
			case !judged:
				sums[step][i] = math.NaN()
			case s.Correct == 1:
				sums[step][i] += signs[k]
			}
		})
		if err != nil {
			return row, err
		}
		if n := image[steps[0]]; n != len(sums[steps[0]]) {
			return row, fmt.Errorf("%s has %d images and %s %d", list[0].label, len(sums[steps[0]]), r.label, n)
		}
	}
	for _, t := range steps {
		s := pairedStep(sums[t])
		s.Step, row.Images = t, max(row.Images, s.Images)
		row.Steps = append(row.Steps, s)
	}
	return row, nil
}

// pairedStep is the mean of a difference over images in points with the 95 % t interval
// of the mean,
//
//	d ± t(n-1)·s/√n
//
// where s is the standard deviation of the differences of the images, n their number;
// images with NaN are left out. Without any spread there is no interval.
func pairedStep(d []float64) ContrastStep {
	mean, low, high, n := analysis.MeanInterval(d)
	if low == high {
		low, high = math.NaN(), math.NaN()
	}
	return ContrastStep{Images: n, Difference: rundir.Number(100 * mean), Low: rundir.Number(100 * low), High: rundir.Number(100 * high)}
}
