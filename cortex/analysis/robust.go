package analysis

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

var robustKind = Kind{
	Name:   "robust",
	About:  "accuracy at every step against noise, contrast, occlusion or any number that conditions differ in; threshold by a psychometric fit",
	Source: "Wichmann and Hill 2001; as in Geirhos et al. 2018",
	New:    func() Settings { return &Robust{Level: "auto", Threshold: 0.5, Draws: 200, Seed: 1} },
}

// Robust reads the answers in several conditions whose names have a number, such as
// "contrast[contrast=0.2]". It gives
//
//   - "accuracy by level" [step, LEVEL, statistic], in per cent with the Wilson 95 % interval
//     over images, and chance; conditions that agree in the level, and differ in others,
//     are frames of their own
//
//   - "threshold" [step, statistic], the level at which the fitted curve is the share
//     Threshold of the way from chance to its other end:
//
//     p(x) = γ + (1 - γ - λ) / (1 + e^(-s(x - m)))
//
//     by maximum likelihood, with γ at chance, 0 ≤ λ ≤ 1 - γ, a slope s of any sign and x
//     the level, or its logarithm where the levels are spread over more than a decade and
//     all are above 0. The interval is the 2.5 and 97.5 percentile of fits to answers drawn
//     again with the fitted probabilities (parametric bootstrap). A threshold beyond the
//     levels by more than their span is not defined, and counted in the note.
type Robust struct {
	Level     string  `toml:"level" doc:"the number that conditions differ in, by its name, such as contrast; auto is the only one, or the first that differs"`
	Threshold float64 `toml:"threshold" above:"0" below:"1" doc:"where the threshold is between chance and the other end of the curve"`
	Draws     int     `toml:"draws" min:"0" max:"10000" doc:"draws of the parametric bootstrap; 0 gives no interval"`
	Seed      int     `toml:"seed" min:"0" doc:"determines the draws"`
}

var _ Joint = (*Robust)(nil)

// Needs is the answers.
func (*Robust) Needs() []Need { return []Need{{Of: Answers}} }

// Start implements Settings, for one source.
func (s *Robust) Start(on Subject) Analysis { return s.StartJoint([]Subject{on}) }

// StartJoint implements Joint.
func (s *Robust) StartJoint(on []Subject) Analysis {
	return &robust{Robust: *s, on: on, by: map[string]*tally{}}
}

// robust counts right answers of every condition.
type robust struct {
	Robust
	on []Subject
	by map[string]*tally
}

// tally is right answers at each step.
type tally struct {
	of       *Recording
	right, n []int
	chance   moments
}

// Add takes a batch of logits.
func (r *robust) Add(b Batch) error {
	if err := b.check(); err != nil {
		return err
	}
	t := r.by[b.From]
	if t == nil {
		t = &tally{of: b.Recording, right: make([]int, len(b.Steps)), n: make([]int, len(b.Steps))}
		r.by[b.From] = t
	}
	for image := range b.Images() {
		target, several := []float32(nil), 1
		if b.Target != nil {
			target, several = b.Target[image*b.Units():][:b.Units()], targets(b, image)
		}
		t.chance.add(1 / sets(b.Units(), several))
		for k := range b.Steps {
			logits := b.At(image, k)
			if slices.ContainsFunc(logits, func(v float32) bool { return math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) }) {
				continue
			}
			t.n[k]++
			if target != nil && decides(logits, target) || target == nil && argmax(logits) == b.Judged(image, k) {
				t.right[k]++
			}
		}
	}
	return nil
}

// levelsOf are the numbers in a condition's name, in order: "a[b=1,c=x]" has b.
func levelsOf(name string) (of string, names []string, values map[string]float64, rest string) {
	values = map[string]float64{}
	from, to := strings.IndexByte(name, '['), strings.LastIndexByte(name, ']')
	if from < 0 || to < from {
		return name, nil, values, ""
	}
	var others []string
	for _, part := range strings.Split(name[from+1:to], ",") {
		key, text, _ := strings.Cut(strings.TrimSpace(part), "=")
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			names, values[key] = append(names, key), v
		} else {
			others = append(others, part)
		}
	}
	return name[:from], names, values, strings.Join(others, ",")
}

