package experiments

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"sort"
	"strings"

	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
	"ventral/plots"
	"ventral/plots/canvas"
)

// draw draws what is known by now and writes the page.
func (r *run) draw() error {
	if r.g == nil {
		return nil
	}
	a, err := cortex.Anatomy(r.g, r.name())
	if err != nil {
		return err
	}
	a.MSPerStep, a.Precision, a.Classes = r.e.MSPerStep, r.info.Precision, r.classes()
	if r.done != nil {
		a.Reestimated = slicesOf(r.done.test.Reestimated)
		a.RecordedAnew = append(append([]string{}, r.done.test.Reestimated...), r.done.test.Recording...)
		a.Unrecorded = unrecorded(r.done.test.Unrecorded)
	}
	if err := r.writeAnatomy(a); err != nil {
		return err
	}
	if r.NoFigures {
		return nil
	}
	begun := r.Now()
	err = r.drawAnatomy(&a)
	r.pace.drawing = max(r.pace.drawing, r.Now().Sub(begun).Seconds())
	return err
}

// writeAnatomy writes the anatomy. Where run.json has the SHA-256 of another, it has
// none meanwhile.
func (r *run) writeAnatomy(a recording.Anatomy) error {
	var b bytes.Buffer
	if err := recording.WriteAnatomy(&b, a); err != nil {
		return fmt.Errorf("%s: %w", r.dir.Path(rundir.AnatomyFile), err)
	}
	write := func() error { return r.dir.WriteText(rundir.AnatomyFile, b.String()) }
	if had := r.info.Results[rundir.AnatomyFile]; had == "" || had == rundir.Digest(b.String()) {
		return write()
	}
	return r.renew([]string{rundir.AnatomyFile}, write)
}

// unrecorded returns AREA@SLICE of lines "AREA@SLICE/SIGNAL: reason", once each.
func unrecorded(lines []string) []string {
	var list []string
	for _, l := range lines {
		if at, _, ok := strings.Cut(l, "/"); ok && !slices.Contains(list, at) {
			list = append(list, at)
		}
	}
	return list
}

// slicesOf returns the slices of places written PLACE@SLICE.
func slicesOf(places []string) []int {
	seen := map[int]bool{}
	var list []int
	for _, p := range places {
		var t int
		if _, err := fmt.Sscanf(p[strings.LastIndexByte(p, '@')+1:], "%d", &t); err == nil && !seen[t] {
			seen[t] = true
			list = append(list, t)
		}
	}
	sort.Ints(list)
	return list
}

// classes are the names of the classes, as the images said when they were opened.
func (r *run) classes() []string {
	if r.info.Classes != nil {
		return r.info.Classes
	}
	if a, err := r.anatomy(); err == nil {
		return a.Classes
	}
	return nil
}

// frames are those of the run by now.
func (r *run) frames() []analysis.Frame {
	var frames []analysis.Frame
	if len(r.epochs) > 0 {
		frames = append(frames, learning(r.epochs, "cross-entropy (nat)", r.chance(), r.note()))
	}
	if r.done != nil {
		frames = append(frames, r.done.frames...)
	}
	return frames
}

// note says how many images the learning curves are measured on.
func (r *run) note() string {
	n := r.e.Stimuli.Settings.Describe().Images
	trained := r.trainSlices()
	loss := "the loss is as it is trained, " + map[string]string{"mean": "the mean", "sum": "the sum"}[r.e.Readout.Over] + " over a network's training slices"
	if r.e.Readout.Loss == "sigmoid" {
		loss += " of the sum over classes"
	}
	return fmt.Sprintf("%s training and %s validation images; %s; accuracy is at its last training slice (%d)",
		readable.Grouped(n[stimuli.Train]), readable.Grouped(n[stimuli.Validation]), loss, trained[len(trained)-1])
}

// trainSlices are those of the graph, or where there is none as the run noted
// them; 0 where it did not.
func (r *run) trainSlices() []int {
	if r.g != nil {
		return r.g.TrainSlices()
	}
	if a, err := r.anatomy(); err == nil && len(a.TrainSlices) > 0 {
		return a.TrainSlices
	}
	return []int{0}
}

// drawAnatomy draws figures of the run, beside its controls where these are
// finished, and writes the page.
func (r *run) drawAnatomy(a *recording.Anatomy) error {
	figures, err := r.figures(a)
	if err != nil {
		return err
	}
	// Pictures at print resolution are most of what a small run allocates.
	defer debug.FreeOSMemory()
	for i := range figures {
		f := figures[i].Light
		var svg bytes.Buffer
		if err := canvas.Save(&svg, "svg", f, 0, 0); err != nil {
			return err
		}
		same := r.unchanged(f.Name, svg.Bytes())
		for _, format := range canvas.Formats {
			name := figureFile(f.Name, format)
			first := !r.dir.Has(name)
			if first || !same {
				err := r.dir.Write(name, func(w io.Writer) error {
					if format == "svg" {
						_, err := w.Write(svg.Bytes())
						return err
					}
					return canvas.Save(w, format, f, 0, 0)
				})
				if err != nil {
					return err
				}
			}
			figures[i].Files = append(figures[i].Files, plots.Link{Text: strings.ToUpper(format), Path: name})
			if first && format == "png" && r.Report != nil {
				r.Report.Figure(r.dir.Path(name))
			}
		}
	}
	return r.writePage(figures)
}

