//go:build unix

package filelock

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// ErrBusy is the error of Lock where another process holds the lock.
var ErrBusy error = unix.EWOULDBLOCK

// lock takes the lock of an open file (flock), alone or with others that share
// it, without waiting. It lasts until the file is closed.
func lock(file *os.File, alone bool) error {
	how := unix.LOCK_SH
	if alone {
		how = unix.LOCK_EX
	}
	for {
		err := unix.Flock(int(file.Fd()), how|unix.LOCK_NB)
		if errors.Is(err, unix.ENOLCK) {
			return errors.ErrUnsupported // a network file system without its lock service
		}
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// opened is false: open files are in nobody's way.
func opened(error) bool { return false }
