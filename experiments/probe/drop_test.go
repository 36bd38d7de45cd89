package probe

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
)

// What is right without an update is that of a NumPy model in float64.
func TestDropAgreesWithNumPy(t *testing.T) {
	s, m := twoAreas(t), readModel(t)
	frames := measure(t, s, &Drop{Step: -1})
	agreeByNode(t, frames["right"], m.Right, 0)
	changed := 0
	for i, w := range m.All {
		agree(t, "right with all", frames["right with all"].At(i), &w, 0)
		for step, x := range m.Without[i] {
			agree(t, "right without a step", frames["right without a step"].At(step, i), x, 0)
			if x != nil && *x != w {
				changed++
			}
		}
	}
	if changed == 0 {
		t.Error("no update that is left out changes whether an answer is right: nothing is compared")
	}
}

// An update that the answer does not read changes nothing, and one that is none, nothing.
func TestDropOfWhatIsNotRead(t *testing.T) {
	frames := measure(t, twoAreas(t), &Drop{Step: 2})
	right, all := frames["right"], frames["right with all"]
	for i := range all.Data {
		if right.At(0, 2, i) != all.Data[i] {
			t.Errorf("image %d: A at step 2 is read by no answer at step 2", i)
		}
		for step := 3; step < 6; step++ {
			if v := right.At(0, step, i); !math.IsNaN(v) {
				t.Errorf("image %d: %v without an update at step %d, after the answer", i, v, step)
			}
		}
	}
	frames = measure(t, still(t, 1), &Drop{Step: -1})
	for i, v := range frames["right without a step"].Data {
		if w := frames["right with all"].Data[i%2]; v != w && !math.IsNaN(v) {
			t.Errorf("without an update that changes nothing: %v, want %v", v, w)
		}
	}
}

func TestDropWronglyAsked(t *testing.T) {
	if _, err := (&Drop{Step: 0}).Measure(context.Background(), twoAreas(t)); err == nil || !strings.Contains(err.Error(), "step: found 0, want one of the tested steps 1,2,3,4,5") {
		t.Errorf("a step that is not tested: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := (&Drop{Step: -1}).Measure(ctx, twoAreas(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
