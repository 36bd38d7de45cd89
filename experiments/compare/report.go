package compare

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"ventral/cortex/analysis"
	"ventral/experiments"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/statistics"
	"ventral/plots"
)

// level is that of tests and intervals.
const level = 0.05

// Report is comparison.json: what the runs of a comparison support.
type Report struct {
	Seal     rundir.Seal `json:"self_sha256"`
	Format   int         `json:"format"`
	Name     string      `json:"name"`
	Split    string      `json:"split"` // of the images tested
	Images   int         `json:"images"`
	Chance   num         `json:"chance"` // per cent
	Primary  string      `json:"primary"`
	Unit     string      `json:"unit"`   // of differences
	Enough   int         `json:"enough"` // runs of each variant that can tell at all
	Findings []string    `json:"findings"`
	LeftOut  []string    `json:"left_out"`
	Looks    []int       `json:"looks"` // as in Plan
	Variants []Summary   `json:"variants"`
	Pairs    []Pair      `json:"pairs"`       // the primary outcome
	Curves   []CurvePair `json:"exploratory"` // accuracy over slices
	Networks []Networks  `json:"networks"`    // two networks on the same images

	// Provenance is what it takes to get the same numbers again.
	Provenance []plots.Fact `json:"provenance"`

	groups  []*Group
	outcome outcome
}

// num is a number of JSON, null where there is none.
type num = experiments.Number

// Summary is a variant with what its runs came to.
type Summary struct {
	Variant
	Seeds   []int    `json:"seeds"`
	Folders []string `json:"folders"`
	Values  []num    `json:"values"` // the primary outcome of each run
	// Diverged are the seeds of runs whose training diverged; they count like all others.
	Diverged []int `json:"diverged,omitempty"`
	Mean     num   `json:"mean"`
	Low      num   `json:"low"` // of the 95 % t interval over runs
	High     num   `json:"high"`
	Slice    int   `json:"last_slice"`
}

// Pair compares two variants by the primary outcome. Differences are everywhere
// those of the second from the first.
type Pair struct {
	First      string `json:"first"`
	Second     string `json:"second"`
	Difference num    `json:"difference"` // mean of the second minus that of the first
	Low        num    `json:"low"`        // Welch's 95 % interval, for this pair alone
	High       num    `json:"high"`
	AllLow     num    `json:"simultaneous_low"` // Bonferroni: all pairs' intervals hold together with 95 %
	AllHigh    num    `json:"simultaneous_high"`
	T          num    `json:"t"`
	DF         num    `json:"df"`
	P          num    `json:"p"`
	Adjusted   num    `json:"p_holm"`
	Runs       [2]int `json:"runs"`
	Verdict    string `json:"verdict"` // of the second: "better", "worse", "not told", "too few"
	Sentence   string `json:"sentence"`
}

// CurvePair compares accuracy over slices.
type CurvePair struct {
	First      string `json:"first"`
	Second     string `json:"second"`
	Slices     []int  `json:"slices"`
	Difference []num  `json:"difference"` // points, of the second from the first
	Low        []num  `json:"low"`        // Welch's 95 % interval at each slice alone
	High       []num  `json:"high"`
	P          []num  `json:"p_max_statistic"` // adjusted over the slices of this pair
	Ways       int    `json:"divisions"`
	Exact      bool   `json:"all_divisions"`
}

// Networks compares two networks on the images that both answered, at the slice
// of the primary outcome.
type Networks struct {
	First       string `json:"first"`
	Second      string `json:"second"`
	FirstSlice  int    `json:"first_slice"`
	SecondSlice int    `json:"second_slice"` // not the first's where an answer is kept, or both are the last
	Seed        int    `json:"seed"`
	Images      int    `json:"images"`
	FirstAlone  int    `json:"first_alone"` // images that only it answers rightly
	SecondAlone int    `json:"second_alone"`
	Difference  num    `json:"difference"` // points, of the second from the first
	Low         num    `json:"low"`        // bootstrap over images
	High        num    `json:"high"`
	Exact       num    `json:"p_mcnemar_exact"`
	Mid         num    `json:"p_mcnemar_mid"`
	Loss        num    `json:"loss_difference"` // nat, of the second from the first
	LossP       num    `json:"p_loss_sign_flip"`
}

