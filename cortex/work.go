package cortex

import "sync/atomic"

// Work counts slow computations, so that a test can check that each is done once.
type Work struct {
	Graphs  int64 // that NewGraph checked
	Unrolls int64 // of graphs
}

var done struct{ graphs, unrolls atomic.Int64 }

// WorkDone returns what this process has done since it began.
func WorkDone() Work { return Work{done.graphs.Load(), done.unrolls.Load()} }
