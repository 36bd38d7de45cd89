package experiments

import "ventral/cortex/analysis"

// results are what figures of a trained cortex are drawn from.
type results struct {
	test   *TestResult
	frames []analysis.Frame
}
