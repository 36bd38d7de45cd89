package plots

import (
	"strconv"
	"strings"
	"testing"

	"ventral/cortex/analysis"
)

// The axis of a learning curve has the epochs that were trained, and no others.
func TestLearningHasItsEpochs(t *testing.T) {
	for _, last := range []int{1, 2, 3, 7, 60} {
		var log []analysis.Epoch
		for e := 1; e <= last; e++ {
			log = append(log, analysis.Epoch{Epoch: float64(e), TrainingLoss: 2, ValidationLoss: 2.1, TrainingAccuracy: 30, ValidationAccuracy: 20, Rate: 0.1})
		}
		f, err := Make("learning", Data{Anatomy: blt.anatomy(), Frames: []analysis.Frame{analysis.Learning(log, "loss", 10, "")}})
		if err != nil {
			t.Fatal(err)
		}
		written := 0
		for _, m := range marks(t, f) {
			if v, err := strconv.ParseFloat(strings.ReplaceAll(m.text, "−", "-"), 64); m.kind == "text" && err == nil && m.box.T < 28 && m.box.B > 15 {
				written++
				if v < 1 || v > float64(last) || v != float64(int(v)) {
					t.Errorf("%d epochs: %q on the axis", last, m.text)
				}
			}
		}
		if written < min(last, 2) {
			t.Errorf("%d epochs: %d numbers on the axes", last, written)
		}
	}
}
