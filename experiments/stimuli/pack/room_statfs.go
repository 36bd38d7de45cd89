//go:build linux || darwin || freebsd

package pack

import "golang.org/x/sys/unix"

// roomIn returns the bytes that are free for this user where a folder lies.
func roomIn(folder string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
