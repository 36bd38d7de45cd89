//go:build unix

package command

import (
	"os"
	"syscall"
)

// warnings are signals by which schedulers tell that a job's time ends.
var warnings = []os.Signal{syscall.SIGUSR1}
