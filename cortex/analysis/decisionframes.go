package analysis

import (
	"fmt"
	"math"
	"slices"

	"ventral/experiments/statistics"
)

// Frames returns those that Decision names.
func (d *decision) Frames() ([]Frame, error) {
	if d.tested == nil || len(d.tested.score) == 0 {
		return nil, fmt.Errorf("analysis: reaction times of no images")
	}
	threshold, how, err := d.threshold()
	if err != nil {
		return nil, err
	}
	t := d.tested
	steps, n := t.of.Steps, len(t.score)
	unit := map[string]string{"entropy": "bits", "evidence": "nats"}[d.Criterion]
	said := fmt.Sprintf("%s of %s %.3g %s (%s)", d.Criterion, map[bool]string{true: "at most", false: "at least"}[d.Criterion == "entropy"], d.shown(threshold), unit, how)
	answer := Axis{Name: "answer", Labels: []string{"right", "wrong", "never"}}
	counts := make([]float64, 3*len(steps))
	byImage := Frame{Name: "reaction time" + byImage, Unit: "step", Title: "Reaction time of each image", Axes: []Axis{{Name: "criterion", Labels: []string{d.Criterion}}, t.of.imageAxis()}}
	waiting, never, correct := make([]int, len(steps)), 0, 0
	for i, score := range t.score {
		k := decided(score, threshold)
		time, row := math.NaN(), 2
		switch {
		case k < 0:
			never++
			if d.Never == "last" {
				time = float64(steps[len(steps)-1])
			}
		case t.right[i][k]:
			row = 0
		default:
			row = 1
		}
		at := read(score, threshold)
		if k >= 0 {
			time = float64(steps[k])
		}
		if t.right[i][at] {
			correct++
		}
		counts[row*len(steps)+at]++
		byImage.Data = append(byImage.Data, time)
		for s := range steps {
			if k < 0 || s < k {
				waiting[s]++
			}
		}
	}
	undecided := Frame{Name: "undecided", Unit: "% of images", Title: "Undecided images", Axes: []Axis{t.of.stepAxis(), {Name: "statistic", Labels: []string{"mean", "low", "high", "n"}}}}
	median := "is not reached"
	for s, w := range waiting {
		if !slices.ContainsFunc(t.score, func(x []float64) bool { return !math.IsNaN(x[s]) }) { // before the first answer
			undecided.Data = append(undecided.Data, math.NaN(), math.NaN(), math.NaN(), 0)
			for k := range 3 {
				counts[k*len(steps)+s] = math.NaN()
			}
			continue
		}
		low, high := Wilson(w, n)
		undecided.Data = append(undecided.Data, 100*float64(w)/float64(n), 100*low, 100*high, float64(n))
		if 2*w <= n && median == "is not reached" {
			median = fmt.Sprintf("is step %d", steps[s])
		}
	}
	summary := fmt.Sprintf("an image is decided at the first step with %s; %d of %d images never are; the median reaction time %s; %.1f %% right, images that never decide by their last answer",
		said, never, n, median, 100*float64(correct)/float64(n))
	undecided.Note = "share of images that are not decided after a step (Kaplan–Meier, all censored at the last step), with Wilson 95 % interval; " + summary
	list := []Frame{{Name: "reaction times", Unit: "images", Title: "Reaction times", Note: summary, Data: counts,
		Axes: []Axis{answer, t.of.stepAxis(), {Name: "statistic", Labels: []string{"count"}}}}, undecided, d.tradeOffs(), byImage}
	if d.People == "" {
		return list, nil
	}
	more, err := d.people(byImage)
	return append(list, more...), err
}

// tradeOffs are mean step and accuracy over thresholds.
func (d *decision) tradeOffs() Frame {
	f := Frame{Name: "speed and accuracy", Title: "Speed and accuracy", Note: "mean step of the answer, and accuracy, as the threshold of the " + d.Criterion + " varies over what the images take on; images that never decide are read at the last step",
		Axes: []Axis{{Name: "threshold"}, {Name: "quantity", Labels: []string{"mean step of the answer", "accuracy (%)"}}}}
	for _, v := range d.tested.candidates(40) {
		step, accuracy := d.tested.tradeOff(v)
		f.Axes[0].Values = append(f.Axes[0].Values, d.shown(v))
		f.Data = append(f.Data, step, accuracy)
	}
	return f
}

// people compares reaction times with those of people.
func (d *decision) people(own Frame) ([]Frame, error) {
	times, err := readByImage(d.on, "people", d.People, d.ID, d.Time)
	if err != nil {
		return nil, err
	}
	ids := d.tested.of.IDs
	names, err := namesOf(d.on, d.ID, ids)
	if err != nil {
		return nil, err
	}
	var x, y []float64
	var sure []bool
	both := Axis{Name: "image"}
	last := float64(d.tested.of.Steps[len(d.tested.of.Steps)-1])
	for i, name := range names {
		v, ok := times[name]
		if !ok {
			continue
		}
		delete(times, name)
		time := own.Data[i]
		sure = append(sure, !math.IsNaN(time))
		if math.IsNaN(time) {
			time = last
		}
		x, y = append(x, time), append(y, v)
		both.Values = append(both.Values, float64(ids[i]))
	}
	if len(x) < 3 {
		return nil, fmt.Errorf("analysis: people: %d images of %s are among those tested, want 3 or more; its column %q names images as %q does here", len(x), d.People, d.ID, d.ID)
	}
	joined := fmt.Sprintf("%d images; %d of those tested have no time of people, %d times are of other images", len(x), len(ids)-len(x), len(times))
	c, low, high := statistics.Concordance(x, sure, y)
	p := statistics.ConcordanceP(x, sure, y, 2000, uint64(d.Seed))
	scatter := Frame{Name: "people", Title: "Reaction times of network and people", Axes: []Axis{both, {Name: "quantity", Labels: []string{"network (step)", "people (" + d.Time + ")"}}},
		Note: joined + "; images that never decide at the last step"}
	for i := range x {
		scatter.Data = append(scatter.Data, x[i], y[i])
	}
	agreement := Frame{Name: "agreement", Title: "Agreement with people", Axes: []Axis{{Name: "measure", Labels: []string{"concordance"}}, {Name: "statistic", Labels: []string{"mean", "low", "high", "n", "p", "chance"}}},
		Data: []float64{c, low, high, float64(len(x)), p, 0.5},
		Note: "Harrell's concordance: of pairs of images, those for which network and people agree which takes longer, with images that never decide as censored; jackknife 95 % interval over images, p by 2,000 permutations of images; " + joined}
	return []Frame{scatter, agreement}, nil
}
