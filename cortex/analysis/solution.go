package analysis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"ventral/experiments/statistics"
)

var solutionKind = Kind{
	Name:   "solution",
	About:  "object solution times: the first step at which the answer to an image is as good as behaviour, interpolated",
	Source: "Kar et al. 2019; image scores as Brain-Score computes them",
	New: func() Settings {
		return &Solution{ID: "image_id", Value: "i1", NeuralValue: "ost", Draws: 1000, Seed: 1}
	},
}

// Solution reads the answers of images with one class as choices between the image's
// class and each other class. With the softmax probabilities p, the hit rate of an image
// of class c against d is p_c/(p_c + p_d), and the rate of false alarms its mean over the
// images of class d;
//
//	d' = z(hits) - z(false alarms), within ±5
//
// and the image's score, I1, is the mean of d' over all other classes. The object solution
// time of an image is the first step at which its score reaches its behavioural score,
// linear between this step and the best one before it, so that it lies between them; an
// image that never does has none, and is counted. Behavioural scores come from a CSV, or
// are the network's own at the last step.
//
//   - "image score" [step, statistic], mean I1 with 95 % t interval over images
//   - "solution times" [step, statistic], the number of images whose score reaches the
//     behavioural one first at a step
//   - "solution time by image" [readout, image]
//   - with Neural, a CSV of solution times of a brain: "brain" [image, quantity] and
//     "agreement" [measure, statistic], Spearman's ρ over the images that both solve, with
//     a bootstrap 95 % interval over images and p by permutation of images
type Solution struct {
	Behaviour   string `toml:"behaviour" doc:"a CSV with the behavioural score of each image; none: the network's own at the last step"`
	ID          string `toml:"id" doc:"the column of CSV files that names images: image_id, or a column of the data set of the same name"`
	Value       string `toml:"value" doc:"the column of behavioural scores"`
	Neural      string `toml:"neural" doc:"a CSV with the solution time of each image in a brain; none by default"`
	NeuralValue string `toml:"neural_value" doc:"its column of times"`
	Draws       int    `toml:"draws" min:"100" max:"100000" doc:"draws of bootstrap and permutation"`
	Seed        int    `toml:"seed" min:"0" doc:"determines the draws"`
}

var _ Settings = (*Solution)(nil)

// Needs is the answers.
func (*Solution) Needs() []Need { return []Need{{Of: Answers}} }

// Start implements Settings.
func (s *Solution) Start(on Subject) Analysis { return &solution{Solution: *s, on: on} }

// solution has the probabilities of every image.
type solution struct {
	Solution
	on     Subject
	of     *Recording
	labels []int
	p      [][][]float64 // [image][step][class], nil where there is no answer
}

// Add takes a batch of logits.
func (a *solution) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	if b.Target != nil {
		return fmt.Errorf("analysis: solution times need one class for each image; the images have several")
	}
	a.of = b.Recording
	for image := range b.Images() {
		row := make([][]float64, len(b.Steps))
		for k := range b.Steps {
			row[k] = softmax(b.At(image, k))
		}
		a.p, a.labels = append(a.p, row), append(a.labels, b.Label(image))
	}
	return nil
}

// softmax gives probabilities; nil of logits that are not finite.
func softmax(logits []float32) []float64 {
	if slices.ContainsFunc(logits, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) }) {
		return nil
	}
	top, sum := float64(logits[argmax(logits)]), 0.0
	p := make([]float64, len(logits))
	for k, v := range logits {
		p[k] = math.Exp(float64(v) - top)
		sum += p[k]
	}
	for k := range p {
		p[k] /= sum
	}
	return p
}

// scores are I1 of every image at a step; NaN where it has none.
func (a *solution) scores(k int) []float64 {
	classes := a.of.Shape[2]
	alarms, n := make([][]float64, classes), make([]float64, classes) // [class shown][class chosen]
	for c := range alarms {
		alarms[c] = make([]float64, classes)
	}
	against := func(p []float64, c, d int) float64 {
		if p[c]+p[d] == 0 {
			return 0.5
		}
		return p[c] / (p[c] + p[d])
	}
	for i, l := range a.labels {
		if l < 0 || a.p[i][k] == nil {
			continue
		}
		n[l]++
		for c := range classes {
			alarms[l][c] += against(a.p[i][k], c, l)
		}
	}
	list := make([]float64, len(a.labels))
	for i, l := range a.labels {
		list[i] = math.NaN()
		if l < 0 || a.p[i][k] == nil {
			continue
		}
		sum, others := 0.0, 0.0
		for d := range classes {
			if d == l || n[d] == 0 {
				continue
			}
			sum += sensitivity(against(a.p[i][k], l, d), alarms[d][l]/n[d])
			others++
		}
		if others > 0 {
			list[i] = sum / others
		}
	}
	return list
}

// sensitivity is d' of a rate of hits and one of false alarms, within ±5.
func sensitivity(hits, alarms float64) float64 {
	return min(5, max(-5, distuv.UnitNormal.Quantile(hits)-distuv.UnitNormal.Quantile(alarms)))
}

// solved is the time at which scores first reach a level, and the place of the step; NaN
// and -1 where they never do.
func solved(scores []float64, steps []int, level float64) (float64, int) {
	best, at := math.Inf(-1), -1
	for k, v := range scores {
		if math.IsNaN(v) {
			continue
		}
		if v >= level {
			if at < 0 || v == best {
				return float64(steps[k]), k
			}
			a, b := float64(steps[at]), float64(steps[k])
			return a + (level-best)/(v-best)*(b-a), k
		}
		if v > best {
			best, at = v, k
		}
	}
	return math.NaN(), -1
}

