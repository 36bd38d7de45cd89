package compare

import (
	"strings"
	"testing"
	"time"

	"ventral/experiments/spec"
)

// TestFit reduces a plan in the order that its documentation gives.
func TestFit(t *testing.T) {
	plan := func() *Plan {
		list, err := builtin(t, "debris").Derive("", []string{"feedforward", "adjacent"})
		if err != nil {
			t.Fatal(err)
		}
		c := spec.NewComparison()
		c.Tune = []spec.Candidate{{Key: "train.rate", Values: []string{"0.003", "0.001"}}}
		p, err := NewPlan("x", list, c, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	// A run takes 75 + 6 s and 25 + 6 s: 112 s with each seed.
	seconds := []float64{20, 60}
	for _, c := range []struct {
		budget      time.Duration
		seeds, tune int
		epochs      int
		left        string
	}{
		{time.Hour, 6, 2, 4, ""},
		{1000 * time.Second, 4, 2, 4, "2 of 6 seeds"},
		{500 * time.Second, 4, 0, 4, "tuning of 2 candidates"},
		{250 * time.Second, 4, 0, 2, "2 of 4 epochs"},
		{80 * time.Second, 2, 0, 1, "4 of 6 seeds"},
	} {
		p := plan()
		if err := p.Fit(c.budget, seconds); err != nil {
			t.Fatal(err)
		}
		if len(p.Seeds) != c.seeds || len(candidates(p.Tune)) != c.tune || p.Variants[1].e.Train.Epochs != c.epochs || p.Variants[0].e.Train.Epochs != c.epochs {
			t.Errorf("%s: %d seeds, %d candidates, %d epochs, want %+v; %v", c.budget, len(p.Seeds), len(candidates(p.Tune)), p.Variants[1].e.Train.Epochs, c, p.LeftOut)
		}
		if left := strings.Join(p.LeftOut, "; "); !strings.Contains(left, c.left) || (c.left == "") != (left == "") {
			t.Errorf("%s: left out %q, want %q", c.budget, left, c.left)
		}
		if p.Seconds > c.budget.Seconds() {
			t.Errorf("%s: takes %g s", c.budget, p.Seconds)
		}
	}
	if err := plan().Fit(10*time.Second, seconds); err == nil || !strings.Contains(err.Error(), "with 2 seeds, 1 of 4 epochs and no tuning still") {
		t.Errorf("ten seconds: %v", err)
	}
}
