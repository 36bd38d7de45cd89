package compare

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"ventral/experiments/rundir"
)

// Names of a comparison's own files.
const (
	planFile   = "plan.json"
	reportFile = "comparison.json"
	lockFile   = ".lock" // of experiments.Folder.Lock
)

// IsComparison reports whether a folder is that of a comparison with a report.
func IsComparison(dir rundir.Folder) bool { return dir.Has(reportFile) }

// Vacant refuses a folder that a comparison would write over: that of a run, and
// one that holds anything and is no comparison's.
func Vacant(dir rundir.Folder) error {
	if dir.IsRun() {
		return fmt.Errorf("%s: is the folder of a run; choose another folder by --out", dir)
	}
	if dir.Has(planFile) || dir.Has(reportFile) {
		return nil
	}
	entries, err := os.ReadDir(string(dir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("%s: %w; choose another folder by --out", dir, err)
	case len(entries) > 0 && !(len(entries) == 1 && entries[0].Name() == lockFile):
		return fmt.Errorf("%s: is not empty, and holds no comparison; choose another folder by --out", dir)
	}
	return nil
}

// Lock keeps other comparisons out of a folder, which it makes where there is
// none. One that another process works in is an *experiments.Busy.
func Lock(dir rundir.Folder) (*rundir.Lock, error) {
	if err := os.MkdirAll(string(dir), 0o777); err != nil {
		return nil, err
	}
	return dir.Lock()
}

// Planned reports whether a folder holds a plan.
func Planned(dir rundir.Folder) bool { return dir.Has(planFile) }