// Frames returns those that Solution names.
func (a *solution) Frames() ([]Frame, error) {
	if len(a.p) == 0 {
		return nil, fmt.Errorf("analysis: solution times of no images")
	}
	steps := a.of.Steps
	byStep := make([][]float64, len(steps))
	score := Frame{Name: "image score", Unit: "d'", Title: "Image scores", Note: "I1, the mean of d' against each other class; mean over images with 95 % t interval", Axes: []Axis{a.of.stepAxis(), summary}}
	counts := Frame{Name: "solution times", Unit: "images", Title: "Object solution times", Axes: []Axis{a.of.stepAxis(), {Name: "statistic", Labels: []string{"count"}}}}
	for k := range steps {
		byStep[k] = a.scores(k)
		var m moments
		for _, v := range byStep[k] {
			if math.IsNaN(v) {
				m.undefined++
			} else {
				m.add(v)
			}
		}
		score.Data = append(score.Data, row(&m)...)
		counts.Data = append(counts.Data, math.NaN())
		if m.n > 0 {
			counts.Data[k] = 0
		}
	}
	level, said, err := a.levels(byStep[len(steps)-1])
	if err != nil {
		return nil, err
	}
	times := Frame{Name: "solution time" + byImage, Unit: "step", Title: "Object solution time of each image", Axes: []Axis{{Name: "readout", Labels: []string{a.on.Anatomy.Readout}}, a.of.imageAxis()}}
	never, none := 0, 0
	for i := range a.p {
		var own []float64
		for k := range steps {
			own = append(own, byStep[k][i])
		}
		t, k := math.NaN(), -1
		if math.IsNaN(level[i]) {
			none++
		} else if t, k = solved(own, steps, level[i]); k < 0 {
			never++
		} else {
			counts.Data[k]++
		}
		times.Data = append(times.Data, t)
	}
	counts.Note = fmt.Sprintf("images whose score reaches %s first at a step; %d of %d images never do", said, never, len(a.p)-none)
	if none > 0 {
		counts.Note += fmt.Sprintf("; %d images have no behavioural score", none)
	}
	times.Note = counts.Note + "; linear between this step and the best one before"
	list := []Frame{score, counts, times}
	if a.Neural == "" {
		return list, nil
	}
	more, err := a.brain(times.Data)
	return append(list, more...), err
}

// levels are the behavioural scores of images.
func (a *solution) levels(last []float64) ([]float64, string, error) {
	if a.Behaviour == "" {
		return last, "the network's own at the last step, which every image reaches by then, rightly answered or not", nil
	}
	of, err := readByImage(a.on, "behaviour", a.Behaviour, a.ID, a.Value)
	if err != nil {
		return nil, "", err
	}
	names, err := namesOf(a.on, a.ID, a.of.IDs)
	if err != nil {
		return nil, "", err
	}
	level, found := make([]float64, len(names)), 0
	for i, name := range names {
		level[i] = math.NaN()
		if v, ok := of[name]; ok {
			level[i], found = v, found+1
		}
	}
	if found == 0 {
		return nil, "", fmt.Errorf("analysis: behaviour: no image of %s is among those tested; its column %q names images as %q does here", a.Behaviour, a.ID, a.ID)
	}
	return level, "the behavioural one", nil
}

// brain compares solution times with those of a brain.
func (a *solution) brain(times []float64) ([]Frame, error) {
	of, err := readByImage(a.on, "neural", a.Neural, a.ID, a.NeuralValue)
	if err != nil {
		return nil, err
	}
	names, err := namesOf(a.on, a.ID, a.of.IDs)
	if err != nil {
		return nil, err
	}
	images, joined := Axis{Name: "image"}, 0
	var x, y []float64
	for i, name := range names {
		v, ok := of[name]
		if !ok {
			continue
		}
		joined++
		if !math.IsNaN(times[i]) {
			x, y, images.Values = append(x, times[i]), append(y, v), append(images.Values, float64(a.of.IDs[i]))
		}
	}
	if len(x) < 4 {
		return nil, fmt.Errorf("analysis: neural: %d images of %s are tested and solved, want 4 or more; its column %q names images as %q does here", len(x), a.Neural, a.ID, a.ID)
	}
	scatter := Frame{Name: "brain", Title: "Solution times of network and brain", Axes: []Axis{images, {Name: "quantity", Labels: []string{"network (step)", "brain (" + a.NeuralValue + ")"}}},
		Note: fmt.Sprintf("%d images that both solve, of %d with a time in the brain", len(x), joined)}
	for i := range x {
		scatter.Data = append(scatter.Data, x[i], y[i])
	}
	rho, low, high, p := statistics.Spearman(x, y, a.Draws, uint64(a.Seed))
	return []Frame{scatter, {Name: "agreement", Title: "Agreement with the brain", Axes: []Axis{{Name: "measure", Labels: []string{"Spearman's ρ"}}, {Name: "statistic", Labels: []string{"mean", "low", "high", "n", "p", "chance"}}},
		Data: []float64{rho, low, high, float64(len(x)), p, 0},
		Note: fmt.Sprintf("Spearman's ρ of solution times over %s; bootstrap 95 %% interval over images, p by permutation of images, %d draws each", scatter.Note, a.Draws)}}, nil
}
