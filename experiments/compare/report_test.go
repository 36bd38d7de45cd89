package compare

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/experiments/statistics"
)

// accuracies makes groups of runs whose accuracies at steps 3 and 4 are given
// for the last step and two points less before.
func accuracies(t *testing.T, names []string, values ...[]float64) []*Group {
	t.Helper()
	list, err := builtin(t, "debris").Derive("", names)
	if err != nil {
		t.Fatal(err)
	}
	var groups []*Group
	for i, v := range list {
		g := &Group{Variant: v}
		for k, a := range values[i] {
			step := func(at int, a float64) rundir.Step {
				return rundir.Step{Step: at, Images: 1000, Correct: int(10 * a), Accuracy: num(a), Loss: num(1 - a/100)}
			}
			// Seeds differ between groups, so that no images are read.
			g.Runs = append(g.Runs, &Run{Folder: rundir.Folder(fmt.Sprintf("%s-%d", v.Name, k)), Seed: 100*i + k,
				Test: &rundir.TestResult{Split: "test", Chance: 10, Steps: []rundir.Step{step(3, a-2), step(4, a)}}})
		}
		groups = append(groups, g)
	}
	return groups
}

var six = []float64{71.2, 70.1, 72.4, 71.9, 70.8, 71.5}

func shifted(by float64) (list []float64) {
	for i, v := range six {
		list = append(list, v+by+0.1*float64(i%3))
	}
	return list
}

