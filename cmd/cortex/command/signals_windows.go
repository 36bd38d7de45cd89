package command

import "os"

// warnings are signals by which schedulers tell that a job's time ends: there
// are none.
var warnings []os.Signal
