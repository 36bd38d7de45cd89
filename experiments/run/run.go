package run

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"time"

	"ventral/cortex"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn"
)

// Options are the settings of a run that are no keys of its experiment.
type Options struct {
	Engine  nn.Engine
	Kernel  string // of the engine, for provenance
	Threads int
	Command []string         // for provenance
	Folder  string           // that relative paths of the experiment start from
	Cache   string           // for downloads
	Now     func() time.Time // the clock
	Report  Report           // told of progress; may be nil

	Checkpoint       time.Duration // between checkpoints within an epoch; 0 is 10 minutes, or as before; negative is none
	Keep             int           // newest checkpoints that stay; 0 is 2, or as before
	LeaveTest        bool          // Run tests on validation images, and reads no test images
	AllowOtherKernel bool          // Resume goes on with another kernel or on another architecture

	opened *opened // data sets that several conditions share; nil where each is opened for itself
}

// Report receives the progress of a run.
type Report interface {
	Stage(text string)                // a new stage begins
	Work(done, total int64)           // within it; total 0 is unknown
	Train(p TrainedBatch)             // after a training batch
	Epoch(run string, e rundir.Epoch) // after an epoch
	Drawable(dir rundir.Folder)       // what figures show has changed in a run's folder
	Note(format string, a ...any)     // something worth knowing
}

// TrainedBatch is the progress of training after a batch.
type TrainedBatch struct {
	Run             string
	Epoch, Epochs   int // from 1
	Batch, Batches  int // of all epochs
	Loss, Accuracy  float64
	ImagesPerSecond float64
	Remaining       time.Duration // of the run, as far as it can be told: training, validation and test
	Following       int           // networks, controls, that come after this one
}

// silent reports nothing.
type silent struct{}

func (silent) Stage(string)               {}
func (silent) Work(_, _ int64)            {}
func (silent) Train(TrainedBatch)         {}
func (silent) Epoch(string, rundir.Epoch) {}
func (silent) Drawable(rundir.Folder)     {}
func (silent) Note(string, ...any)        {}

// run is an experiment being carried out.
type run struct {
	network
	info   *rundir.Info
	at     rundir.Progress
	saved  time.Time // of the last checkpoint
	epochs []rundir.Epoch
	tested *rundir.TestResult // nil before the test
	ready  *ready             // to be trained; nil of a run that goes on, and once it trains
	pace   pace

	following int // controls that come after this one

	damaged map[string]bool // checkpoints that could not be read when the run went on
}

// Run carries an experiment and its controls out into a new folder. When ctx
// is cancelled the run is left so that Resume continues it, and the error is
// ctx's.
func Run(ctx context.Context, e *spec.Experiment, controls []*spec.Experiment, dir rundir.Folder, o Options) error {
	o = o.Filled()
	var all []*ready
	defer func() {
		for _, r := range all {
			r.close()
		}
	}()
	for _, x := range append([]*spec.Experiment{e}, controls...) {
		r, err := newReady(x, o)
		if err != nil {
			return err
		}
		all = append(all, r)
	}
	if err := dir.Vacant(); err != nil {
		return err
	}
	o.Report.Note("%s", Onsets(all[0].g))
	for _, x := range append([]*spec.Experiment{e}, controls...) {
		for _, note := range x.Notes {
			o.Report.Note("%s: %s", x.Name, note)
		}
	}
	var runs []*run
	for i, x := range append([]*spec.Experiment{e}, controls...) {
		d := dir
		if i > 0 {
			d = dir.Control(x.Variant)
		}
		r := &run{network: network{Options: o, e: x, g: all[i].g, text: x.TOML(), dir: d}, ready: all[i]}
		r.info = newInfo(x, r.text, o, o.Now())
		runs = append(runs, r)
	}
	// Images that cannot be read leave no half of a run.
	var err error
	if err := runs[0].open(ctx); err != nil {
		return err
	}
	release, err := begin(runs)
	if err != nil {
		return err
	}
	defer release()
	return carryOutAll(ctx, runs)
}

