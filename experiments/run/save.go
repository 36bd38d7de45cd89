package run

import (
	"ventral/experiments/rundir"
	"ventral/nn"
)

// checkpoint writes weights, optimiser state, statistics and progress, then
// removes older checkpoints: of those up to this one the newest stay, and the
// best on validation.
func (r *run) checkpoint(home nn.Residence) error {
	if err := home.Save(r.v); err != nil {
		return err
	}
	r.saved = r.Now()
	if err := rundir.WriteCheckpoint(r.dir, r.v, r.at, r.info, kernel(r), r.text); err != nil {
		return err
	}
	delete(r.damaged, rundir.CheckpointName(r.at.Batches))
	r.info.Batches, r.info.EpochsDone = r.at.Batches, len(r.epochs)
	if r.info.Best = rundir.BestOf(r.epochs); r.info.Best != nil && !r.dir.Has(r.info.Best.File) {
		r.info.Best.File = ""
	}
	if err := r.saveInfo(); err != nil {
		return err
	}
	return rundir.Prune(r.dir, r.at.Batches, r.info, r.damaged)
}
