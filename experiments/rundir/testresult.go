package rundir

import (
	"fmt"
	"math"
	"slices"
)

// TestResult is test.json: what the trained cortex answers to the test images.
type TestResult struct {
	Format      int      `json:"format"`
	Split       string   `json:"split"` // "test", or "validation" where there are no test images, or where they are left
	Classes     int      `json:"classes"`
	Chance      Number   `json:"chance"` // per cent
	Steps       []Step   `json:"steps"`
	Reestimated []string `json:"reestimated"`               // norm places, as PLACE@STEP, that training never filled and answers depend on
	Recording   []string `json:"reestimated_for_recording"` // such places that only recordings depend on
	Unrecorded  []string `json:"unrecorded"`                // signals without numbers, and why
}

// Check reports what no test writes.
func (t *TestResult) Check() error {
	if !slices.Contains(splits, t.Split) {
		return fmt.Errorf("split: found %q, want train, validation or test", t.Split)
	}
	for i, s := range t.Steps {
		switch {
		case s.Step < 0 || i > 0 && s.Step <= t.Steps[i-1].Step:
			return fmt.Errorf("steps: found step %d at place %d, want rising steps", s.Step, i+1)
		case s.Correct < 0 || s.Correct > s.Images:
			return fmt.Errorf("steps: found %d of %d images right at step %d", s.Correct, s.Images, s.Step)
		}
	}
	return nil
}

// Judged reports whether answers were judged: that of images without labels has no
// accuracy.
func (t *TestResult) Judged() bool { return t != nil && len(t.Steps) > 0 && t.Last().Images > 0 }

// Last is the result at the last step that was tested; of no step it is -1, and
// its numbers are not numbers.
func (t *TestResult) Last() Step {
	if len(t.Steps) == 0 {
		return Step{Step: -1, Accuracy: Number(math.NaN()), Loss: Number(math.NaN())}
	}
	return t.Steps[len(t.Steps)-1]
}
