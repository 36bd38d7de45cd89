package analysis

import (
	"fmt"
	"math"
	"slices"
)

var answersKind = Kind{
	Name:   "answers",
	About:  "which images are answered early, late or lost again; calibration of the answers; right or wrong by image and step",
	Source: "expected calibration error of Naeini, Cooper and Hauskrecht 2015; fates: own definition",
	New:    func() Settings { return &Answered{Bins: 10} },
}

// Answered reads logits of images with one class and gives
//
//   - "fate" [fate, statistic] in per cent of images with the Wilson 95 % interval: early
//     (right at the first step with answers and ever after), late (wrong at first, right
//     from some step to the last), regained (right at the first and the last step, wrong
//     between), lost (right at some step, wrong at the last), never
//   - "solved by step" [step, statistic] in per cent of images, right at the step and ever
//     after, with the Wilson 95 % interval
//   - "calibration" [step, confidence, statistic]: per cent right of the answers whose
//     confidence, the softmax probability of the chosen class, is in a bin, with the
//     Wilson 95 % interval
//   - "calibration error" [step, statistic]: Σ over bins of n_bin/n · |share right - mean
//     confidence|
//   - "correct by image" [step, image]: 100 where the answer is right, 0 where not
type Answered struct {
	Bins int `toml:"bins" min:"2" max:"100" doc:"bins of confidence, of equal width"`
}

var _ Settings = (*Answered)(nil)

// Needs is the answers.
func (*Answered) Needs() []Need { return []Need{{Of: Answers}} }

// Start implements Settings.
func (s *Answered) Start(Subject) Analysis { return &answered{Answered: *s} }

// answered has right and wrong of every image.
type answered struct {
	Answered
	of    *Recording
	right [][]float64 // [image][step]: 1 or 0, NaN where there is no answer
	bins  [][]bin     // [step][bin]
	multi int         // images of several classes, which are left out
}

// bin is the answers of some confidence.
type bin struct {
	n, right   int
	confidence float64
}

// Add takes a batch of logits.
func (a *answered) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	if a.of == nil {
		a.of, a.bins = b.Recording, make([][]bin, len(b.Steps))
		for k := range a.bins {
			a.bins[k] = make([]bin, a.Bins)
		}
	}
	for image := range b.Images() {
		row := make([]float64, len(b.Steps))
		for k := range b.Steps {
			row[k] = math.NaN()
			label, logits := b.Judged(image, k), b.At(image, k)
			if slices.ContainsFunc(logits, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) }) {
				continue
			}
			if label < 0 || b.Target != nil && targets(b, image) != 1 {
				a.multi++
				continue
			}
			best := argmax(logits)
			row[k] = 0
			p := confidence(logits, best)
			x := &a.bins[k][min(a.Bins-1, int(p*float64(a.Bins)))]
			x.n++
			x.confidence += p
			if best == label {
				row[k] = 1
				x.right++
			}
		}
		a.right = append(a.right, row)
	}
	return nil
}

// confidence is the softmax probability of a class.
func confidence(logits []float32, class int) float64 {
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - float64(logits[class]))
	}
	return 1 / sum
}

// fates are what becomes of an image's answer.
var fates = []string{"early", "late", "regained", "lost", "never"}

// fateOf is the place among fates of an image, -1 where it has no answer.
func fateOf(right []float64) int {
	var r []float64
	for _, v := range right {
		if !math.IsNaN(v) {
			r = append(r, v)
		}
	}
	if len(r) == 0 {
		return -1
	}
	first, last, ever, always := r[0] == 1, r[len(r)-1] == 1, slices.Contains(r, 1), !slices.Contains(r, 0)
	switch {
	case always:
		return 0
	case !first && last:
		return 1
	case first && last:
		return 2
	case ever:
		return 3
	}
	return 4
}

// solvedAt is the place of the first step from which an image is answered rightly to the
// end; the number of steps where it never is.
func solvedAt(right []float64) int {
	at := len(right)
	for k := len(right) - 1; k >= 0 && right[k] == 1; k-- {
		at = k
	}
	return at
}

// Frames returns those that Answered names.
func (a *answered) Frames() ([]Frame, error) {
	if len(a.right) == 0 {
		return nil, fmt.Errorf("analysis: fates of no images")
	}
	steps := len(a.of.Steps)
	with := Axis{Name: "statistic", Labels: []string{"mean", "low", "high", "n"}}
	share := func(k, n int) []float64 {
		if n == 0 {
			return []float64{math.NaN(), math.NaN(), math.NaN(), 0}
		}
		low, high := Wilson(k, n)
		return []float64{100 * float64(k) / float64(n), 100 * low, 100 * high, float64(n)}
	}
	count, n := make([]int, len(fates)), 0
	solved, answers := make([]int, steps), make([]int, steps)
	for _, r := range a.right {
		if f := fateOf(r); f >= 0 {
			count[f]++
			n++
		}
		at := solvedAt(r)
		for k := range steps {
			if math.IsNaN(r[k]) {
				continue
			}
			answers[k]++
			if k >= at {
				solved[k]++
			}
		}
	}
	fate := Frame{Name: "fate", Title: "Early, late and lost answers", Unit: "% of images", Axes: []Axis{{Name: "fate", Labels: fates}, with},
		Note: "early: right at the first step with answers and ever after; late: wrong at first, right from some step to the last; regained: right at the first and the last step, wrong between; lost: right at some step, wrong at the last; Wilson 95 % intervals over images"}
	for _, c := range count {
		fate.Data = append(fate.Data, share(c, n)...)
	}
	by := Frame{Name: "solved by step", Unit: "% of images", Title: "Images answered rightly from a step on", Axes: []Axis{a.of.stepAxis(), with},
		Note: "images whose answer is right at the step and at all later ones; Wilson 95 % interval over images"}
	centres := Axis{Name: "confidence"}
	for i := range a.Bins {
		centres.Values = append(centres.Values, (float64(i)+0.5)/float64(a.Bins))
	}
	calibration := Frame{Name: "calibration", Unit: "% right", Title: "Calibration", Axes: []Axis{a.of.stepAxis(), centres, with},
		Note: fmt.Sprintf("answers by the softmax probability of the chosen class, in %d bins: per cent that are right, which is the probability where answers are calibrated; Wilson 95 %% intervals over images", a.Bins)}
	wrong := Frame{Name: "calibration error", Title: "Expected calibration error", Axes: []Axis{a.of.stepAxis(), {Name: "statistic", Labels: []string{"mean", "n"}}},
		Note: fmt.Sprintf("Σ over %d bins of confidence of n/N · |share right − mean confidence|; it is above 0 even where answers are calibrated, the more the fewer images", a.Bins)}
	correct := Frame{Name: "correct" + byImage, Unit: "%", Title: "Right and wrong", Axes: []Axis{a.of.stepAxis(), a.of.imageAxis()}}
	for k := range steps {
		by.Data = append(by.Data, share(solved[k], answers[k])...)
		sum, total := 0.0, 0
		for _, x := range a.bins[k] {
			calibration.Data = append(calibration.Data, share(x.right, x.n)...)
			sum += math.Abs(float64(x.right) - x.confidence)
			total += x.n
		}
		wrong.Data = append(wrong.Data, sum/float64(total), float64(total)) // NaN of none
		for _, r := range a.right {
			correct.Data = append(correct.Data, 100*r[k])
		}
	}
	frames := []Frame{fate, by, calibration, wrong, correct}
	if a.multi > 0 {
		for i := range frames {
			frames[i].Note += "; images without one class are left out"
		}
	}
	return frames, nil
}
