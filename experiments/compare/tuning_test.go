package compare

import (
	"errors"
	"math"
	"strings"
	"testing"

	"ventral/experiments/spec"
)

// TestChoose takes the candidate with the best mean validation accuracy, each
// variant its own, all from the same candidates and seeds.
func TestChoose(t *testing.T) {
	list, err := builtin(t, "debris").Derive("", []string{"feedforward", "adjacent"})
	if err != nil {
		t.Fatal(err)
	}
	c := spec.NewComparison()
	c.Tune = []spec.Candidate{{Key: "train.rate", Values: []string{"0.1", "0.03", "0.01"}}}
	p, err := NewPlan("x", list, c, 0)
	if err != nil {
		t.Fatal(err)
	}
	items, err := p.tuning()
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != 2*3*2 || items[0].Experiment.Seed != 1001 || items[6].Experiment.Seed != 1001 || items[0].Labels["train.rate"] != "0.1" {
		t.Fatalf("%d items, the first with seed %d and %v", len(items), items[0].Experiment.Seed, items[0].Labels)
	}
	for _, x := range items {
		if !x.LeaveTest || x.Experiment.Record.Split != "validation" {
			t.Errorf("%v: reads test images", x.Labels)
		}
	}
	valid := []float64{50, 60, 58, 56, 40, 40, math.NaN(), 99, 70, 70, 71, 71}
	if err := p.choose(func(i int) (float64, error) { return valid[i], nil }); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true} {
		last := p.Variants[i].Changes[len(p.Variants[i].Changes)-1]
		if got := strings.HasSuffix(last, "it is the least train.rate tried, a better one may lie beyond"); got != want {
			t.Errorf("%s: told that the choice is at the edge: %v, want %v: %s", p.Variants[i].Name, got, want, last)
		}
	}
	for i, want := range []float64{0.03, 0.01} {
		if got := p.Variants[i].e.Train.Rate; got != want {
			t.Errorf("%s: rate %g, want %g; %v", p.Variants[i].Name, got, want, p.Variants[i].Changes)
		}
	}
	valid = []float64{0.1, 0.2, 0.2, 0.1, 0, 0, 1, 1, 2, 2, 2, 1}
	if err := p.choose(func(i int) (float64, error) { return valid[i], nil }); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"; tied with train.rate=0.03, the first of them was taken; it is the largest", ""} {
		last := p.Variants[i].Changes[len(p.Variants[i].Changes)-1]
		if strings.Contains(last, "tied") != (want != "") || !strings.Contains(last, want) {
			t.Errorf("%s: want %q: %s", p.Variants[i].Name, want, last)
		}
	}
	for _, values := range [][]string{{"0.1"}, {"0.1", "0.03"}} { // every choice is the least or the largest
		tune := []spec.Candidate{{Key: "train.rate", Values: values}}
		if got := edges(tune, map[string]string{"train.rate": "0.1"}); got != "" {
			t.Errorf("of %v: %q", values, got)
		}
	}
	if err := p.choose(func(int) (float64, error) { return 0, errors.New("no metrics") }); err == nil {
		t.Error("a run without metrics is chosen")
	}
}
