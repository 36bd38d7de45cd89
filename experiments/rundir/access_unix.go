//go:build unix

package rundir

import "golang.org/x/sys/unix"

// mayWrite reports why no file can be made in a folder, without making one.
func mayWrite(dir string) error { return unix.Access(dir, unix.W_OK|unix.X_OK) }
