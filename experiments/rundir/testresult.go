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
	Slices      []Slice  `json:"slices"`
	Reestimated []string `json:"reestimated"`               // norm places, as PLACE@SLICE, that training never filled and answers depend on
	Recording   []string `json:"reestimated_for_recording"` // such places that only recordings depend on
	Unrecorded  []string `json:"unrecorded"`                // signals without numbers, and why
}

// Check reports what no test writes.
func (t *TestResult) Check() error {
	if !slices.Contains(splits, t.Split) {
		return fmt.Errorf("split: found %q, want train, validation or test", t.Split)
	}
	for i, s := range t.Slices {
		switch {
		case s.Slice < 0 || i > 0 && s.Slice <= t.Slices[i-1].Slice:
			return fmt.Errorf("slices: found slice %d at place %d, want rising slices", s.Slice, i+1)
		case s.Correct < 0 || s.Correct > s.Images:
			return fmt.Errorf("slices: found %d of %d images right at slice %d", s.Correct, s.Images, s.Slice)
		}
	}
	return nil
}

// Last is the result at the last slice that was tested; of no slice it is -1, and
// its numbers are not numbers.
func (t *TestResult) Last() Slice {
	if len(t.Slices) == 0 {
		return Slice{Slice: -1, Accuracy: Number(math.NaN()), Loss: Number(math.NaN())}
	}
	return t.Slices[len(t.Slices)-1]
}
