package report

import (
	"fmt"
	"math"

	"ventral/experiments/readable"
	"ventral/plots/canvas"
)

// pair is how two networks answered the same images at their last test steps.
type pair struct {
	images       int
	first, other int // images that only the first, and only the other, answers rightly
}

// readPair reads the answers of two networks. Their images are the same where the
// runs tested the same data, which ok reports.
func readPair(r, o *Run) (p pair, ok bool, err error) {
	split := r.Test.Split
	if o.Test.Split != split || r.Info.Tested(split) != o.Info.Tested(split) {
		return pair{}, false, nil
	}
	a, err := answersOf(r, r.Test.Last().Step)
	if err != nil {
		return pair{}, false, err
	}
	b, err := answersOf(o, o.Test.Last().Step)
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

// sentence says how the first differs from the other. These are the networks that it
// is said of.
func (p pair) sentence(first, other, these string) string {
	d, low, high := p.difference()
	numeral := func(v float64) string { return canvas.Minus(fmt.Sprintf("%.1f", v)) }
	return fmt.Sprintf("On the same %s images %s alone is right on %s and %s alone on %s: a difference of %s points (95 %% interval of paired proportions over images %s to %s; %s).",
		readable.Grouped(p.images), first, readable.Grouped(p.first), other, readable.Grouped(p.other), numeral(d), numeral(low), numeral(high), these)
}
