package rundir

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
func ReadOutcome(dir Folder) (*Outcome, error) {
	_, info, err := ReadExperiment(dir)
	if err != nil {
		return nil, err
	}
	o := &Outcome{Format: Format, Name: info.Name, Folder: string(dir), State: info.State, Parameters: info.Parameters, MultiplyAdds: info.MultiplyAdds, Seconds: info.Seconds, Diverged: info.Diverged, Notes: append([]string{}, info.Notes...)}
	if err := Sound(dir, info, MetricsFile, TestFile); err != nil {
		return nil, err
	}
	if o.Validated, err = ReadValidated(dir, info); err != nil {
		return nil, err
	}
	if dir.Has(TestFile) {
		o.Test = &TestResult{}
		if err := dir.ReadJSON(TestFile, o.Test); err != nil {
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