// level is the number that conditions are laid out by.
func (r *robust) level() (string, error) {
	if r.Level != "auto" {
		return r.Level, nil
	}
	var order []string
	differ := map[string]map[float64]bool{}
	for _, s := range r.on {
		_, names, values, _ := levelsOf(s.Name)
		for _, n := range names {
			if differ[n] == nil {
				differ[n] = map[float64]bool{}
				order = append(order, n)
			}
			differ[n][values[n]] = true
		}
	}
	for _, n := range order {
		if len(differ[n]) > 1 {
			return n, nil
		}
	}
	if len(r.on) == 1 {
		return "", fmt.Errorf("analysis: found one condition, want several that differ in a number, as in --condition contrast_levels, which cortex test RUN --condition contrast_levels makes")
	}
	var names []string
	for _, s := range r.on {
		names = append(names, s.Name)
	}
	return "", fmt.Errorf("analysis: found no number in which the conditions %q differ; want several of one list, such as --condition contrast, and key level where there are several numbers", names)
}

// series are conditions that differ in the level alone.
type robustSeries struct {
	name  string
	level []float64
	of    []*tally
}

// Frames returns those that Robust names.
func (r *robust) Frames() ([]Frame, error) {
	level, err := r.level()
	if err != nil {
		return nil, err
	}
	var list []*robustSeries
	for _, s := range r.on {
		of, names, values, rest := levelsOf(s.Name)
		x, ok := values[level]
		if !ok || r.by[s.Name] == nil {
			continue
		}
		for _, n := range names {
			if n != level {
				rest = strings.Trim(rest+","+n+"="+strconv.FormatFloat(values[n], 'g', -1, 64), ",")
			}
		}
		if rest != "" {
			of += "[" + rest + "]"
		}
		i := slices.IndexFunc(list, func(y *robustSeries) bool { return y.name == of })
		if i < 0 {
			i, list = len(list), append(list, &robustSeries{name: of})
		}
		list[i].level, list[i].of = append(list[i].level, x), append(list[i].of, r.by[s.Name])
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("analysis: level: found no condition with the number %q", level)
	}
	var frames []Frame
	for _, s := range list {
		f, err := r.curves(level, s)
		if err != nil {
			return nil, err
		}
		for _, x := range f {
			if len(list) > 1 {
				x = x.With("condition", s.name)
			}
			frames = append(frames, x)
		}
	}
	return frames, nil
}

// curves are the frames of one series.
func (r *robust) curves(level string, s *robustSeries) ([]Frame, error) {
	order := make([]int, len(s.level))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(s.level[a], s.level[b]) })
	axis := Axis{Name: level}
	first := s.of[order[0]]
	for _, i := range order {
		if !slices.Equal(s.of[i].of.Steps, first.of.Steps) {
			return nil, fmt.Errorf("analysis: conditions of %s were tested at different steps: %v and %v", s.name, first.of.Steps, s.of[i].of.Steps)
		}
		axis.Values = append(axis.Values, s.level[i])
	}
	chance := first.chance.mean
	accuracy := Frame{Name: "accuracy by level", Unit: "%", Title: "Accuracy against " + level, Axes: []Axis{first.of.stepAxis(), axis, {Name: "statistic", Labels: []string{"mean", "low", "high", "n", "chance"}}},
		Note: "per cent right at each step; Wilson 95 % intervals over images; one network"}
	threshold := Frame{Name: "threshold", Title: "Threshold of " + level, Unit: level, Axes: []Axis{first.of.stepAxis(), {Name: "statistic", Labels: []string{"mean", "low", "high", "n", "slope", "lapse"}}}}
	beyond := 0
	for k := range first.of.Steps {
		var right, n []int
		for _, i := range order {
			t := s.of[i]
			right, n = append(right, t.right[k]), append(n, t.n[k])
			low, high := Wilson(t.right[k], t.n[k])
			mean := math.NaN()
			if t.n[k] > 0 {
				mean = 100 * float64(t.right[k]) / float64(t.n[k])
			}
			accuracy.Data = append(accuracy.Data, mean, 100*low, 100*high, float64(t.n[k]), 100*chance)
		}
		p := fitPsychometric(axis.Values, right, n, chance)
		at, ok := p.threshold(r.Threshold)
		low, high := math.NaN(), math.NaN()
		if !ok {
			at = math.NaN()
			beyond++
		} else if r.Draws > 0 {
			low, high = p.bootstrap(r.Threshold, r.Draws, uint64(r.Seed)+uint64(k))
		}
		sum := 0
		for _, v := range n {
			sum += v
		}
		threshold.Data = append(threshold.Data, at, low, high, float64(sum), p.slope, p.lapse)
	}
	threshold.Note = fmt.Sprintf("%s at which a logistic curve, fitted by maximum likelihood with chance below, is %g %% of the way to its other end; percentile 95 %% interval of %d fits to answers drawn from the curve", level, 100*r.Threshold, r.Draws)
	if beyond > 0 {
		threshold.Note += fmt.Sprintf("; at %d steps the curve has no threshold within the levels", beyond)
	}
	return []Frame{accuracy, threshold}, nil
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
