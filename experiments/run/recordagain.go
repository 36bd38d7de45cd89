package run

import (
	"context"
	"fmt"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// RecordAgain records the trained cortex in a run's folder once more, with other
// images or signals. Test answers are not computed again.
func RecordAgain(ctx context.Context, dir rundir.Folder, what func(*spec.Recording), o Options) error {
	o = o.Filled()
	if _, _, err := OpenTrained(dir); err != nil {
		return err
	}
	e, info, lock, err := openAlone(dir)
	if err != nil {
		return err
	}
	defer lock.Release()
	v, sum, err := trainedWeights(dir, info)
	if err != nil {
		return err
	}
	what(&e.Record)
	r := &run{network: network{Options: o, e: e, v: v, dir: dir, weights: sum}, info: info}
	r.Folder = info.Folder
	if !dir.Has(rundir.TestFile) {
		return fmt.Errorf("%s: has no test results yet; it is %s", dir, info.Held())
	}
	if err := rundir.Sound(dir, info, rundir.TestFile); err != nil {
		return err
	}
	r.tested = &rundir.TestResult{}
	if err := dir.ReadJSON(rundir.TestFile, r.tested); err != nil {
		return err
	}
	if r.g, err = e.Graph(); err != nil {
		return err
	}
	if err := r.open(ctx); err != nil {
		return err
	}
	taps, _, err := tapsOf(&r.network)
	if err != nil {
		return err
	}
	if _, err := reestimate(&r.network, r.g.TestSteps(), taps); err != nil {
		return err
	}
	if n := images(&r.network, spec.Splits[e.Record.Split]); e.Record.Images > n {
		o.Report.Note("%s: there are %s %s images, all are recorded; %s were asked for", dir, readable.Grouped(n), e.Record.Split, readable.Grouped(e.Record.Images))
	}
	anew := recordings(&r.network, taps)
	if err := renew(r, anew, func() error { return recordAnew(ctx, r, taps) }); err != nil {
		return err
	}
	if _, err := settle(r); err != nil {
		return err
	}
	return r.saveInfo()
}

// recordAnew records, and writes the anatomy that fits.
func recordAnew(ctx context.Context, r *run, taps []cortex.Tap) error {
	if err := record(ctx, &r.network, taps); err != nil {
		return err
	}
	if r.tested.Split == stimuli.Test.String() && !r.dir.Has(rundir.Answers(analysis.Validation)) {
		if err := validate(ctx, &r.network, stimuli.Test); err != nil {
			return err
		}
	}
	if r.e.Record.Split == "test" {
		r.info.TestRead = append(r.info.TestRead, r.Now().Format("2006-01-02T15:04:05Z07:00")+" (recording)")
	}
	return saveAnatomy(r)
}
