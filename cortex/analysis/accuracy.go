package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

var accuracyKind = Kind{
	Name:    "accuracy",
	About:   "accuracy, confidence and entropy of the answers at every step, with chance",
	Source:  "interval of Wilson 1927; several classes of an image as in Spoerer et al. 2017",
	Default: true,
	New:     func() Settings { return &Accuracy{} },
}

// Accuracy reads logits and gives, per step:
//
//   - "accuracy" in per cent with the Wilson 95 % interval over images. With
//     one class per image the largest logit must be the label's (of equal ones
//     the first counts). With several classes the n largest must be exactly the
//     n targets (top-n, Spoerer et al. 2017).
//   - "exact set" in per cent, only with several classes: the classes with
//     sigmoid probability above 0.5 are exactly the targets.
//   - "confidence", the mean probability of the chosen class: softmax of the
//     largest logit, or the mean sigmoid of the n largest.
//   - "entropy" in bits: of the softmax, or the mean over classes of that of
//     each sigmoid.
//
// Axes are [step, statistic]; statistics of accuracy and confidence end with
// the level to draw as chance. Chance of accuracy is one of as many sets of n
// classes as there are, the mean over images where n differs. A step at which
// every image has logits that are not finite is before onset and has no
// numbers; at any other step such an image counts as answered wrongly, and has
// no confidence and entropy.
type Accuracy struct{}

var _ Settings = (*Accuracy)(nil)

// Needs is the answers.
func (*Accuracy) Needs() []Need { return []Need{{Of: Answers}} }

// Start implements Settings.
func (*Accuracy) Start(Subject) Analysis { return &accuracy{} }

// accuracy has numbers for each step.
type accuracy struct {
	of                  *Recording
	multi               bool
	chance              moments // over images, per cent
	right, exact        []int
	n, undefined        []int
	confidence, entropy []moments
	order, targets      []int
}

// Add takes a batch of logits.
func (a *accuracy) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	classes := b.Units()
	if a.of == nil {
		a.of, a.multi = b.Recording, b.Target != nil
		t := len(b.Steps)
		a.right, a.exact, a.n, a.undefined = make([]int, t), make([]int, t), make([]int, t), make([]int, t)
		a.confidence, a.entropy = make([]moments, t), make([]moments, t)
	}
	if a.multi != (b.Target != nil) {
		return fmt.Errorf("analysis: batches with and without targets")
	}
	for image := range b.Images() {
		n := 1
		if a.multi {
			n = targets(b, image)
		} else if l := b.Judged(image, 0); l < 0 || l >= classes {
			return fmt.Errorf("analysis: image %d has label %d of %d classes", b.ID(image), l, classes)
		}
		a.chance.add(100 / sets(classes, n))
		for i := range b.Steps {
			logits := b.At(image, i)
			if slices.ContainsFunc(logits, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) }) {
				a.undefined[i]++
				continue
			}
			a.n[i]++
			if a.multi {
				a.several(i, logits, b.Target[image*classes:(image+1)*classes])
			} else {
				a.one(i, logits, b.Judged(image, i))
			}
		}
	}
	return nil
}

// targets counts the classes that are true of an image.
func targets(b Batch, image int) int {
	n := 0
	for _, v := range b.Target[image*b.Units() : (image+1)*b.Units()] {
		if v > 0.5 {
			n++
		}
	}
	return n
}

// sets is how many sets of k there are of n classes.
func sets(n, k int) float64 {
	s := 1.0
	for i := range k {
		s *= float64(n-i) / float64(i+1)
	}
	return s
}

// one judges logits of an image with one class.
func (a *accuracy) one(i int, logits []float32, label int) {
	best := argmax(logits)
	if best == label {
		a.right[i]++
	}
	// softmax from the largest logit m: p = e^(x-m) / Σ e^(x-m),
	// entropy = (ln Σ - Σ p·(x-m)) / ln 2
	sum, dot := 0.0, 0.0
	for _, v := range logits {
		d := float64(v) - float64(logits[best])
		sum += math.Exp(d)
		dot += d * math.Exp(d)
	}
	a.confidence[i].add(1 / sum)
	a.entropy[i].add((math.Log(sum) - dot/sum) / math.Ln2)
}

