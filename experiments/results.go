package experiments

import (
	"ventral/cortex/analysis"
	"ventral/experiments/rundir"
)

// results are what figures of a trained cortex are drawn from.
type results struct {
	test   *rundir.TestResult
	frames []analysis.Frame
}
