package compare

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/sweep"
	"ventral/plots/canvas"
)

// Names of a comparison's own files.
const (
	planFile   = "plan.json"
	reportFile = "comparison.json"
	lockFile   = ".lock" // of experiments.Folder.Lock
)

// IsComparison reports whether a folder is that of a comparison with a report.
func IsComparison(dir rundir.Folder) bool { return dir.Has(reportFile) }

// Planned reports whether a folder holds a plan.
func Planned(dir rundir.Folder) bool { return dir.Has(planFile) }

// IsFolder reports whether a folder is that of a comparison, planned or with a
// report.
func IsFolder(dir rundir.Folder) bool {
	for _, name := range []string{planFile, reportFile} {
		var x struct {
			Format   int                     `json:"format"`
			Variants []struct{ Name string } `json:"variants"`
		}
		if dir.Has(name) && dir.ReadJSON(name, &x) == nil && x.Format == spec.Format && len(x.Variants) > 0 {
			return true
		}
	}
	return false
}

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

// NewRemoval finds what is to be deleted of the comparison in a folder. Its runs go
// with it where they lie in the folder. Runs elsewhere stay, and so does everything
// that the program did not write. A run that may still be running is an error unless
// take is set.
func NewRemoval(dir rundir.Folder, take bool) (*rundir.Removal, error) {
	return rundir.NewRemovalOfMany(dir, take, "comparison", written, []string{"ledger.json", reportFile, planFile, lockFile})
}

// written reports whether a file of that name, with slashes, in a comparison's
// folder is one that the program writes.
func written(name string) bool {
	folder, base := path.Split(name)
	switch folder {
	case "":
		return sweep.Written(name) || slices.Contains([]string{planFile, reportFile, lockFile, "runs.csv", "pairs.csv", "steps.csv", "networks.csv", "analyses.csv", "frames.json", "index.html"}, name)
	case "figures/":
		return slices.Contains(canvas.Formats, strings.TrimPrefix(path.Ext(base), ".")) || rundir.IsTemporary(base)
	}
	return sweep.Written(name)
}
