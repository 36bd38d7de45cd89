package run

import (
	"fmt"
	"math"

	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Remarks about what a trained cortex is worth: a loss that grew, and norms whose
// statistics hardly moved. They end up in run.json, on the page and on the
// terminal.

// diverged reports training that did not come to rest: the training loss of the
// last epoch is more than ten times that of equal answers, guessing, or more than
// twice that and more than in the first epoch.
func diverged(epochs []rundir.Epoch, guessing float64) bool {
	if len(epochs) == 0 {
		return false
	}
	first, last := float64(epochs[0].TrainingLoss), float64(epochs[len(epochs)-1].TrainingLoss)
	return last > 10*guessing || last > 2*guessing && last > first || math.IsNaN(last)
}

// remark notes what is to be said of the trained cortex.
func remark(r *run) {
	r.info.Diverged, r.info.Notes = false, nil
	if guessing := guessing(&r.network); diverged(r.epochs, guessing) {
		loss := float64(r.epochs[len(r.epochs)-1].TrainingLoss)
		r.info.Diverged = true
		r.info.Notes = append(r.info.Notes, fmt.Sprintf("training diverged: the training loss of the last epoch, %.3g, is %.3g times that of equal answers (%.3g); a lower train.rate (now %g) or smaller initial values are the usual cure",
			loss, loss/guessing, guessing, r.e.Train.Rate))
	}
	r.info.Notes = append(r.info.Notes, Unsettled(r.e, r.norms.Momenta())...)
}

// settled is the share of the way from their initial values, 0 and 1, that
// running statistics are to have moved before answers depend on them.
const settled = 0.95

// Unsettled says which norms' running statistics training leaves near their
// initial values: after n updates r ← (1-m)·r + m·batch they have moved
// 1 - (1-m)ⁿ of the way.
func Unsettled(e *spec.Experiment, momenta []float64) (notes []string) {
	n := e.Batches()
	epoch := max(n/max(e.Train.Epochs, 1), 1)
	for _, m := range momenta {
		moved := 1 - math.Pow(1-m, float64(n))
		switch {
		case moved >= settled:
		case m == 0:
			notes = append(notes, "norms with momentum 0 keep the statistics that they begin with, mean 0 and variance 1, and answers outside training depend on them; want a momentum above 0")
		default:
			want := int(math.Ceil(math.Log(1-settled) / math.Log(1-m)))
			notes = append(notes, fmt.Sprintf("norms with momentum %g: %s move their statistics %.0f %% of the way from their initial values to the data's; answers outside training depend on them. %.0f %% takes %s: train.epochs = %d, a smaller train.batch, or momentum = %.2g",
				m, readable.Counted(n, "update"), 100*moved, 100*settled, readable.Counted(want, "update"), (want+epoch-1)/epoch, enough(n)))
		}
	}
	return notes
}

// enough is the least momentum of two digits with which n updates settle
// statistics.
func enough(n int) float64 {
	return math.Min(math.Ceil(100*(1-math.Pow(1-settled, 1/float64(max(n, 1)))))/100, 1)
}
