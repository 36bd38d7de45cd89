package experiments

import (
	"context"
	"errors"
	"fmt"
	"io"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// RecordAgain records the trained cortex in a run's folder once more, of other
// images or signals, and draws it. Test answers are not computed again.
func RecordAgain(ctx context.Context, dir rundir.Folder, what func(*spec.Recording), o Options) error {
	o = o.filled()
	e, info, lock, err := openAlone(dir, Open)
	if err != nil {
		return err
	}
	defer lock.Release()
	if !dir.Has(rundir.WeightsFile) {
		return &rundir.Damaged{Path: dir.Path(rundir.WeightsFile), Err: rundir.NoWeights(dir, info)}
	}
	what(&e.Record)
	r := &run{Options: o, e: e, dir: dir, info: info}
	r.Folder = info.Folder
	if err := rundir.Sound(dir, info, rundir.WeightsFile); err != nil {
		return err
	}
	var meta map[string]string
	if r.v, meta, err = rundir.ReadWeights(dir, rundir.WeightsFile); err != nil {
		return err
	}
	if meta["experiment"] != info.Experiment {
		return &rundir.Damaged{Path: dir.Path(rundir.WeightsFile), Err: errors.New(rundir.OfAnother)}
	}
	if err := r.load(); err != nil {
		return err
	}
	if r.done == nil {
		return fmt.Errorf("%s: has no test results yet; it is %s", dir, info.Held())
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	taps, _, err := r.taps()
	if err != nil {
		return err
	}
	if _, err := r.reestimate(r.g.TestSlices(), taps); err != nil {
		return err
	}
	if n := r.data.Len(spec.Splits[e.Record.Split]); e.Record.Images > n {
		o.Report.Note("%s: there are %s %s images, all are recorded; %s were asked for", dir, readable.Grouped(n), e.Record.Split, readable.Grouped(e.Record.Images))
	}
	anew := append(r.recordings(taps), rundir.FramesFile)
	if err := r.renew(anew, func() error { return r.recordAnew(ctx, taps) }); err != nil {
		return err
	}
	if _, err := r.settle(); err != nil {
		return err
	}
	return r.saveInfo()
}

// recordAnew records, and draws what was recorded beside the controls.
func (r *run) recordAnew(ctx context.Context, taps []cortex.Tap) error {
	if err := r.record(ctx, taps); err != nil {
		return err
	}
	if r.e.Record.Split == "test" {
		r.info.TestRead = append(r.info.TestRead, r.Now().Format("2006-01-02T15:04:05Z07:00")+" (recording)")
	}
	if err := r.dir.Write(rundir.FramesFile, func(w io.Writer) error { return analysis.WriteFrames(w, r.done.frames) }); err != nil {
		return err
	}
	if err := r.beside(); err != nil {
		return err
	}
	return r.draw()
}
