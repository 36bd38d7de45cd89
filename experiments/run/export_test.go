package run

import (
	"errors"
	"os"
	"testing"

	"ventral/experiments/filelock"
	"ventral/experiments/rundir"
)

// WithoutLocks makes the file system one without locks until the test ends.
func WithoutLocks(t *testing.T) {
	was := filelock.Lock
	t.Cleanup(func() { filelock.Lock = was })
	filelock.Lock = func(*os.File, bool) error { return errors.ErrUnsupported }
}

// AtMoment makes f be called whenever a file is about to be made, renamed, has
// been renamed, or is about to be removed.
func AtMoment(f func()) { rundir.Moment = f }

// BetweenReads makes Stand call f before it looks at the lock, until the test ends.
func BetweenReads(t *testing.T, f func()) {
	t.Cleanup(func() { rundir.BetweenReads = func() {} })
	rundir.BetweenReads = f
}

// FailRenames makes the next n renames fail as those of a file that somebody reads
// where that is in the way.
func FailRenames(t *testing.T, n int) {
	opened := filelock.Opened
	t.Cleanup(func() { rundir.Rename, filelock.Opened = os.Rename, opened })
	inUse := errors.New("the file is in use")
	filelock.Opened = func(err error) bool { return errors.Is(err, inUse) }
	rundir.Rename = func(from, to string) error {
		if n--; n >= 0 {
			return inUse
		}
		return os.Rename(from, to)
	}
}