// several judges logits of an image with several classes.
func (a *accuracy) several(i int, logits, target []float32) {
	a.order, a.targets = a.order[:0], a.targets[:0]
	exact, entropy := true, 0.0
	for k, v := range logits {
		a.order = append(a.order, k)
		if target[k] > 0.5 {
			a.targets = append(a.targets, k)
		}
		exact = exact && (v > 0) == (target[k] > 0.5)
		entropy += binaryEntropy(float64(v))
	}
	slices.SortStableFunc(a.order, func(x, y int) int { return cmp.Compare(logits[y], logits[x]) })
	n := len(a.targets)
	top := a.order[:n]
	confidence := 0.0
	for _, k := range top {
		confidence += 1 / (1 + math.Exp(-float64(logits[k]))) / float64(n)
	}
	slices.Sort(top)
	if slices.Equal(top, a.targets) {
		a.right[i]++
	}
	if exact {
		a.exact[i]++
	}
	if n > 0 {
		a.confidence[i].add(confidence)
	}
	a.entropy[i].add(entropy / float64(len(logits)))
}

// binaryEntropy returns the entropy of sigmoid(x) in bits.
func binaryEntropy(x float64) float64 {
	p := 1 / (1 + math.Exp(-x))
	if p == 0 || p == 1 {
		return 0
	}
	return -(p*math.Log2(p) + (1-p)*math.Log2(1-p))
}

func argmax(v []float32) int {
	best := 0
	for k := range v {
		if v[k] > v[best] {
			best = k
		}
	}
	return best
}

// Frames returns those that Accuracy names.
func (a *accuracy) Frames() ([]Frame, error) {
	if a.of == nil {
		return nil, fmt.Errorf("analysis: accuracy of no images")
	}
	classes, nan := float64(a.of.Shape[2]), math.NaN()
	chance, uniform, top := a.chance.mean, 1/classes, math.Log2(classes)
	if a.multi {
		uniform, top = nan, 1
	}
	with := Axis{Name: "statistic", Labels: append(slices.Clone(summary.Labels), "chance")}
	axes := []Axis{a.of.stepAxis(), with}
	proportion := func(name, note string, k []int) Frame {
		f := Frame{Name: name, Unit: "%", Note: note, Axes: axes}
		for i := range k {
			n, undefined := a.n[i], a.undefined[i]
			if n > 0 {
				n, undefined = n+undefined, 0
			}
			low, high := Wilson(k[i], n)
			mean := nan
			if n > 0 {
				mean = float64(k[i]) / float64(n)
			}
			f.Data = append(f.Data, 100*mean, 100*low, 100*high, float64(n), float64(undefined), chance)
		}
		return f
	}
	mean := func(name, unit, note string, each []moments, level float64) Frame {
		f := Frame{Name: name, Unit: unit, Note: note, Axes: axes}
		for i := range each {
			m, low, high := each[i].interval()
			f.Data = append(f.Data, m, low, high, float64(each[i].n), float64(a.undefined[i]), level)
		}
		return f
	}
	note, chosen := "largest output is the label", "softmax probability of the chosen class"
	if a.multi {
		note, chosen = "top-n: the n largest outputs are exactly the n targets", "mean sigmoid probability of the n largest outputs"
	}
	frames := []Frame{proportion("accuracy", note+"; Wilson 95 % interval over images", a.right)}
	if a.multi {
		frames = append(frames, proportion("exact set", "classes above probability 0.5 are exactly the targets; Wilson 95 % interval over images", a.exact))
		for i := 5; i < len(frames[1].Data); i += 6 {
			frames[1].Data[i] = nan // chance is of the top-n measure
		}
	}
	return append(frames,
		mean("confidence", "", chosen+"; mean and 95 % t interval over images", a.confidence, uniform),
		mean("entropy", "bit", "entropy of the outputs; mean and 95 % t interval over images", a.entropy, top)), nil
}
