package analysis

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

var decisionKind = Kind{
	Name:   "decision",
	About:  "reaction times: when the answers reach a threshold, speed against accuracy, agreement with people",
	Source: "entropy threshold of Spoerer et al. 2020; survival of Kaplan and Meier 1958; concordance of Harrell et al. 1982",
	New: func() Settings {
		return &Decision{Criterion: "entropy", Threshold: "validation", Within: 1, Never: "censored", Time: "rt", ID: "image_id", Seed: 1}
	},
}

// Decision reads the answers of a network as if it stopped when it is sure. An image is
// decided at the first step at which the criterion reaches the threshold:
//
//   - entropy of the softmax in bits, at most the threshold (Spoerer et al. 2020)
//   - confidence, the softmax probability of the chosen class, at least
//   - evidence, log-probabilities of the classes summed over the steps so far, the best
//     class before the second best by the threshold in nats, at least; the choice is the
//     best class
//
// A threshold of "validation" is the one of those that the validation images take on whose
// accuracy on them, read at the decision, is within Within points of the best, and whose
// mean step is the least. An image that never decides is censored at its last step: it
// has no reaction time, counts in survival as undecided, and its answer is its last one.
//
//   - "reaction times" [answer, step, statistic], images decided rightly and wrongly at each
//     step, and those that never decide, at the last
//   - "undecided" [step, statistic] in per cent after each step (Kaplan and Meier 1958,
//     with one time of censoring), Wilson 95 % interval; the note has the median
//   - "speed and accuracy" [threshold, quantity]: mean step, with the last step for images
//     that never decide, and accuracy, of thresholds that the images take on
//   - "reaction time by image" [criterion, image]
//   - with People: "people" [image, quantity], times of both, and "agreement" [measure,
//     statistic]: Harrell's concordance with images that never decide as censored, its
//     jackknife 95 % interval over images, and p by permutation of the images
type Decision struct {
	Criterion string  `toml:"criterion" oneof:"entropy confidence evidence" doc:"what tells that the network is sure"`
	Threshold Level   `toml:"threshold" doc:"\"validation\": chosen on validation images; or a number, in bits, as a probability, or in nats"`
	Within    float64 `toml:"within" min:"0" max:"100" doc:"points of accuracy that a threshold chosen on validation images may lose against the best"`
	Never     string  `toml:"never" oneof:"censored last" doc:"images that never decide have no reaction time, or the last step"`
	People    string  `toml:"people" doc:"a CSV with the times of people by image; none by default"`
	Time      string  `toml:"column" doc:"its column of times"`
	ID        string  `toml:"id" doc:"its column that names images: image_id, or a column of the data set of the same name"`
	Seed      int     `toml:"seed" min:"0" doc:"determines permutations"`
}

var _ Settings = (*Decision)(nil)

// Level is a number, or a word.
type Level string

// Fractions says that numbers that are not whole are taken, too.
func (*Level) Fractions() {}

// UnmarshalText takes a text or a number.
func (l *Level) UnmarshalText(b []byte) error {
	*l = Level(b)
	return nil
}

// MarshalText is the text.
func (l Level) MarshalText() ([]byte, error) { return []byte(l), nil }

// Needs is the answers, and those to validation images where the threshold is theirs.
func (s *Decision) Needs() []Need {
	list := []Need{{Of: Answers}}
	if s.Threshold == "validation" {
		list = append(list, Need{Of: Answers, Split: Validation})
	}
	return list
}

// Start implements Settings.
func (s *Decision) Start(on Subject) Analysis { return &decision{Decision: *s, on: on} }

// decision has the criterion of every image of the test and of validation.
type decision struct {
	Decision
	on                Subject
	tested, validated *sureness
}

// sureness is how sure a network is of images over steps: the larger, the surer.
type sureness struct {
	of    *Recording
	score [][]float64 // [image][step]; NaN where there is no answer
	right [][]bool
}