// NewReport makes the tests of groups of runs.
func NewReport(name, primary string, groups []*Group, leftOut []string) (*Report, error) {
	o, err := parseOutcome(primary)
	if err != nil {
		return nil, err
	}
	first := groups[0].Runs[0].Test
	r := &Report{Format: spec.Format, Name: name, Split: first.Split, Images: first.Slices[0].Images, Chance: num(first.Chance), Primary: primary, Unit: o.unit(),
		LeftOut: leftOut, Looks: []int{}, groups: groups, outcome: o, Pairs: []Pair{}, Curves: []CurvePair{}, Networks: []Networks{}}
	if leftOut == nil {
		r.LeftOut = []string{}
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	for _, g := range groups {
		s := Summary{Variant: *g.Variant}
		values := g.values(o)
		for i, run := range g.Runs {
			s.Seeds, s.Folders, s.Values = append(s.Seeds, run.Seed), append(s.Folders, string(run.Folder)), append(s.Values, num(values[i]))
			if run.Diverged {
				s.Diverged = append(s.Diverged, run.Seed)
			}
			s.Slice = run.Test.Slices[len(run.Test.Slices)-1].Slice
		}
		mean, low, high, _ := analysis.MeanInterval(values)
		s.Mean, s.Low, s.High = num(mean), num(low), num(high)
		r.Variants = append(r.Variants, s)
	}
	r.pairs()
	for i, a := range groups {
		for _, b := range groups[i+1:] {
			r.curves(a, b)
			if err := r.networks(a, b); err != nil {
				return nil, err
			}
		}
	}
	r.say()
	for _, v := range r.Variants {
		if n := len(v.Diverged); n > 0 {
			r.Findings = append(r.Findings, fmt.Sprintf("Of `%s`, training diverged in %d of %s (seeds %s), which count like the others: a lower train.rate, or --tune train.rate=…, makes the comparison one of networks that learnt.",
				v.Name, n, experiments.Counted(len(v.Seeds), "run"), strings.Trim(fmt.Sprint(v.Diverged), "[]")))
		}
	}
	return r, nil
}

// check holds all runs to the images of the first: the same split, and of every
// seed the same images; and each to an outcome that is a number.
func (r *Report) check() error {
	of := map[int]*Run{} // the first of each seed
	for _, g := range r.groups {
		for _, run := range g.Runs {
			if run.Test.Split != r.Split || run.Test.Slices[0].Images != r.Images {
				return fmt.Errorf("%s: tested %d %s images, %s %d %s images; want runs of the same data", run.Folder, run.Test.Slices[0].Images, run.Test.Split, r.groups[0].Runs[0].Folder, r.Images, r.Split)
			}
			if of[run.Seed] == nil {
				of[run.Seed] = run
			}
			if other := of[run.Seed]; other.data != run.data {
				return fmt.Errorf("%s and %s tested different images with one seed, %d; want runs of the same data", other.Folder, run.Folder, run.Seed)
			}
			if math.IsNaN(g.value(run, r.outcome)) {
				return fmt.Errorf("primary: found %q, which %s has not: it was tested at %v, or its answers are not numbers", r.Primary, run.Folder, testedAt(run))
			}
		}
	}
	return nil
}

func testedAt(r *Run) (list []int) {
	for _, s := range r.Test.Slices {
		list = append(list, s.Slice)
	}
	return list
}

// pairs tests the primary outcome of every two variants, Holm over all of them.
func (r *Report) pairs() {
	var p []float64
	m := len(r.groups) * (len(r.groups) - 1) / 2
	r.Enough = statistics.FewestRuns(m, level)
	for i, a := range r.groups {
		for _, b := range r.groups[i+1:] {
			x, y := a.values(r.outcome), b.values(r.outcome)
			d := statistics.Welch(y, x, 1-level)
			all := statistics.Welch(y, x, 1-level/float64(m))
			r.Pairs = append(r.Pairs, Pair{First: a.Name, Second: b.Name, Difference: num(d.Mean), Low: num(d.Low), High: num(d.High),
				AllLow: num(all.Low), AllHigh: num(all.High), T: num(d.T), DF: num(d.DF), P: num(d.P), Runs: [2]int{len(x), len(y)}})
			p = append(p, d.P)
		}
	}
	for i, q := range statistics.Holm(p) {
		r.Pairs[i].Adjusted = num(q)
	}
}

// curves compares accuracy at every slice at which both have an answer.
func (r *Report) curves(a, b *Group) {
	at := map[int]bool{}
	for _, g := range []*Group{a, b} {
		for _, s := range testedAt(g.Runs[0]) {
			at[s] = true
		}
	}
	var slices []int
	for t := range at {
		slices = append(slices, t)
	}
	sort.Ints(slices)
	curve := func(run *Run, g *Group) (list []float64) {
		for _, t := range slices {
			v := math.NaN()
			if s, ok := run.at(t, g.Recurrent); ok && t >= run.Test.Slices[0].Slice {
				v = float64(s.Accuracy)
			}
			list = append(list, v)
		}
		return list
	}
	all := [2][][]float64{}
	for k, g := range []*Group{a, b} {
		for _, run := range g.Runs {
			all[k] = append(all[k], curve(run, g))
		}
	}
	keep := []int{}
	for i := range slices {
		whole := true
		for _, c := range append(append([][]float64{}, all[0]...), all[1]...) {
			whole = whole && !math.IsNaN(c[i])
		}
		if whole {
			keep = append(keep, i)
		}
	}
	if len(keep) == 0 {
		return
	}
	for k := range all {
		for i, c := range all[k] {
			var kept []float64
			for _, at := range keep {
				kept = append(kept, c[at])
			}
			all[k][i] = kept
		}
	}
	test := statistics.MaxStatistic(all[1], all[0], 1)
	c := CurvePair{First: a.Name, Second: b.Name, Ways: test.Ways, Exact: test.Exact}
	for i, at := range keep {
		column := func(rows [][]float64) (list []float64) {
			for _, row := range rows {
				list = append(list, row[i])
			}
			return list
		}
		d := statistics.Welch(column(all[1]), column(all[0]), 1-level)
		c.Slices = append(c.Slices, slices[at])
		c.Difference, c.Low, c.High = append(c.Difference, num(d.Mean)), append(c.Low, num(d.Low)), append(c.High, num(d.High))
		c.P = append(c.P, num(test.P[i]))
	}
	r.Curves = append(r.Curves, c)
}

// draws are how often images are drawn again.
const draws = 2000

// networks compares the networks of the same seed image by image.
func (r *Report) networks(a, b *Group) error {
	for _, x := range a.Runs {
		for _, y := range b.Runs {
			if x.Seed != y.Seed || x.data != y.data {
				continue
			}
			n := Networks{First: a.Name, Second: b.Name, Seed: x.Seed, FirstSlice: a.slice(x, r.outcome), SecondSlice: b.slice(y, r.outcome)}
			if err := n.compare(x, y); err != nil {
				return err
			}
			r.Networks = append(r.Networks, n)
		}
	}
	return nil
}

// compare tests the answers of two runs at their slices.
func (n *Networks) compare(x, y *Run) error {
	a, err := experiments.ReadAnswers(x.Folder, n.FirstSlice)
	if err != nil {
		return err
	}
	b, err := experiments.ReadAnswers(y.Folder, n.SecondSlice)
	if err != nil {
		return err
	}
	if len(a.Right) != len(b.Right) {
		return fmt.Errorf("%s and %s answered %d and %d images; want runs of the same data", x.Folder, y.Folder, len(a.Right), len(b.Right))
	}
	n.Images = len(a.Right)
	n.FirstAlone, n.SecondAlone = a.Alone(b)
	right, loss := make([]float64, n.Images), make([]float64, n.Images)
	lost := 0.0
	for i := range right {
		right[i] = points(b.Right[i]) - points(a.Right[i])
		loss[i] = b.Loss[i] - a.Loss[i]
		lost += loss[i]
	}
	images := float64(n.Images)
	exact, mid := statistics.McNemar(n.FirstAlone, n.SecondAlone)
	low, high := statistics.Bootstrap(right, 1-level, draws, uint64(x.Seed))
	n.Difference, n.Low, n.High = num(100*float64(n.SecondAlone-n.FirstAlone)/images), num(low), num(high)
	n.Exact, n.Mid = num(exact), num(mid)
	n.Loss, n.LossP = num(lost/images), num(statistics.SignFlip(loss, draws-1, uint64(x.Seed)))
	return nil
}

// points is what an answer adds to accuracy, times the images.
func points(right bool) float64 {
	if right {
		return 100
	}
	return 0
}
