package rundir

import (
	"errors"
	"fmt"
	"io/fs"

	"ventral/experiments/decode"
)

// ReadExperiment reads the resolved experiment of a run, as text, and its run.json.
// A text that was edited after the run began is an *Edited.
func ReadExperiment(dir Folder) (text string, info *Info, err error) {
	info = &Info{}
	if err := dir.ReadJSON(InfoFile, info); err != nil {
		if err := NoFolder(dir); err != nil {
			return "", nil, err
		}
		if !dir.Has(InfoFile) {
			return "", nil, fmt.Errorf("%s: is not the folder of a run, it has no %s", dir, InfoFile)
		}
		return "", nil, fmt.Errorf("%w; the other files are as they were: %s makes the run again, the folder is removed by hand", err, Again(dir))
	}
	if err := CheckFormat(info.Format); err != nil {
		return "", nil, fmt.Errorf("%s: %w", dir.Path(InfoFile), err)
	}
	text, err = dir.ReadText(ExperimentFile)
	if errors.Is(err, fs.ErrNotExist) && dir.Has(SourceFile) {
		return "", nil, &Damaged{Path: dir.Path(ExperimentFile), Err: errors.New("is missing; " + rerun(dir, SourceFile) + " makes a run of the file as it was given, without what --set, --seed and --variant changed")}
	}
	if err != nil {
		return "", nil, err
	}
	if Digest(text) != info.Experiment {
		if was := begunWith(dir, info); was != "" {
			if d := decode.DifferencesOf(was, text); len(d) > 0 {
				return "", nil, &Edited{dir.Path(ExperimentFile), d}
			}
		}
		return "", nil, fmt.Errorf("%s: was changed after the run began; start a new run from it instead", dir.Path(ExperimentFile))
	}
	return text, info, nil
}
