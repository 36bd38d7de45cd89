package compare

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// TestRequest: a request with more seeds goes on with one that differs in nothing
// else; of any other it is said what differs.
func TestRequest(t *testing.T) {
	variants := []requested{{"a", "x", "."}, {"b", "y", "."}}
	ask := func(seeds int, budget time.Duration, change ...func(*spec.Comparison)) request {
		c := spec.NewComparison()
		c.Seeds = seeds
		for _, f := range change {
			f(&c)
		}
		return request{variants, c, budget}
	}
	tuned := func(n int, values ...string) func(*spec.Comparison) {
		return func(c *spec.Comparison) {
			c.TuneSeeds, c.Tune = n, []spec.Candidate{{Key: "train.rate", Values: values}}
		}
	}
	matched := func(c *spec.Comparison) { c.Match = spec.NewMatch() }
	for _, c := range []struct {
		name    string
		is, was request
		leftOut bool
		more    int
		want    string // "": goes on
	}{
		{"the same", ask(3, 0), ask(3, 0), false, 0, ""},
		{"more seeds", ask(6, 0), ask(3, 0), false, 3, ""},
		{"fewer seeds", ask(3, 0), ask(6, 0), false, 0, "it has 6 seeds, these are 3"},
		{"the same budget", ask(6, time.Minute), ask(6, time.Minute), true, 0, ""},
		{"more seeds in the same budget", ask(6, time.Minute), ask(3, time.Minute), false, 0, "seeds are 6 here, were 3, of a plan that was fitted to 1m0s"},
		{"more time, where something was left out", ask(6, 0), ask(6, time.Minute), true, 0, "budget is none here, was 1m0s"},
		{"no budget, where nothing was left out", ask(8, 0), ask(6, time.Minute), false, 2, ""},
		{"a budget", ask(6, time.Minute), ask(6, 0), false, 0, "budget is 1m0s here, was none"},
		{"the same candidates", ask(4, 0, tuned(2, "1", "2")), ask(3, 0, tuned(2, "1", "2")), false, 1, ""},
		{"other candidates", ask(3, 0, tuned(2, "1", "3")), ask(3, 0, tuned(2, "1", "2")), false, 0, "tune is train.rate=1,3 here, was train.rate=1,2"},
		{"other seeds of candidates", ask(3, 0, tuned(1, "1", "2")), ask(3, 0, tuned(2, "1", "2")), false, 0, "tune_seeds is 1 here, was 2"},
		{"seeds of no candidates", ask(3, 0, func(c *spec.Comparison) { c.TuneSeeds = 5 }), ask(3, 0), false, 0, ""},
		{"matched", ask(3, 0, matched), ask(3, 0), false, 0, "match is parameters of the first by channels here, was none"},
		{"other variants", ask(3, 0), request{variants[:1], spec.NewComparison(), 0}, false, 0, "its variants are a, these are a, b"},
		{"another folder", ask(3, 0), request{[]requested{variants[0], {"b", "y", "sub"}}, spec.NewComparison(), 0}, false, 0, "paths of b start from sub there, from . here"},
	} {
		more, err := c.is.adds(c.was, c.leftOut)
		if more != c.more || (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %d, %v; want %d, %q", c.name, more, err, c.more, c.want)
		}
	}
}

// TestLooks: a report that was made counts as a look, with the runs that it was
// made of; seeds that were asked for and never reported do not.
func TestLooks(t *testing.T) {
	dir := rundir.Folder(t.TempDir())
	plan := func(seeds int) *Plan {
		t.Helper()
		list, err := builtin(t, "debris").Derive("", []string{"feedforward", "adjacent"})
		if err != nil {
			t.Fatal(err)
		}
		c := spec.NewComparison()
		c.Seeds = seeds
		p, err := NewPlan("x", list, c, 0)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if err := plan(6).Write(dir); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		report, asked int // 0: interrupted before a report
		want          string
	}{{6, 12, "[6]"}, {0, 18, "[6]"}, {18, 20, "[6 18]"}, {0, 24, "[6 18]"}} {
		if x.report > 0 {
			r := Report{Variants: []Summary{{Seeds: make([]int, x.report)}}}
			if err := dir.WriteJSON(reportFile, r); err != nil {
				t.Fatal(err)
			}
		}
		p, err := plan(x.asked).Kept(dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(p.Looks); got != x.want {
			t.Errorf("%d seeds after a report of %d: looks %s, want %s", x.asked, x.report, got, x.want)
		}
		if err := p.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
}
