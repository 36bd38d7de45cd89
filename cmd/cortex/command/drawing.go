package command

import (
	"context"
	"errors"
	"time"

	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/sweep"
)

// drawing is a report of a run that also has the run analysed and drawn whenever
// there is more to see, beside the training.
type drawing struct {
	run.Report
	drawer  report.Drawer
	nothing bool // nothing is drawn
}

// observed adds drawing to a report, unless nothing is to be drawn.
func observed(to run.Report, nothing bool) *drawing {
	d := &drawing{Report: to, nothing: nothing, drawer: report.Drawer{Before: analyse}}
	if x, ok := to.(interface{ Figure(path string) }); ok {
		d.drawer.Figure = x.Figure
	}
	return d
}

// Drawable implements run.Report.
func (d *drawing) Drawable(dir rundir.Folder) {
	if !d.nothing {
		d.drawer.Draw(dir)
	}
}

// end waits until all is drawn, and makes what a process that was killed left of
// the analyses and drawings of the run in a folder and of its controls. err is how
// the run ended, which matters more.
func (d *drawing) end(dir rundir.Folder, err error) error {
	drawn := d.drawer.Wait()
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
	defer stop()
	return idle(ctx, func() error {
		if err := analyseAll(dir); err != nil || d.nothing {
			return err
		}
		if complete, err := report.Complete(dir); drawn == nil && (err != nil || complete) {
			return err
		}
		return report.Draw(dir)
	})
}

// analyseAll makes the analyses of a run and its controls that are not there yet.
func analyseAll(dir rundir.Folder) error {
	folders := []rundir.Folder{dir}
	if _, info, err := rundir.ReadExperiment(dir); err == nil {
		for _, name := range info.Controls {
			folders = append(folders, dir.Control(name))
		}
	}
	for _, f := range folders {
		if err := analyse(f); err != nil {
			return err
		}
	}
	return nil
}

// completed makes the analyses and drawings that processes which were killed left
// of the finished runs of a sweep. One that cannot be made keeps no other from being
// made.
func completed(ctx context.Context, l *sweep.Ledger, noFigures bool) error {
	var faults []error
	for _, t := range l.List {
		dir := t.Folder()
		s, err := rundir.ReadState(dir)
		if err != nil || s.State != rundir.Finished {
			continue
		}
		dir.Tidy()
		faults = append(faults, idle(ctx, func() error {
			err := analyseAll(dir)
			if err == nil && !noFigures && !report.Drawn(dir) {
				err = report.Draw(dir)
			}
			return err
		}))
	}
	return errors.Join(faults...)
}

// idle calls do, and calls it again while another process works in a folder that it
// needs: that one analyses or draws, and will end.
func idle(ctx context.Context, do func() error) error {
	for {
		err := do()
		if busy := (*rundir.Busy)(nil); !errors.As(err, &busy) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(100 * time.Millisecond):
		}
	}
}
