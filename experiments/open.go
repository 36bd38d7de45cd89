package experiments

import (
	"errors"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// Open reads the experiment and the provenance of a run's folder.
func Open(dir rundir.Folder) (*spec.Experiment, *rundir.Info, error) { return open(dir, false) }

// Look is Open for what needs neither images nor a graph: the stimuli may be of a
// kind that this program does not have.
func Look(dir rundir.Folder) (*spec.Experiment, *rundir.Info, error) { return open(dir, true) }

// open reads a run's folder; look says whether the stimuli may be unknown.
func open(dir rundir.Folder, look bool) (*spec.Experiment, *rundir.Info, error) {
	text, info, err := rundir.ReadExperiment(dir)
	if err != nil {
		return nil, nil, err
	}
	o := spec.Overrides{Auto: info.Precision}
	if look {
		o.Elsewhere = stimuliOf(info, text)
	}
	e, err := spec.Read(dir.Path(rundir.ExperimentFile), text, o)
	if err != nil {
		return nil, nil, OfRun(err)
	}
	e.Variant = info.Variant
	return e, info, nil
}

// stimuliOf is what a run tells of stimuli of an unknown kind.
func stimuliOf(info *rundir.Info, resolved string) *stimuli.Elsewhere {
	x := &stimuli.Elsewhere{Targets: 1}
	if decode.Keyed(resolved).Value["readout.decide"] == `"top_n"` {
		x.Targets = 2 // or more
	}
	for name, n := range info.Images {
		if s, ok := spec.Splits[name]; ok {
			x.Images[s] = n
		}
	}
	return x
}

// OfRun adds to a fault of a run's experiment what works without its stimuli,
// where they are of a kind that this program does not have.
func OfRun(err error) error {
	var f *decode.Fault
	if errors.As(err, &f) && f.Key == "stimuli.kind" && strings.HasPrefix(f.Message, "found") {
		f.Message += "; the run is of a program that has this data set: here cortex show RUN and cortex plot RUN alone do without it"
	}
	return err
}

// openAlone reads a run as read does, Open or Look, and locks its folder.
func openAlone(dir rundir.Folder, read func(rundir.Folder) (*spec.Experiment, *rundir.Info, error)) (*spec.Experiment, *rundir.Info, *rundir.Lock, error) {
	if _, _, err := read(dir); err != nil {
		return nil, nil, nil, err
	}
	l, err := dir.Lock()
	if err != nil {
		return nil, nil, nil, err
	}
	e, info, err := read(dir)
	if err != nil {
		l.Release()
	}
	return e, info, l, err
}