// Add takes a batch of logits.
func (d *decision) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	to := &d.tested
	if b.Split == Validation {
		to = &d.validated
	}
	if *to == nil {
		*to = &sureness{of: b.Recording}
	}
	if b.Target != nil {
		return fmt.Errorf("analysis: reaction times need one class for each image; the images have several")
	}
	for image := range b.Images() {
		score, right := make([]float64, len(b.Steps)), make([]bool, len(b.Steps))
		sum := make([]float64, b.Units())
		for k := range b.Steps {
			score[k], right[k] = d.sure(b.At(image, k), b.Judged(image, k), sum)
		}
		(*to).score, (*to).right = append((*to).score, score), append((*to).right, right)
	}
	return nil
}

// sure is how sure an answer is, and whether it is right. Evidence adds to sum.
func (d *decision) sure(logits []float32, label int, sum []float64) (float64, bool) {
	if slices.ContainsFunc(logits, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) }) {
		return math.NaN(), false
	}
	best := argmax(logits)
	total, along := 0.0, 0.0
	for _, v := range logits {
		x := float64(v) - float64(logits[best])
		total += math.Exp(x)
		along += x * math.Exp(x)
	}
	switch d.Criterion {
	case "confidence":
		return 1 / total, best == label
	case "entropy":
		return -(math.Log(total) - along/total) / math.Ln2, best == label
	}
	first, second := math.Inf(-1), math.Inf(-1)
	for c, v := range logits {
		sum[c] += float64(v) - float64(logits[best]) - math.Log(total)
		if sum[c] > first {
			first, second, best = sum[c], first, c
		} else if sum[c] > second {
			second = sum[c]
		}
	}
	return first - second, best == label
}

// decided is the place of the step at which an image is decided, -1 where it never is.
func decided(score []float64, threshold float64) int {
	return slices.IndexFunc(score, func(v float64) bool { return v >= threshold-1e-12 })
}

// read is the place of the step at which the answer is read: that of the decision, or
// the last.
func read(score []float64, threshold float64) int {
	if k := decided(score, threshold); k >= 0 {
		return k
	}
	return len(score) - 1
}

// tradeOff is the mean step and the accuracy in per cent at a threshold.
func (s *sureness) tradeOff(threshold float64) (step, accuracy float64) {
	for i, score := range s.score {
		k := read(score, threshold)
		step += float64(s.of.Steps[k])
		if s.right[i][k] {
			accuracy += 100
		}
	}
	n := float64(len(s.score))
	return step / n, accuracy / n
}

// candidates are at most n thresholds that images take on, rising.
func (s *sureness) candidates(n int) []float64 {
	var all []float64
	for _, score := range s.score {
		for _, v := range score {
			if !math.IsNaN(v) {
				all = append(all, v)
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) <= n {
		return all
	}
	var list []float64
	for i := range n {
		list = append(list, all[i*(len(all)-1)/(n-1)])
	}
	return slices.Compact(list)
}

// threshold is the one in force, as a score, and how it came about.
func (d *decision) threshold() (float64, string, error) {
	if d.Threshold != "validation" {
		v, err := strconv.ParseFloat(string(d.Threshold), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return 0, "", fmt.Errorf("analysis: threshold: found %q, want \"validation\" or a number", d.Threshold)
		}
		if d.Criterion == "entropy" {
			v = -v
		}
		return v, "given", nil
	}
	if d.validated == nil {
		return 0, "", fmt.Errorf("analysis: threshold: there are no validation images; give a number")
	}
	best, fastest, at := 0.0, math.Inf(1), math.NaN()
	list := d.validated.candidates(200)
	for _, v := range list {
		_, accuracy := d.validated.tradeOff(v)
		best = max(best, accuracy)
	}
	for _, v := range list {
		if step, accuracy := d.validated.tradeOff(v); accuracy >= best-d.Within-1e-9 && step < fastest {
			fastest, at = step, v
		}
	}
	return at, fmt.Sprintf("the fastest within %g points of the best accuracy on %d validation images", d.Within, len(d.validated.score)), nil
}

// shown is a score as the criterion has it.
func (d *decision) shown(score float64) float64 {
	if d.Criterion == "entropy" {
		return max(0, -score)
	}
	return score
}
