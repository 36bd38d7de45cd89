package run

import (
	"errors"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Open reads the experiment and the provenance of a run's folder.
func Open(dir rundir.Folder) (*spec.Experiment, *rundir.Info, error) {
	text, info, err := rundir.ReadExperiment(dir)
	if err != nil {
		return nil, nil, err
	}
	e, err := spec.Read(dir.Path(rundir.ExperimentFile), text, spec.Overrides{Auto: info.Precision, Folder: info.Folder, Images: Described(info), Labels: Trained(info)})
	if err != nil {
		return nil, nil, OfRun(err)
	}
	e.Variant = info.Variant
	return e, info, nil
}

// OfRun adds to a fault of a run's experiment, whose data set this program does not
// have, which verbs work without the images.
func OfRun(err error) error {
	var f *decode.Fault
	if errors.As(err, &f) && f.Key == "stimuli.kind" && strings.HasPrefix(f.Message, "found") && !strings.HasPrefix(f.File, "--set ") {
		f.Message += "; the run is of a program that has this data set: here cortex show RUN and cortex plot RUN alone do without it"
	}
	return err
}

// openAlone is Open, and locks the folder.
func openAlone(dir rundir.Folder) (*spec.Experiment, *rundir.Info, *rundir.Lock, error) {
	if _, _, err := Open(dir); err != nil {
		return nil, nil, nil, err
	}
	l, err := dir.Lock()
	if err != nil {
		return nil, nil, nil, err
	}
	e, info, err := Open(dir)
	if err != nil {
		l.Release()
	}
	return e, info, l, err
}
