package experiments

import (
	"fmt"
	"math"

	"ventral/experiments/readable"
	"ventral/experiments/rundir"
)

// pair is how two networks answered the same images at their last test slices.
type pair struct {
	images       int
	first, other int // images that only the first, and only the other, answers rightly
}

// paired reads the logits of two runs. Images are the same where the runs
// tested the same data, which ok reports.
func (r *run) paired(o *run) (p pair, ok bool, err error) {
	split := r.done.test.Split
	if o.done.test.Split != split || r.info.Tested(split) != o.info.Tested(split) {
		return pair{}, false, nil
	}
	for _, x := range []*run{r, o} {
		if err := rundir.Sound(x.dir, x.info, rundir.LogitsFile); err != nil {
			return pair{}, false, err
		}
	}
	a, err := answersOf(r.dir, r.e.Readout.Loss == "sigmoid", r.done.test.Last().Slice)
	if err != nil {
		return pair{}, false, err
	}
	b, err := answersOf(o.dir, o.e.Readout.Loss == "sigmoid", o.done.test.Last().Slice)
	if err != nil || len(a.Right) != len(b.Right) {
		return pair{}, false, err
	}
	p.images = len(a.Right)
	p.first, p.other = a.Alone(b)
	return p, true, nil
}

// difference returns the difference of two accuracies in points, with the 95 %
// interval of paired proportions over images (Wald):
//
//	d = (b - c)/n,  d ± 1.96·√(b + c - (b-c)²/n)/n
//
// b and c count the images that only one of the two answers rightly.
func (p pair) difference() (points, low, high float64) {
	n, b, c := float64(p.images), float64(p.first), float64(p.other)
	d := (b - c) / n
	half := 1.959964 * math.Sqrt(b+c-(b-c)*(b-c)/n) / n
	return 100 * d, 100 * (d - half), 100 * (d + half)
}

// sentence says how the first differs from the other.
func (p pair) sentence(first, other string) string {
	d, low, high := p.difference()
	return fmt.Sprintf("On the same %s images %s alone is right on %s and %s alone on %s: a difference of %.1f points (95 %% interval of paired proportions over images %.1f to %.1f; these two networks).",
		readable.Grouped(p.images), first, readable.Grouped(p.first), other, readable.Grouped(p.other), d, low, high)
}
