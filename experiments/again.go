package experiments

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"

	"ventral/cortex/dynamics"
)

// noWeights says what would make the weights of a run.
func noWeights(dir Folder, info *Info) error {
	if info.State == Finished {
		return fmt.Errorf("is missing, though the run is finished; cortex run %s --out ANOTHER makes the run again", dir.path(experimentFile))
	}
	state := info.State
	if state == Running { // whoever asks holds its lock
		state = Stopped
	}
	return fmt.Errorf("is not there yet, the run is %s; cortex run %s --resume goes on with it", state, dir)
}

// RecordAgain records the trained cortex in a run's folder once more, of other
// images or signals, and draws it. Test answers are not computed again.
func RecordAgain(ctx context.Context, dir Folder, what func(*Recording), o Options) error {
	o = o.filled()
	e, info, lock, err := openAlone(dir, Open)
	if err != nil {
		return err
	}
	defer lock.Release()
	if !dir.Has(weightsFile) {
		return &Damaged{dir.path(weightsFile), noWeights(dir, info)}
	}
	what(&e.Record)
	r := &run{Options: o, e: e, dir: dir, info: info}
	r.Folder = info.Folder
	if err := dir.Sound(info, weightsFile); err != nil {
		return err
	}
	var meta map[string]string
	if r.v, meta, err = dir.readWeights(weightsFile); err != nil {
		return err
	}
	if meta["experiment"] != info.Experiment {
		return &Damaged{dir.path(weightsFile), errors.New(ofAnother)}
	}
	if err := r.load(); err != nil {
		return err
	}
	if r.done == nil {
		return fmt.Errorf("%s: has no test results yet; it is %s", dir, info.State)
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
	before := maps.Clone(info.Results)
	if err := r.unsettle(func(name string) bool { return name == framesFile || path.Dir(name) == "recordings" }); err != nil {
		return err
	}
	if err := r.record(ctx, taps); err != nil {
		return err
	}
	if e.Record.Split == "test" {
		info.TestRead = append(info.TestRead, o.Now().Format("2006-01-02T15:04:05Z07:00")+" (recording)")
	}
	if err := dir.Write(framesFile, func(w io.Writer) error { return dynamics.WriteFrames(w, r.done.frames) }); err != nil {
		return err
	}
	if err := r.beside(); err != nil {
		return err
	}
	if err := r.draw(); err != nil {
		return err
	}
	if _, err := r.settle(); err != nil {
		return err
	}
	for name, sum := range before { // of recordings that were not made again
		if r.info.Results[name] == "" {
			r.info.Results[name] = sum
		}
	}
	return r.saveInfo()
}
