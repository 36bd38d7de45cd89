package experiments

import (
	"errors"
	"fmt"
	"io/fs"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
)

// ReadExperiment reads the resolved experiment of a run, as text, and its run.json.
// A text that was edited after the run began is an *Edited.
func ReadExperiment(dir rundir.Folder) (text string, info *Info, err error) {
	info = &Info{}
	if err := dir.ReadJSON(rundir.InfoFile, info); err != nil {
		if err := NoFolder(dir); err != nil {
			return "", nil, err
		}
		if !dir.Has(rundir.InfoFile) {
			return "", nil, fmt.Errorf("%s: is not the folder of a run, it has no %s", dir, rundir.InfoFile)
		}
		return "", nil, fmt.Errorf("%w; the other files are as they were: %s makes the run again, the folder is removed by hand", err, Again(dir))
	}
	if info.Format != Format {
		return "", nil, fmt.Errorf("%s: found format %d, want %d", dir.Path(rundir.InfoFile), info.Format, Format)
	}
	text, err = dir.ReadText(rundir.ExperimentFile)
	if errors.Is(err, fs.ErrNotExist) && dir.Has(rundir.SourceFile) {
		return "", nil, &rundir.Damaged{Path: dir.Path(rundir.ExperimentFile), Err: errors.New("is missing; " + rerun(dir, rundir.SourceFile) + " makes a run of the file as it was given, without what --set, --seed and --variant changed")}
	}
	if err != nil {
		return "", nil, err
	}
	if digest(text) != info.Experiment {
		if was := begunWith(dir, info); was != "" {
			if d := decode.DifferencesOf(was, text); len(d) > 0 {
				return "", nil, &Edited{dir.Path(rundir.ExperimentFile), d}
			}
		}
		return "", nil, fmt.Errorf("%s: was changed after the run began; start a new run from it instead", dir.Path(rundir.ExperimentFile))
	}
	return text, info, nil
}