// scipy reads what testdata/reference.py of package statistics made of the pairs
// of each case: SciPy's ttest_ind(equal_var=False), and Holm's p values of them.
func scipy(t *testing.T) map[string][]Pair {
	t.Helper()
	text, err := os.ReadFile("../statistics/testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct{ Comparisons map[string][]Pair }
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	return ref.Comparisons
}

// numbers are those of a pair that SciPy gives, too.
func (p Pair) numbers() map[string]num {
	return map[string]num{"difference": p.Difference, "t": p.T, "df": p.DF, "p": p.P, "low": p.Low, "high": p.High,
		"simultaneous low": p.AllLow, "simultaneous high": p.AllHigh, "Holm's p": p.Adjusted}
}

// TestSentences holds what is said to the numbers: a claim names n, unit and
// family, and is made by the adjusted p value alone. The numbers of all cases but
// that of one run, which has none, are held to those of SciPy.
func TestSentences(t *testing.T) {
	ref := scipy(t)
	names := []string{"full", "adjacent", "feedforward"}
	for _, c := range []struct {
		name, primary string
		values        [][]float64
		want          []string // of each pair
		verdicts      string
	}{
		{"told and not told", "accuracy@last", [][]float64{six, shifted(-0.2), shifted(-5)}, []string{
			"`full` and `adjacent` are not told apart: `adjacent` − `full` is -0.1 points [-1.2, 1.0] in accuracy@last, 6 runs each, Holm over 3 pairs (p = 0.84",
			"`full` beats `feedforward` by 4.9 points [3.8, 6.0] in accuracy@last, 6 runs each, Holm over 3 pairs (p < 0.0001; the interval is Welch's 95 % for this pair alone).",
			"`adjacent` beats `feedforward` by 4.8 points",
		}, "not told, worse, worse"},
		{"error is better low", "error@4", [][]float64{six, shifted(-0.2), shifted(-5)}, []string{
			"not told", "`full` beats `feedforward` by 4.9 points [3.8, 6.0] in error@4", "`adjacent` beats",
		}, "not told, worse, worse"},
		{"the second is better", "accuracy@last", [][]float64{shifted(-5), six, six}, []string{
			"`adjacent` beats `full` by 4.9 points [3.8, 6.0]", "`feedforward` beats `full`", "`adjacent` and `feedforward` are not told apart: `feedforward` − `adjacent` is 0.0 points",
		}, "better, better, not told"},
		{"three runs", "accuracy@last", [][]float64{six[:3], six[3:], shifted(-30)[:3]}, []string{
			"Too few runs to tell `full` from `adjacent`: 3 runs each, `adjacent` − `full` is 0.2 points [", "5 runs of each could reach 5 % (Holm over 3 pairs).", "Too few",
		}, "too few, too few, too few"},
		{"one run", "accuracy@last", [][]float64{six[:1], six[1:2], six[2:3]}, []string{
			"Too few runs to tell `full` from `adjacent`: 1 run each, `adjacent` − `full` is -1.1 points in accuracy@last; 5 runs", "Too few", "Too few",
		}, "too few, too few, too few"},
		{"no spread", "accuracy@last", [][]float64{{70, 70, 70, 70, 70}, {71, 71, 71, 71, 71}, six}, []string{
			"cannot be told apart: the runs of each do not differ", "`feedforward` beats `full` by 1.3 points [0.5, 2.2] in accuracy@last, 5 and 6 runs", "not told apart",
		}, "not told, better, not told"},
		{"unequal", "loss@last", [][]float64{six, shifted(-5)[:5], six}, []string{
			"`full` beats `adjacent` by 0.050 nat [0.037, 0.062] in loss@last, 6 and 5 runs, Holm over 3 pairs", "not told apart", "`feedforward` beats `adjacent`",
		}, "worse, not told, better"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := NewReport("x", c.primary, accuracies(t, names, c.values...), nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(ref[c.name]) != len(r.Pairs) && c.name != "one run" {
				t.Fatalf("the reference has %d pairs, want %d", len(ref[c.name]), len(r.Pairs))
			}
			for i, want := range ref[c.name] {
				got := r.Pairs[i].numbers()
				for name, w := range want.numbers() {
					a, b := float64(got[name]), float64(w)
					if !(math.Abs(a-b) <= 1e-9*math.Max(math.Abs(b), 1e-3) || math.IsNaN(a) && math.IsNaN(b)) {
						t.Errorf("pair %d: %s is %.15g, SciPy's %.15g", i, name, a, b)
					}
				}
				if r.Pairs[i].Runs != want.Runs {
					t.Errorf("pair %d: %d runs, the reference is of %d", i, r.Pairs[i].Runs, want.Runs)
				}
			}
			var verdicts []string
			for i, p := range r.Pairs {
				if !strings.Contains(p.Sentence, c.want[i]) {
					t.Errorf("got  %s\nwant %s", p.Sentence, c.want[i])
				}
				verdicts = append(verdicts, p.Verdict)
			}
			if got := strings.Join(verdicts, ", "); got != c.verdicts {
				t.Errorf("got %s, want %s", got, c.verdicts)
			}
		})
	}
}

// TestReportNumbers holds the report's numbers to the tests that give them, and
// intervals to what they claim.
func TestReportNumbers(t *testing.T) {
	groups := accuracies(t, []string{"full", "adjacent", "feedforward"}, six, shifted(-1.2), shifted(-3))
	r, err := NewReport("x", "accuracy@last", groups, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := statistics.Welch(shifted(-1.2), six, 0.95)
	p := r.Pairs[0]
	if float64(p.P) != w.P || float64(p.Low) != w.Low || float64(p.Adjusted) < w.P {
		t.Errorf("got %+v, want %+v", p, w)
	}
	for _, p := range r.Pairs {
		if !(p.AllLow < p.Low && p.High < p.AllHigh) {
			t.Errorf("simultaneous intervals are wider: %+v", p)
		}
	}
	if c := r.Curves[0]; len(c.Steps) != 2 || !c.Exact || c.Ways != 924 || math.Abs(float64(c.Difference[0]-c.Difference[1])) > 1e-9 {
		t.Errorf("curves: %+v", c)
	}
	// Differences have one direction in sentences, tables, frames and files.
	table, frame := pairTable(r).Rows[1], differences(r)[1]
	file := csvTables(r)["pairs.csv"]
	if d := float64(r.Pairs[1].Difference); d > -2.8 || d < -3 || table[0] != "feedforward − full" || table[1] != "-2.9" ||
		frame.Title != "feedforward − full" || math.Abs(frame.At(1, 0)-d) > 1e-9 || file[0][2] != "second_minus_first" || file[2][2] != r.Pairs[1].Difference || r.Pairs[1].Verdict != "worse" {
		t.Errorf("feedforward is 2.9 points below full: %+v, %v, %s %v, %v", r.Pairs[1], table, frame.Title, frame.Data, file[2])
	}
	two, err := NewReport("x", "accuracy@last", accuracies(t, []string{"full", "adjacent"}, six[:2], six[2:4]), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := differences(two)[0]; !math.IsNaN(d.At(0, 1)) || math.IsNaN(d.At(0, 0)) || math.IsNaN(float64(two.Curves[0].Low[0])) || !strings.Contains(d.Note, "No interval") {
		t.Errorf("two runs have a band: %v, %q", d.Data, d.Note)
	}
	other := accuracies(t, []string{"full", "adjacent"}, six, six)
	other[1].Runs[2].Test.Steps[0].Images = 999
	if _, err := NewReport("x", "accuracy@last", other, nil); err == nil || !strings.Contains(err.Error(), "want runs of the same data") {
		t.Errorf("runs of other images: %v", err)
	}
	same := accuracies(t, []string{"full", "adjacent"}, six, six)
	same[1].Runs[0].Seed, same[1].Runs[0].data = same[0].Runs[0].Seed, "test other"
	if _, err := NewReport("x", "accuracy@last", same, nil); err == nil || !strings.Contains(err.Error(), "tested different images with one seed, 0") {
		t.Errorf("one seed and other images: %v", err)
	}
	same = accuracies(t, []string{"full", "adjacent", "feedforward"}, six, six, six)
	same[2].Runs[0].Seed, same[2].Runs[0].data = same[1].Runs[0].Seed, "test other"
	if _, err := NewReport("x", "accuracy@last", same, nil); err == nil || !strings.Contains(err.Error(), "tested different images with one seed, 100") {
		t.Errorf("one seed and other images, neither of the first variant: %v", err)
	}
	if _, err := NewReport("x", "accuracy@9", accuracies(t, []string{"full", "adjacent"}, six, six), nil); err == nil || !strings.Contains(err.Error(), "tested at [3 4]") {
		t.Errorf("a step that was not tested: %v", err)
	}
}

// TestNetworksAtPrimary: two networks are compared at the step of the primary
// outcome, and the sentence names it; one without recurrence at the step of the
// answer that it keeps.
func TestNetworksAtPrimary(t *testing.T) {
	group := func(name string, recurrent bool, at []int, answers ...[]float32) *Group {
		t.Helper()
		dir := finished(t, "float32")
		result := &rundir.TestResult{Split: "test", Chance: 50}
		for _, step := range at {
			result.Steps = append(result.Steps, rundir.Step{Step: step, Images: 4, Accuracy: 50, Loss: 1})
		}
		err := dir.Write("logits.npz", func(w io.Writer) error {
			l, err := recording.CreateLogits(w, recording.Logits{Steps: at, Classes: 2}, []int{0, 1, 2, 3}, []int{0, 0, 0, 0}, nil)
			if err != nil {
				return err
			}
			for _, x := range answers { // of an image, [step, class]
				if err := l.Append(1, x); err != nil {
					return err
				}
			}
			return l.Close()
		})
		if err != nil {
			t.Fatal(err)
		}
		return &Group{Variant: &Variant{Name: name, Recurrent: recurrent}, Runs: []*Run{{Folder: dir, Seed: 1, Test: result}}}
	}
	// Rightly at step 2: all four; at step 3: none.
	a := group("full", true, []int{2, 3}, []float32{1, 0, 0, 1}, []float32{1, 0, 0, 1}, []float32{1, 0, 0, 1}, []float32{1, 0, 0, 1})
	b := group("feedforward", false, []int{1}, []float32{1, 0}, []float32{0, 1}, []float32{0, 1}, []float32{0, 1})
	for primary, want := range map[string]string{
		"accuracy@2":    "These two networks, seed 1, at steps 2 and 1: `full` alone is right on 3 and `feedforward` alone on 0 of 4 images, `feedforward` − `full` is -75.0 points",
		"accuracy@3":    "seed 1, at steps 3 and 1: `full` alone is right on 0 and `feedforward` alone on 1 of 4 images, `feedforward` − `full` is 25.0 points",
		"accuracy@last": "seed 1, at steps 3 and 1: `full` alone is right on 0 and",
	} {
		r, err := NewReport("x", primary, []*Group{a, b}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Findings[len(r.Findings)-1]; !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", primary, got, want)
		}
	}
}

// TestSharedSeed: networks are shown of a seed that every variant has, also where
// the first pair shares an earlier one.
func TestSharedSeed(t *testing.T) {
	groups := accuracies(t, []string{"full", "adjacent", "feedforward"}, six, six, six)
	r, err := NewReport("x", "accuracy@last", groups, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Networks = []Networks{{First: "full", Second: "adjacent", Seed: 1}, {First: "full", Second: "adjacent", Seed: 2}}
	if _, ok := networkTable(r); ok {
		t.Error("a table of a seed that feedforward has not")
	}
	r.Networks = append(r.Networks, Networks{First: "full", Second: "feedforward", Seed: 2}, Networks{First: "adjacent", Second: "feedforward", Seed: 2})
	if table, ok := networkTable(r); !ok || len(table.Rows) != 3 || !strings.Contains(table.Title, "seed 2 ") {
		t.Errorf("want the three pairs of seed 2: %v %v", ok, table)
	}
}
