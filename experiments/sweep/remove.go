package sweep

import (
	"regexp"
	"slices"
	"strings"

	"ventral/experiments/rundir"
)

// NewRemoval finds what is to be deleted of the sweep in a folder: its runs, and
// what is known of them, but nothing that the program did not write. A run that is
// unsure to be running is an error unless it is to be taken all the same.
func NewRemoval(dir rundir.Folder, take bool) (*rundir.Removal, error) {
	if _, err := Open(dir); err != nil {
		return nil, err
	}
	return rundir.NewRemovalOfMany(dir, take, "sweep", Written, []string{ledgerFile, ".lock"})
}

var (
	short = regexp.MustCompile("^[0-9a-f]{16}$")
	said  = regexp.MustCompile(`^[0-9]+_[0-9]+\.txt$`) // by the jobs of an array
)

// Written reports whether a file of that name, with slashes, in a sweep's folder
// is one that the program writes.
func Written(name string) bool {
	parts := strings.Split(name, "/")
	base := parts[len(parts)-1]
	switch {
	case len(parts) == 1:
		return slices.Contains([]string{".lock", ledgerFile, "results.csv", "results.json"}, name) || rundir.IsTemporary(name)
	case parts[0] == "slurm" && len(parts) == 2:
		return base == "array.sh" || said.MatchString(base) || rundir.IsTemporary(base)
	case len(parts) < 3 || !short.MatchString(parts[1]):
		return false
	case parts[0] == "tasks" && len(parts) == 3:
		return slices.Contains([]string{".lock", experimentFile, taskFile, logFile, failureFile}, base) || rundir.IsTemporary(base)
	}
	return parts[0] == "runs" && rundir.Ours(strings.Join(parts[2:], "/"))
}
