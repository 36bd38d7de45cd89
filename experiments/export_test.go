package experiments

import (
	"errors"
	"os"
	"testing"
)

// WithoutLocks makes the file system one without locks until the test ends.
func WithoutLocks(t *testing.T) {
	was := takeLock
	t.Cleanup(func() { takeLock = was })
	takeLock = func(*os.File, bool) error { return errors.ErrUnsupported }
}

// AtMoment makes f be called whenever a file is about to be made, renamed, has
// been renamed, or is about to be removed.
func AtMoment(f func()) { moment = f }
