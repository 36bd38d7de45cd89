package run

import (
	"time"

	"ventral/nn"
)

// waiting measures how long training waits for batches, which are made beside it:
// from the end of what follows a batch to the beginning of the next.
type waiting struct {
	nn.Executable
	now   func() time.Time
	since time.Time
	spent *float64 // seconds
}

// begin notes that the next batch is waited for.
func (w *waiting) begin() { w.since = w.now() }

// Run ends waiting and runs the batch that came.
func (w *waiting) Run(r nn.Residence, in, out []nn.Tensor) error {
	*w.spent += w.now().Sub(w.since).Seconds()
	return w.Executable.Run(r, in, out)
}
