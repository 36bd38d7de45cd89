package run

import (
	"os"
	"path/filepath"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// ReadControls reads the controls of a run. File is the run's resolved experiment. It
// does not hold the controls, since they are variants: each has a resolved experiment
// of its own. Any other file has none. The faults of all controls are reported
// together.
func ReadControls(file string, o spec.Overrides) ([]*spec.Experiment, error) {
	dir := rundir.Folder(filepath.Dir(file))
	if filepath.Base(file) != rundir.ExperimentFile || !dir.IsRun() {
		return nil, nil
	}
	var list []*spec.Experiment
	var faults decode.Faults
	for _, name := range controlNames(dir) {
		path := dir.Control(name).Path(rundir.ExperimentFile)
		text, err := decode.ReadFile(path)
		if err != nil {
			faults.Add(&rundir.Damaged{Path: path, Err: err})
			continue
		}
		var info rundir.Info
		if o.Images = nil; dir.Control(name).ReadJSON(rundir.InfoFile, &info) == nil {
			o.Images = Described(&info)
		}
		e, err := spec.Read(path, text, o)
		if err != nil {
			faults.Add(err)
			continue
		}
		e.Variant = name
		list = append(list, e)
	}
	return list, faults.Err()
}

// controlNames are those in run.json, and where that cannot be read those of the
// folders below controls.
func controlNames(f rundir.Folder) (names []string) {
	var info rundir.Info
	if f.ReadJSON(rundir.InfoFile, &info) == nil {
		return info.Controls
	}
	entries, _ := os.ReadDir(f.Path("controls"))
	for _, e := range entries {
		if f.Control(e.Name()).Has(rundir.ExperimentFile) {
			names = append(names, e.Name())
		}
	}
	return names
}
