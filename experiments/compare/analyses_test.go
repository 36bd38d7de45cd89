package compare

import (
	"math"
	"testing"

	"ventral/cortex/analysis"
)

// A frame is compared at each position: the difference of means, and p over all
// positions together.
func TestCompareAnalyses(t *testing.T) {
	f := analysis.Frame{Name: "sparseness", Axes: []analysis.Axis{{Name: "area", Labels: []string{"V1", "IT"}}, {Name: "step", Values: []float64{2, 3}}, {Name: "statistic", Labels: []string{"mean"}}}}
	want := []string{"area=V1 step=2", "area=V1 step=3", "area=IT step=2", "area=IT step=3"}
	got := positionsOf(f.With("run", "1").With("variant", "a"))
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("positions %q", got)
		}
	}
	a := &analysed{frame: f, positions: want[:2], of: [][][]float64{{{1, 5}, {2, 6}, {3, 7}, {2, 6}}, {{2, 16}, {1, 15}, {3, 17}, {2, 16}}}}
	pairs := compareAnalyses([]*Group{{Variant: &Variant{Name: "first"}}, {Variant: &Variant{Name: "second"}}}, []*analysed{a})
	if len(pairs) != 1 {
		t.Fatalf("%d pairs", len(pairs))
	}
	p := pairs[0]
	if p.Difference[0] != 0 || p.Difference[1] != 10 || p.FirstMean[1] != 6 || p.SecondMean[1] != 16 {
		t.Errorf("got %+v", p)
	}
	// Of 70 divisions of eight runs two reach the largest difference, one each way.
	if math.Abs(float64(p.P[1])-2.0/70) > 1e-12 || float64(p.P[0]) < 0.5 || !p.Exact {
		t.Errorf("p %v of %d divisions", p.P, p.Ways)
	}
}