// figures are those of the run by now, beside its controls where these are
// finished.
func (r *run) figures(a *recording.Anatomy) ([]plots.PageFigure, error) {
	d := plots.Data{Anatomy: a, Frames: r.frames()}
	if len(r.others) > 0 {
		joint := map[string]bool{"learning": true, "accuracy": true, "confidence": true, "exact set": true, "entropy": true}
		var frames []analysis.Frame
		for _, f := range d.Frames {
			if joint[f.Name] {
				f = f.With("variant", r.e.Name)
			}
			frames = append(frames, f)
		}
		d.Variants = map[string]*recording.Anatomy{r.e.Name: a}
		for _, o := range r.others {
			oa, err := o.anatomy()
			if err != nil {
				return nil, err
			}
			d.Variants[o.name()] = oa
			for _, f := range o.frames() {
				if joint[f.Name] {
					frames = append(frames, f.With("variant", o.name()))
				}
			}
		}
		d.Frames = frames
	}
	return plots.PageFigures(d)
}

// redraw draws figures of finished runs where some, or the page, are missing, or
// were drawn before a control had ended, since the process was killed then.
func redraw(runs []*run) error {
	for _, r := range runs {
		if r.NoFigures {
			return nil
		}
		a, err := r.anatomy()
		if err != nil {
			return err
		}
		figures, err := r.figures(a)
		if err != nil {
			return err
		}
		if r.hasFigures(figures) && r.drawnLast() {
			continue
		}
		r.Report.Stage("drawing figures that are missing of " + r.name())
		if err := r.drawAnatomy(a); err != nil {
			return err
		}
	}
	return nil
}

// hasFigures reports whether the page is there, and every file of these figures.
func (r *run) hasFigures(figures []plots.PageFigure) bool {
	for _, f := range figures {
		for _, format := range canvas.Formats {
			if !r.dir.Has(figureFile(f.Light.Name, format)) {
				return false
			}
		}
	}
	return r.dir.Has(rundir.PageFile)
}

// drawnLast reports whether the page is younger than what is drawn beside the run.
func (r *run) drawnLast() bool {
	page, err := os.Stat(r.dir.Path(rundir.PageFile))
	return err == nil && !slices.ContainsFunc(r.others, func(o *run) bool { return o.info.Updated.After(page.ModTime()) })
}

// figureFile is the file of a figure.
func figureFile(name, format string) string { return fmt.Sprintf("figures/%s.%s", name, format) }

// unchanged reports whether a figure is the one that was drawn before: an epoch
// adds to the learning curves, and leaves most others as they are.
func (r *run) unchanged(name string, svg []byte) bool {
	sum := sha256.Sum256(svg)
	digest := string(sum[:])
	same := r.drawn[name] == digest
	if r.drawn == nil {
		r.drawn = map[string]string{}
	}
	r.drawn[name] = digest
	return same
}

// anatomy reads that of a run.
func (r *run) anatomy() (*recording.Anatomy, error) {
	if err := rundir.Sound(r.dir, r.info, rundir.AnatomyFile); err != nil {
		return nil, err
	}
	file, _, err := r.dir.Open(rundir.AnatomyFile)
	if err != nil {
		return nil, &rundir.Damaged{Path: r.dir.Path(rundir.AnatomyFile), Err: err}
	}
	defer file.Close()
	a, err := recording.ReadAnatomy(file)
	if err != nil {
		return nil, &rundir.Damaged{Path: file.Name(), Err: err}
	}
	return a, nil
}

// load reads the results of a finished run from its folder.
func (r *run) load() (err error) {
	if err := rundir.Sound(r.dir, r.info, rundir.MetricsFile, rundir.TestFile, rundir.FramesFile); err != nil {
		return err
	}
	if r.epochs, err = rundir.ReadMetrics(r.dir); err != nil {
		return err
	}
	if _, unknown := r.e.Stimuli.Settings.(*stimuli.Elsewhere); !unknown {
		if r.g, err = r.e.Graph(); err != nil {
			return err
		}
	}
	r.done = nil
	if !r.dir.Has(rundir.TestFile) || !r.dir.Has(rundir.FramesFile) {
		return nil
	}
	t := &rundir.TestResult{}
	if err := r.dir.ReadJSON(rundir.TestFile, t); err != nil {
		return err
	}
	file, err := os.Open(r.dir.Path(rundir.FramesFile))
	if err != nil {
		return err
	}
	defer file.Close()
	frames, err := analysis.ReadFrames(file)
	if err != nil {
		return &rundir.Damaged{Path: file.Name(), Err: rundir.PlainJSON(err)}
	}
	r.done = &results{t, frames}
	return nil
}

// Plot draws the figures and the page of a run again from its folder, without
// an engine and without images.
func Plot(dir rundir.Folder) error {
	e, info, lock, err := openAlone(dir, Look)
	if err != nil {
		return err
	}
	defer lock.Release()
	r := &run{e: e, dir: dir, info: info, Options: Options{Report: silent{}}}
	if err := r.load(); err != nil {
		return err
	}
	if err := r.beside(); err != nil {
		return err
	}
	for _, o := range r.others {
		a, err := o.anatomy()
		if err != nil {
			return err
		}
		if err := o.drawAnatomy(a); err != nil {
			return err
		}
	}
	a, err := r.anatomy()
	if err != nil {
		return err
	}
	return r.drawAnatomy(a)
}

// beside reads the controls that are finished, to be drawn with the run.
func (r *run) beside() error {
	for _, name := range r.info.Controls {
		e, info, err := Look(r.dir.Control(name))
		if err != nil {
			return err
		}
		o := &run{e: e, dir: r.dir.Control(name), info: info, label: name, Options: Options{Report: silent{}}}
		if err := o.load(); err != nil {
			return err
		}
		if o.done != nil {
			r.others = append(r.others, o)
		}
	}
	return nil
}
