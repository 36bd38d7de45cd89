package experiments

import (
	"errors"
	"os"
	"testing"

	"ventral/experiments/filelock"
)

// WithoutLocks makes the file system one without locks until the test ends.
func WithoutLocks(t *testing.T) {
	was := filelock.Lock
	t.Cleanup(func() { filelock.Lock = was })
	filelock.Lock = func(*os.File, bool) error { return errors.ErrUnsupported }
}

// AtMoment makes f be called whenever a file is about to be made, renamed, has
// been renamed, or is about to be removed.
func AtMoment(f func()) { moment = f }

// BetweenReads makes Stand call f before it looks at the lock, until the test ends.
func BetweenReads(t *testing.T, f func()) {
	t.Cleanup(func() { betweenReads = func() {} })
	betweenReads = f
}
