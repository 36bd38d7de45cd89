package rundir

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"ventral/experiments/decode"
)

// Standing is how a run stands: what it is, where it comes from, what there is
// to go on from, and what it showed.
type Standing struct {
	Format      int          `json:"format"`
	Folder      string       `json:"folder"`
	About       string       `json:"about,omitempty"`
	State       string       `json:"state"`            // that of Info, or "stopped"
	Unsure      bool         `json:"unsure,omitempty"` // as in Stand
	Info        *Info        `json:"run"`
	Checkpoints []Checkpoint `json:"checkpoints"`
	Test        *TestResult  `json:"test"` // nil before the test
	Controls    []*Standing  `json:"controls,omitempty"`
}

// Checkpoint is a file that a run can go on from.
type Checkpoint struct {
	File  string    `json:"file"`
	Bytes int64     `json:"bytes"`
	Time  time.Time `json:"time"`
	Best  bool      `json:"best"` // on validation

	Damage string `json:"damage,omitempty"` // why nothing can go on from it; "" where it is whole
}

// ReadStanding reads how the run in a folder stands, its checkpoints with all
// their numbers.
func ReadStanding(dir Folder) (*Standing, error) {
	text, _, err := ReadExperiment(dir)
	if err != nil {
		return nil, err
	}
	x, err := ReadStand(dir)
	if err != nil {
		return nil, err
	}
	info := x.Info
	s := &Standing{Format: Format, Folder: string(dir), About: decode.Settings(text)["about"], State: x.State, Unsure: x.Unsure, Info: info, Checkpoints: []Checkpoint{}}
	names, err := checkpointsOf(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		i, err := os.Stat(dir.Path(name))
		if err != nil {
			continue // a run in progress has removed it
		}
		c := Checkpoint{File: name, Bytes: i.Size(), Time: i.ModTime(), Best: info.Best != nil && info.Best.File == name}
		_, experiment, err := ReadCheckpoint(dir, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			c.Damage = strings.TrimPrefix(err.Error(), dir.Path(name)+": ")
		case experiment != info.Experiment:
			c.Damage = OfAnother
		}
		s.Checkpoints = append(s.Checkpoints, c)
	}
	if err := Sound(dir, info, MetricsFile, TestFile); err != nil {
		return nil, err
	}
	if dir.Has(TestFile) {
		s.Test = &TestResult{}
		if err := dir.ReadJSON(TestFile, s.Test); err != nil {
			return nil, err
		}
	}
	for _, name := range info.Controls {
		c, err := ReadStanding(dir.Control(name))
		if err != nil {
			return nil, err
		}
		s.Controls = append(s.Controls, c)
	}
	return s, nil
}
