package report

import (
	"fmt"
	"strings"

	"ventral/experiments/rundir"
)

// Contrast is a difference of conditions over the same images, as in "intact - cut".
type Contrast struct{ Name, Of string }

// ConditionTable is the accuracy of a trained cortex at each step, in several
// conditions.
type ConditionTable struct {
	Rows []ConditionRow `json:"conditions"`
}

// ConditionRow is one condition.
type ConditionRow struct {
	Name  string        `json:"name"`
	Steps []rundir.Step `json:"steps"`
}

// Conditions reads the results of conditions of a run.
func Conditions(dir rundir.Folder, there []rundir.Folder, contrasts []Contrast, draw bool) (*ConditionTable, error) {
	t := &ConditionTable{}
	for _, f := range there {
		s, err := rundir.ReadStatus(f, false)
		if err != nil {
			return nil, err
		}
		row := ConditionRow{Name: s.Info.Condition.Name}
		if s.Test != nil {
			row.Steps = s.Test.Steps
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// Text writes the accuracy at the last step of each condition.
func (t *ConditionTable) Text() string {
	var b strings.Builder
	for _, r := range t.Rows {
		if n := len(r.Steps); n > 0 {
			fmt.Fprintf(&b, "%s: %.1f %% at step %d\n", r.Name, float64(r.Steps[n-1].Accuracy), r.Steps[n-1].Step)
		}
	}
	return b.String()
}
