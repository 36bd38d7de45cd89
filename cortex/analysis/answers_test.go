package analysis

import (
	"math"
	"testing"
)

// Every fate is told from right and wrong at each step.
func TestFates(t *testing.T) {
	n := math.NaN()
	for _, c := range []struct {
		right  []float64
		fate   string
		solved int
	}{
		{[]float64{n, 1, 1, 1}, "early", 1},
		{[]float64{n, 0, 1, 1}, "late", 2},
		{[]float64{n, 1, 0, 1}, "regained", 3},
		{[]float64{n, 0, 1, 0}, "lost", 4},
		{[]float64{n, 1, 1, 0}, "lost", 4},
		{[]float64{n, 0, 0, 0}, "never", 4},
	} {
		if got := fates[fateOf(c.right)]; got != c.fate || solvedAt(c.right) != c.solved {
			t.Errorf("%v: %s from %d, want %s from %d", c.right, got, solvedAt(c.right), c.fate, c.solved)
		}
	}
	if fateOf([]float64{n, n}) != -1 {
		t.Error("no answers have a fate")
	}
}

func TestAnswered(t *testing.T) {
	ln := func(x float64) float32 { return float32(math.Log(x)) }
	a := begin(&Answered{Bins: 4}, "cat", "dog")
	// Confidences 0.9 (right) and 0.6 (wrong) at step 1, 0.7 and 0.7 (both right) at step 2.
	b := whole("", []int{0, 1, 2}, [3]int{1, 1, 2}, []int{5, 6}, []float32{nan, nan, ln(9), 0, ln(7. / 3), 0, nan, nan, ln(1.5), 0, 0, ln(7. / 3)})
	b.Labels = []int{0, 1}
	if err := a.Add(b); err != nil {
		t.Fatal(err)
	}
	f := frame(t, a, "fate")
	check(t, "fates", f.Column("mean"), []float64{50, 50, 0, 0, 0})
	check(t, "solved", frame(t, a, "solved by step").Column("mean"), []float64{math.NaN(), 50, 100})
	c := frame(t, a, "calibration")
	// Bins of a quarter: 0.9 is in the last, 0.6 and 0.7 in the one before.
	check(t, "n", c.Column("n"), []float64{0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 2, 0})
	got := frame(t, a, "calibration error").Column("mean")
	if math.Abs(got[1]-(0.6+0.1)/2) > 1e-6 || math.Abs(got[2]-0.3) > 1e-6 {
		t.Errorf("errors %v", got)
	}
	check(t, "by image", frame(t, a, "correct by image").Data, []float64{math.NaN(), math.NaN(), 100, 0, 100, 100})
}
