package report

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/decode"
	"ventral/experiments/rundir"
)

// Run is what a folder says of a run by now.
type Run struct {
	Dir        rundir.Folder
	Info       *rundir.Info
	Experiment string             // the resolved experiment
	Anatomy    *recording.Anatomy // nil before it is written
	Epochs     []rundir.Epoch
	Test       *rundir.TestResult // nil before the test
	Frames     []analysis.Frame   // of the analyses, empty before these are made
	Stale      []string           // analyses that were made of other recordings than are there now

	settings map[string]string // of Experiment, by key
	tables   []frameTable      // of Frames, in their order
	label    string            // the name beside other networks
}

// Read reads the folder of a run. Results that are not what the run wrote are a
// *rundir.Damaged.
func Read(dir rundir.Folder) (*Run, error) {
	r, err := read(dir)
	if err == nil && r.Test != nil {
		r.Frames, r.Stale, err = readAnalyses(r)
	}
	return r, err
}

// read is Read without the analyses.
func read(dir rundir.Folder) (*Run, error) {
	text, info, err := rundir.ReadExperiment(dir)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: dir, Info: info, Experiment: text, settings: decode.Settings(text), label: info.Name}
	if info.Condition != nil {
		r.label = info.Condition.Name
	}
	if err := rundir.Sound(dir, info, rundir.MetricsFile, rundir.TestFile, rundir.AnatomyFile); err != nil {
		return nil, err
	}
	if r.Epochs, err = rundir.ReadMetrics(dir); err != nil {
		return nil, err
	}
	if r.Anatomy, err = readAnatomy(dir); err != nil {
		return nil, err
	}
	if !dir.Has(rundir.TestFile) {
		return r, nil
	}
	r.Test = &rundir.TestResult{}
	return r, dir.ReadJSON(rundir.TestFile, r.Test)
}

// ReadTested is Read of a run that has test results; one that has none is an error
// that says how the run stands.
func ReadTested(dir rundir.Folder) (*Run, error) {
	r, err := readTested(dir)
	if err != nil {
		return nil, err
	}
	if r.Frames, r.Stale, err = readAnalyses(r); err != nil {
		return nil, err
	}
	return r, answered(r)
}

// readTested is ReadTested without the analyses.
func readTested(dir rundir.Folder) (*Run, error) {
	r, err := read(dir)
	switch {
	case err != nil:
		return nil, err
	case r.Test == nil:
		s, err := rundir.ReadState(dir)
		if err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%s: has no test results yet; it is %s%s", dir, rundir.StateText(s.State, s.Unsure), goesOnBy(string(dir), s.State, s.Unsure))
	case r.Anatomy == nil:
		return nil, &rundir.Damaged{Path: dir.Path(rundir.AnatomyFile), Err: errors.New("is missing; " + rundir.Again(dir) + " makes the run again")}
	}
	return r, nil
}

// answered makes the default analyses of a run's answers where the run has no
// frames at all: its process was killed before it made them.
func answered(r *Run) (err error) {
	if len(r.Frames) > 0 {
		return nil
	}
	var list []analysis.Request
	for _, q := range analysis.Defaults() {
		if !slices.ContainsFunc(q.Settings.Needs(), func(n analysis.Need) bool { return n.Of != analysis.Answers }) {
			list = append(list, q)
		}
	}
	r.Frames, err = analysis.Run(&source{r, "", map[string]string{}}, list)
	return err
}

// ReadEpochs reads the metrics of a run.
func ReadEpochs(dir rundir.Folder) ([]rundir.Epoch, error) {
	var info rundir.Info
	if err := dir.ReadJSON(rundir.InfoFile, &info); err != nil {
		return nil, err
	}
	if err := rundir.Sound(dir, &info, rundir.MetricsFile); err != nil {
		return nil, err
	}
	return rundir.ReadMetrics(dir)
}

// readAnatomy reads that of a run; nil where there is none yet.
func readAnatomy(dir rundir.Folder) (*recording.Anatomy, error) {
	file, _, err := dir.Open(rundir.AnatomyFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, &rundir.Damaged{Path: dir.Path(rundir.AnatomyFile), Err: err}
	}
	defer file.Close()
	a, err := recording.ReadAnatomy(file)
	if err != nil {
		return nil, &rundir.Damaged{Path: file.Name(), Err: err}
	}
	return a, nil
}

// beside reads the controls of a run that are tested, to be drawn with it; of a
// condition, the run itself.
func beside(r *Run) (controls []*Run, err error) {
	if r.Info.Condition != nil {
		return intact(r)
	}
	for _, name := range r.Info.Controls {
		dir := r.Dir.Control(name)
		if !dir.IsRun() {
			continue
		}
		c, err := Read(dir)
		if err != nil {
			return nil, err
		}
		if c.label = name; c.Test != nil && c.Anatomy != nil {
			controls = append(controls, c)
		}
	}
	return controls, nil
}

// intact reads the run that a condition is of, as it was tested by itself.
func intact(r *Run) ([]*Run, error) {
	dir := rundir.OfCondition(r.Dir)
	if !dir.IsRun() {
		return nil, nil // the folder of the condition was copied alone
	}
	x, err := Read(dir)
	if err != nil || x.Test == nil || x.Anatomy == nil {
		return nil, err
	}
	x.label = "intact"
	return []*Run{x}, nil
}

// sigmoid reports whether every class has a unit of its own that is true or not,
// rather than one class being true.
func (r *Run) sigmoid() bool { return r.settings["readout.loss"] == "sigmoid" }

// AllFrames are the frames of the analyses, after that of the learning curves.
func (r *Run) AllFrames() []analysis.Frame {
	var frames []analysis.Frame
	if len(r.Epochs) > 0 {
		frames = append(frames, learning(r))
	}
	return append(frames, r.Frames...)
}