func (o Options) Filled() Options {
	if o.Report == nil {
		o.Report = silent{}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Folder == "" {
		o.Folder = "."
	}
	if abs, err := filepath.Abs(o.Folder); err == nil {
		o.Folder = abs
	}
	return o
}

// carryOutAll carries out the first run and its controls.
func carryOutAll(ctx context.Context, runs []*run) error {
	finished := !slices.ContainsFunc(runs, func(r *run) bool { return r.info.State != rundir.Finished })
	for i, r := range runs {
		r.following = len(runs) - 1 - i
		if len(runs) > 1 {
			r.label = r.e.Variant
			if i == 0 {
				r.label = "experiment"
			}
		}
		if err := r.carryOut(ctx); err != nil {
			end(r, err)
			return err
		}
	}
	if len(runs) > 1 && !finished {
		runs[0].Report.Drawable(runs[0].dir) // beside its controls
	}
	return nil
}

// carryOut trains, tests and records.
func (r *run) carryOut(ctx context.Context) error {
	if r.info.State == rundir.Finished {
		return nil
	}
	defer r.closeAnswering()
	r.info.State, r.info.Error = rundir.Running, ""
	if err := r.prepare(ctx); err != nil {
		return err
	}
	if err := r.train(ctx); err != nil {
		return err
	}
	remark(r)
	if err := test(ctx, r, true); err != nil {
		return err
	}
	if err := measureAsked(ctx, r, origin{r.e, r.info}); err != nil {
		return err
	}
	if err := saveAnatomy(r); err != nil {
		return err
	}
	if _, err := settle(r); err != nil {
		return err
	}
	r.info.State = rundir.Finished
	if err := r.saveInfo(); err != nil {
		return err
	}
	r.Report.Drawable(r.dir)
	return nil
}

// end notes how a run that did not finish ended.
func end(r *run, err error) {
	r.info.State, r.info.Error = rundir.Failed, err.Error()
	if errors.Is(err, context.Canceled) {
		r.info.State, r.info.Error = rundir.Interrupted, ""
	}
	if r.dir.Has(rundir.InfoFile) {
		r.saveInfo() // the run's own error matters more
		r.Report.Drawable(r.dir)
	}
}

func (r *run) saveInfo() error {
	r.info.Updated = r.Now()
	return r.dir.WriteJSON(rundir.InfoFile, r.info)
}

// prepare opens the data and writes what is known before training.
func (r *run) prepare(ctx context.Context) (err error) {
	if r.g == nil {
		if r.g, err = r.e.Graph(); err != nil {
			return err
		}
	}
	weights, err := cortex.Weights(r.g)
	if err != nil {
		return err
	}
	r.info.Parameters = cortex.Parameters(weights)
	if r.info.MultiplyAdds, err = cortex.MultiplyAdds(r.g, r.g.TestSteps()); err != nil {
		return err
	}
	if r.v == nil {
		r.v = nn.NewVariables(uint64(r.e.Seed))
	}
	if r.data == nil {
		if err := r.open(ctx); err != nil {
			return err
		}
	}
	r.info.Chance = rundir.Number(chance(r.e, r.g))
	if err := saveAnatomy(r); err != nil {
		return err
	}
	if err := r.saveInfo(); err != nil {
		return err
	}
	r.Report.Drawable(r.dir)
	return nil
}

// open opens the images and finds what normalises them.
func (r *run) open(ctx context.Context) (err error) {
	if r.norms, err = cortex.TrainedNorms(r.g); err != nil {
		return err
	}
	r.Report.Stage("preparing the images of " + r.e.Stimuli.Kind)
	if r.data, err = openData(ctx, r, r.e); err != nil {
		return err
	}
	hashes := r.data.Hashes()
	if err := sameData(r, hashes); err != nil {
		return err
	}
	if r.info.Condition == nil { // else the trained cortex has one
		if r.norm, err = r.e.Stimuli.Normalise.Of(r.data); err != nil {
			return err
		}
	}
	r.info.Data, r.info.Normaliser = hashes, rundir.Normaliser(r.norm)
	r.info.IDs, err = identities(r.data)
	return err
}
