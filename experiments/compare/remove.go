package compare

import (
	"path"
	"slices"
	"strings"

	"ventral/experiments"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/sweep"
	"ventral/plots/canvas"
)

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

// NewRemoval finds what is to be deleted of the comparison in a folder, with the
// runs that lie there; runs that lie elsewhere stay, as does everything that the
// program did not write. A run that is unsure to be running is an error unless it
// is to be taken all the same.
func NewRemoval(dir rundir.Folder, take bool) (*experiments.Removal, error) {
	return experiments.NewRemovalOfMany(dir, take, "comparison", written, []string{"ledger.json", reportFile, planFile, lockFile})
}

// written reports whether a file of that name, with slashes, in a comparison's
// folder is one that the program writes.
func written(name string) bool {
	folder, base := path.Split(name)
	switch folder {
	case "":
		return sweep.Written(name) || slices.Contains([]string{planFile, reportFile, lockFile, "runs.csv", "pairs.csv", "slices.csv", "networks.csv", "frames.json", "index.html"}, name)
	case "figures/":
		return slices.Contains(canvas.Formats, strings.TrimPrefix(path.Ext(base), ".")) || rundir.IsTemporary(base)
	}
	return sweep.Written(name)
}
