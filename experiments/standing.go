package experiments

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
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
func ReadStanding(dir rundir.Folder) (*Standing, error) {
	e, _, err := Look(dir)
	if err != nil {
		return nil, err
	}
	x, err := ReadStand(dir)
	if err != nil {
		return nil, err
	}
	info := x.Info
	s := &Standing{Format: spec.Format, Folder: string(dir), About: e.About, State: x.State, Unsure: x.Unsure, Info: info, Checkpoints: []Checkpoint{}}
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
		_, experiment, err := readCheckpoint(dir, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			c.Damage = strings.TrimPrefix(err.Error(), dir.Path(name)+": ")
		case experiment != info.Experiment:
			c.Damage = ofAnother
		}
		s.Checkpoints = append(s.Checkpoints, c)
	}
	if err := Sound(dir, info, rundir.MetricsFile, rundir.TestFile); err != nil {
		return nil, err
	}
	if dir.Has(rundir.TestFile) {
		s.Test = &TestResult{}
		if err := dir.ReadJSON(rundir.TestFile, s.Test); err != nil {
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

// String says it line by line.
func (s *Standing) String() string {
	var b strings.Builder
	i := s.Info
	line := func(label, format string, a ...any) {
		fmt.Fprintf(&b, "%-15s %s\n", label, fmt.Sprintf(format, a...))
	}
	line("run", "%s, seed %d, in %s", i.Name, i.Seed, s.Folder)
	if s.About != "" {
		line("about", "%s", s.About)
	}
	line("state", "%s%s; %d of %s, step %d, %s of training", StateText(s.State, s.Unsure), s.next(), i.EpochsDone, readable.Counted(i.Epochs, "epoch"), i.Step, time.Duration(i.Seconds*float64(time.Second)).Round(time.Second))
	if i.Error != "" {
		line("error", "%s", i.Error)
	}
	line("size", "%s parameters, %s multiply-adds an image", readable.Grouped(i.Parameters), readable.Short(i.MultiplyAdds))
	line("program", "cortex %s, %s, %s/%s; engine %s, kernel %s, %s, %s", i.Version, i.Go, i.OS, i.Arch, i.Engine, i.Kernel, readable.Counted(i.Threads, "thread"), i.Precision)
	line("command", "%s", strings.Join(i.Command, " "))
	line("begun", "%s", i.Started.Format(time.RFC3339))
	for _, r := range i.Resumed {
		line("resumed", "%s at step %d%s", r.Time.Format(time.RFC3339), r.Step, r.changes(i))
	}
	line("experiment", "SHA-256 %s", i.Experiment)
	for _, name := range slices.Sorted(maps.Keys(i.Data)) {
		line("data "+name, "SHA-256 %s", i.Data[name])
	}
	for _, c := range s.Checkpoints {
		best := ""
		if c.Best {
			best = ", the best on validation"
		}
		damage := ""
		if c.Damage != "" {
			damage = "; damaged, nothing goes on from it: " + c.Damage
		}
		line("checkpoint", "%s, %s bytes%s%s", filepath.Base(c.File), readable.Grouped(int(c.Bytes)), best, damage)
	}
	if i.Best != nil {
		line("best", "epoch %d: %.1f %% of validation images, loss %.4f", i.Best.Epoch, float64(i.Best.ValidationAccuracy), float64(i.Best.ValidationLoss))
	}
	for _, n := range i.Notes {
		line("note", "%s", n)
	}
	if s.Test != nil {
		line("test", "%s", s.Test.sentence())
		for _, x := range s.Test.Slices {
			line("", "slice %d: %.1f %%, loss %.4f", x.Slice, float64(x.Accuracy), float64(x.Loss))
		}
	}
	if n := len(i.TestRead); n > 1 {
		line("test images", "were read %d times", n)
	}
	for _, c := range s.Controls {
		fmt.Fprintf(&b, "\n%s", c)
	}
	return b.String()
}

// next says how a run that is not finished goes on.
func (s *Standing) next() string {
	if s.Unsure {
		return fmt.Sprintf(", its process may have been killed (if nobody works there, cortex run %s --resume goes on)", s.Folder)
	}
	switch s.State {
	case Stopped, Interrupted, Failed:
		return fmt.Sprintf(" (cortex run %s --resume goes on)", s.Folder)
	}
	return ""
}
