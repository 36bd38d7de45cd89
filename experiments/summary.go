package experiments

import (
	"fmt"
	"strings"

	"ventral/cortex"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Onsets is a line that says when the image reaches every area.
func Onsets(g *cortex.Graph) string {
	var parts []string
	for i, a := range g.Areas {
		at := "never"
		if t := g.Onset(i); t >= 0 {
			at = fmt.Sprintf("slice %d", t)
		}
		parts = append(parts, a.Name+" "+at)
	}
	return "the image reaches " + strings.Join(parts, ", ")
}

// Outcome is what a run showed, with its controls.
type Outcome struct {
	Format       int      `json:"format"`
	Name         string   `json:"name"`
	Folder       string   `json:"folder"`
	State        string   `json:"state"`
	Parameters   int      `json:"parameters"`
	MultiplyAdds int64    `json:"multiply_adds"` // an image
	Seconds      float64  `json:"training_seconds"`
	Diverged     bool     `json:"diverged"`
	Notes        []string `json:"notes"` // as in Info
	Validated
	Test     *TestResult `json:"test"` // nil before the test
	Controls []Outcome   `json:"controls,omitempty"`
}

// ReadOutcome reads what the run in a folder showed.
func ReadOutcome(dir rundir.Folder) (*Outcome, error) {
	e, info, err := Look(dir)
	if err != nil {
		return nil, err
	}
	o := &Outcome{Format: spec.Format, Name: e.Name, Folder: string(dir), State: info.State, Parameters: info.Parameters, MultiplyAdds: info.MultiplyAdds, Seconds: info.Seconds, Diverged: info.Diverged, Notes: append([]string{}, info.Notes...)}
	if err := Sound(dir, info, rundir.MetricsFile, rundir.TestFile); err != nil {
		return nil, err
	}
	if o.Validated, err = ReadValidated(dir, info); err != nil {
		return nil, err
	}
	if dir.Has(rundir.TestFile) {
		o.Test = &TestResult{}
		if err := dir.ReadJSON(rundir.TestFile, o.Test); err != nil {
			return nil, err
		}
	}
	for _, name := range info.Controls {
		c, err := ReadOutcome(dir.Control(name))
		if err != nil {
			return nil, err
		}
		o.Controls = append(o.Controls, *c)
	}
	return o, nil
}

// String says it in a line for each network.
func (o *Outcome) String() string {
	s := fmt.Sprintf("%s: %s", o.Name, o.State)
	if o.Test != nil {
		s = fmt.Sprintf("%s: %s; %s parameters, %s multiply-adds an image", o.Name, o.Test.sentence(), readable.Grouped(o.Parameters), readable.Short(o.MultiplyAdds))
	}
	for _, n := range o.Notes {
		s += "\nnote: " + n
	}
	for i := range o.Controls {
		s += "\n" + o.Controls[i].String()
	}
	return s
}
