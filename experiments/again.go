package experiments

import (
	"errors"
	"fmt"
	"path/filepath"

	"ventral/experiments/rundir"
)

// noWeights says what would make the weights of a run.
func noWeights(dir rundir.Folder, info *Info) error {
	if info.State == Finished {
		return errors.New(lost + Again(dir) + " makes the run again")
	}
	return fmt.Errorf("is not there yet, the run is %s; cortex run %s --resume goes on with it", info.held(), dir)
}

// lost begins what is said of a result that is not there.
const lost = "is missing, though the run is finished; "

// Again is the command that makes the run in the folder once more, from its
// resolved experiment and into a folder that is free.
func Again(f rundir.Folder) string { return rerun(f, rundir.ExperimentFile) }

// rerun is the command that runs a file of the folder into a folder beside it;
// that of a control is beside the run that it belongs to.
func rerun(f rundir.Folder, file string) string {
	to := filepath.Clean(string(f))
	if at := filepath.Dir(to); filepath.Base(at) == "controls" && rundir.Folder(filepath.Dir(at)).Has(rundir.InfoFile) {
		to = filepath.Dir(at) + "-" + filepath.Base(to)
	}
	if base := filepath.Base(to); base == "." || base == ".." {
		to = rundir.Absolute(f)
	}
	if free, err := rundir.Free(to); err == nil {
		to = free
	}
	return fmt.Sprintf("cortex run %s --out %s", f.Path(file), to)
}
