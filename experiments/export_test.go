package experiments

import (
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
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

// WholeNumber reads a whole number from the environment, "random" for any.
func WholeNumber(t *testing.T, name string, otherwise int) int {
	t.Helper()
	s := os.Getenv(name)
	switch s {
	case "":
		return otherwise
	case "random":
		s = strconv.Itoa(rand.Int())
		t.Logf("%s=%s", name, s)
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		t.Fatalf("%s: found %q, want a whole number of 0 or more, or random", name, s)
	}
	return n
}
