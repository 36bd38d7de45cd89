//go:build unix

package diskfile

import "syscall"

// nonBlocking keeps an open from waiting where a pipe took the place of a file.
const nonBlocking = syscall.O_NONBLOCK
