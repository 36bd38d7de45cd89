package filelock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// ErrBusy is the error of Lock where another process holds the lock.
var ErrBusy error = windows.ERROR_LOCK_VIOLATION

// lock takes the lock of an open file (LockFileEx), alone or with others that
// share it, without waiting. It lasts until the file is closed. The byte that it
// locks lies far behind the text, which stays readable.
func lock(file *os.File, alone bool) error {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if alone {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	return windows.LockFileEx(windows.Handle(file.Fd()), flags, 0, 1, 0, &windows.Overlapped{Offset: 1 << 30})
}

// opened is how a file is refused that others read: they share reading and writing
// with each other, and neither renaming nor removing.
func opened(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
}
