package compare

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"ventral/cortex/analysis"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/plots/page"
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
	Curves   []CurvePair `json:"exploratory"` // accuracy over steps
	Networks []Networks  `json:"networks"`    // two networks on the same images

	// Analyses compares what the analyses of the runs give: exploratory, too.
	Analyses []AnalysisPair `json:"analyses"`

	// Provenance is what it takes to get the same numbers again.
	Provenance []page.Fact `json:"provenance"`

	groups   []*Group
	outcome  outcome // of Primary
	analysed []*analysed
}

// num is a number of JSON, null where there is none.
type num = rundir.Number

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
	Step     int   `json:"last_step"`
}

// NewReport makes the tests of groups of runs.
func NewReport(name, primary string, groups []*Group, leftOut []string) (*Report, error) {
	o, err := parseOutcome(primary)
	if err != nil {
		return nil, err
	}
	first := groups[0].Runs[0].Test
	r := &Report{Format: spec.Format, Name: name, Split: first.Split, Images: first.Steps[0].Images, Chance: num(first.Chance), Primary: primary, Unit: o.unit(),
		LeftOut: leftOut, Looks: []int{}, groups: groups, outcome: o, Curves: []CurvePair{}, Networks: []Networks{}, Analyses: []AnalysisPair{}}
	if leftOut == nil {
		r.LeftOut = []string{}
	}
	if err := comparable(groups, o, primary); err != nil {
		return nil, err
	}
	for _, g := range groups {
		r.Variants = append(r.Variants, newSummary(g, o))
	}
	r.Pairs, r.Enough = comparePairs(groups, o)
	for i, a := range groups {
		for _, b := range groups[i+1:] {
			if c, ok := compareCurves(a, b); ok {
				r.Curves = append(r.Curves, c)
			}
			n, err := compareNetworks(a, b, o)
			if err != nil {
				return nil, err
			}
			r.Networks = append(r.Networks, n...)
		}
	}
	for i := range r.Pairs {
		p := &r.Pairs[i]
		p.Verdict, p.Sentence = judge(p, o, primary, len(r.Pairs), r.Enough)
	}
	r.Findings = findings(r)
	return r, nil
}

// newSummary works out the mean outcome of a variant with its interval over runs.
func newSummary(g *Group, o outcome) Summary {
	s := Summary{Variant: *g.Variant}
	values := g.values(o)
	for i, run := range g.Runs {
		s.Seeds, s.Folders, s.Values = append(s.Seeds, run.Seed), append(s.Folders, string(run.Folder)), append(s.Values, num(values[i]))
		if run.Diverged {
			s.Diverged = append(s.Diverged, run.Seed)
		}
		s.Step = run.Test.Steps[len(run.Test.Steps)-1].Step
	}
	mean, low, high, _ := analysis.MeanInterval(values)
	s.Mean, s.Low, s.High = num(mean), num(low), num(high)
	return s
}

// comparable refuses runs that cannot be compared. All runs must have tested the
// same split with the same number of images. Runs of one seed must have tested the
// same images. Every run must have a number for the outcome.
func comparable(groups []*Group, o outcome, primary string) error {
	first := groups[0].Runs[0]
	split, images := first.Test.Split, first.Test.Steps[0].Images
	of := map[int]*Run{} // the first of each seed
	for _, g := range groups {
		for _, run := range g.Runs {
			if run.Test.Split != split || run.Test.Steps[0].Images != images {
				return fmt.Errorf("%s: tested %d %s images, %s %d %s images; want runs of the same data", run.Folder, run.Test.Steps[0].Images, run.Test.Split, first.Folder, images, split)
			}
			if of[run.Seed] == nil {
				of[run.Seed] = run
			}
			if other := of[run.Seed]; other.data != run.data {
				return fmt.Errorf("%s and %s tested different images with one seed, %d; want runs of the same data", other.Folder, run.Folder, run.Seed)
			}
			if math.IsNaN(g.value(run, o)) {
				return fmt.Errorf("primary: found %q, which %s has not: it was tested at %v, or its answers are not numbers", primary, run.Folder, testedAt(run))
			}
		}
	}
	return nil
}

// Print writes the table and the findings.
func (r *Report) Print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	t := variantTable(r)
	fmt.Fprintln(w, strings.Join(t.Columns, "\t"))
	for _, row := range t.Rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	fmt.Fprintln(out)
	for _, v := range r.Variants {
		for _, c := range v.Changes {
			fmt.Fprintf(out, "%s: %s\n", v.Name, c)
		}
	}
	for _, list := range [][]string{r.Findings, r.LeftOut} {
		for _, line := range list {
			fmt.Fprintln(out, line)
		}
	}
	if text := looked(r.Looks); text != "" {
		fmt.Fprintln(out, text)
	}
}
