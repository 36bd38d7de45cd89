package rundir

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"ventral/experiments/decode"
)

// Stopped is how a run is called whose file says that it is running, while no
// process works on it: it was killed, and can go on.
const Stopped = "stopped"

// Status is how a run stands: by run.json and its lock together, by what there is to
// go on from, and by what it showed.
type Status struct {
	Format int    `json:"format"`
	Folder string `json:"folder"`
	About  string `json:"about,omitempty"`
	State  string `json:"state"` // that of Info, or Stopped
	InUse  bool   `json:"-"`     // a process holds the lock

	// Unsure is that it is called running by run.json alone, since the file system
	// has no locks to tell: its process may have been killed.
	Unsure bool  `json:"unsure,omitempty"`
	Info   *Info `json:"run"`
	Validated
	Test        *TestResult  `json:"test"`               // nil before the test
	Recorded    int          `json:"recorded,omitempty"` // images, of a test that judged none
	Checkpoints []Checkpoint `json:"checkpoints,omitempty"`
	Controls    []*Status    `json:"controls,omitempty"`
}

// ReadState reads how the run in a folder stands by run.json and its lock. What run.json says of a run that
// nobody works on was read while nobody could: a run that ends while it is looked
// at counts as ended.
func ReadState(f Folder) (*Status, error) {
	s := &Status{Format: Format, Folder: string(f), Info: &Info{}}
	if err := f.ReadJSON(InfoFile, s.Info); err != nil {
		return nil, err
	}
	if s.State = s.Info.State; s.State == Finished {
		return s, nil
	}
	BetweenReads()
	lock, err := f.Share()
	if err != nil {
		s.InUse = true
		return s, nil
	}
	defer lock.Release()
	s.Info = &Info{}
	if err := f.ReadJSON(InfoFile, s.Info); err != nil {
		return nil, err
	}
	if s.State = s.Info.State; s.State == Running {
		if s.Unsure = !f.Locks(); !s.Unsure {
			s.State = Stopped
		}
	}
	return s, nil
}

// Held is how a run stands that this process has locked, and has not begun to work
// on.
func (i *Info) Held() string {
	if i.State == Running {
		return Stopped
	}
	return i.State
}

// BetweenReads is told of the moment before the lock is looked at; tests end a run
// there.
var BetweenReads = func() {}

// StateText is a state in words, those of a run that is unsure to be running, too.
func StateText(state string, unsure bool) string {
	if unsure {
		return state + " (no locks here)"
	}
	return state
}

// ReadStatus reads all of how the run in a folder stands, its controls too; with
// checkpoints, also these with all their numbers.
func ReadStatus(dir Folder, checkpoints bool) (*Status, error) {
	text, _, err := ReadExperiment(dir)
	if err != nil {
		return nil, err
	}
	s, err := ReadState(dir)
	if err != nil {
		return nil, err
	}
	s.About = decode.Settings(text)["about"]
	if checkpoints {
		if err := readAllCheckpoints(dir, s); err != nil {
			return nil, err
		}
	}
	if err := Sound(dir, s.Info, MetricsFile, TestFile); err != nil {
		return nil, err
	}
	if s.Validated, err = ReadValidated(dir, s.Info); err != nil {
		return nil, err
	}
	if dir.Has(TestFile) {
		s.Test = &TestResult{}
		if err := dir.ReadJSON(TestFile, s.Test); err != nil {
			return nil, err
		}
		if !s.Test.Judged() {
			if s.Recorded, err = RecordedImages(dir); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range s.Info.Controls {
		c, err := ReadStatus(dir.Control(name), checkpoints)
		if err != nil {
			return nil, err
		}
		s.Controls = append(s.Controls, c)
	}
	return s, nil
}

// readAllCheckpoints reads the checkpoints of a run into its status.
func readAllCheckpoints(dir Folder, s *Status) error {
	names, err := checkpointsOf(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		i, err := os.Stat(dir.Path(name))
		if err != nil {
			continue // a run in progress has removed it
		}
		c := Checkpoint{File: name, Bytes: i.Size(), Time: i.ModTime(), Best: s.Info.Best != nil && s.Info.Best.File == name}
		_, experiment, err := ReadCheckpoint(dir, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			c.Damage = strings.TrimPrefix(err.Error(), dir.Path(name)+": ")
		case experiment != s.Info.Experiment:
			c.Damage = OfAnother
		}
		s.Checkpoints = append(s.Checkpoints, c)
	}
	return nil
}

// Checkpoint is a file that a run can go on from.
type Checkpoint struct {
	File  string    `json:"file"`
	Bytes int64     `json:"bytes"`
	Time  time.Time `json:"time"`
	Best  bool      `json:"best"` // on validation

	Damage string `json:"damage,omitempty"` // why nothing can go on from it; "" where it is whole
}
