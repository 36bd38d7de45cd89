package report

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"ventral/experiments/rundir"
	"ventral/plots"
	"ventral/plots/canvas"
	"ventral/plots/page"
	"ventral/plots/screen"
)

// Draw draws the figures and the page of the run in a folder, beside its controls
// where these are tested, after those of these controls. No other process may work
// in the folder. Before the anatomy is written there is nothing to draw.
func Draw(dir rundir.Folder) error {
	return dir.Alone(func() error {
		r, err := Read(dir)
		if err != nil {
			return err
		}
		controls, err := beside(r)
		if err != nil {
			return err
		}
		for _, c := range controls {
			if r.Info.Condition != nil {
				break // the run that it is of stays as it is
			}
			if err := drawFolder(c.Dir, nil, nil); err != nil {
				return err
			}
		}
		return drawFolder(dir, nil, nil)
	})
}

// drawFolder draws the run in a folder beside its controls, as draw does.
func drawFolder(dir rundir.Folder, sums map[string][32]byte, figure func(path string)) error {
	return dir.Alone(func() error {
		r, err := Read(dir)
		if err != nil {
			return err
		}
		controls, err := beside(r)
		if err != nil {
			return err
		}
		return draw(r, controls, sums, figure)
	})
}

// Drawn reports whether the page of a run is younger than its run.json and its
// analyses. Drawing ends with the page.
func Drawn(dir rundir.Folder) bool {
	page, err := os.Stat(dir.Path(rundir.PageFile))
	return err == nil && !changedAfter(dir, page.ModTime())
}

// changedAfter reports whether run.json or an analysis of a run was written after a
// moment.
func changedAfter(dir rundir.Folder, moment time.Time) bool {
	from := []string{rundir.InfoFile}
	folders, _ := rundir.Files(dir, "analyses")
	for _, f := range folders {
		from = append(from, f+"/"+madeFile)
	}
	return slices.ContainsFunc(from, func(name string) bool {
		i, err := os.Stat(dir.Path(name))
		return err == nil && i.ModTime().After(moment)
	})
}

// Complete reports whether the page and every figure of a run are there and are
// younger than its results and those of its controls.
func Complete(dir rundir.Folder) (bool, error) {
	r, err := Read(dir)
	if err != nil {
		return false, err
	}
	controls, err := beside(r)
	if err != nil {
		return false, err
	}
	shown := []*Run{r}
	if r.Info.Condition == nil {
		shown = append(shown, controls...)
	}
	for i, x := range shown {
		with := controls
		if i > 0 {
			with = nil
		}
		f, err := figures(x, with)
		if err != nil {
			return false, err
		}
		if !hasFigures(x, f) || !drawnLast(x, with) {
			return false, nil
		}
	}
	return true, nil
}

// draw draws figures of a run, beside its controls, and writes the page. Files of
// a figure that sums knows as unchanged stay; figure is told of pictures that were not
// there before. Both may be nil.
func draw(r *Run, controls []*Run, sums map[string][32]byte, figure func(path string)) error {
	list, err := figures(r, controls)
	if err != nil {
		return err
	}
	// Pictures at print resolution are most of what a small run allocates.
	defer debug.FreeOSMemory()
	for i := range list {
		f := list[i].Light
		var svg bytes.Buffer
		if err := canvas.Save(&svg, "svg", f, 0, 0); err != nil {
			return err
		}
		same := unchanged(sums, r.Dir, f.Name, svg.Bytes())
		for _, format := range canvas.Formats {
			name := figureFile(f.Name, format)
			first := !r.Dir.Has(name)
			if first || !same {
				err := r.Dir.Write(name, func(w io.Writer) error {
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
			list[i].Files = append(list[i].Files, page.Link{Text: strings.ToUpper(format), Path: name})
			if first && format == "png" && figure != nil {
				figure(r.Dir.Path(name))
			}
		}
	}
	return writePage(r, controls, list)
}

// figures are those of a run by now, beside its controls.
func figures(r *Run, controls []*Run) ([]page.Figure, error) {
	if r.Anatomy == nil {
		return nil, nil
	}
	d, err := dataOf(r, controls)
	if err != nil {
		return nil, err
	}
	list, err := plots.PageFigures(d)
	if at := slices.IndexFunc(list, func(f page.Figure) bool { return f.Light.Name == "anatomy" }); at >= 0 {
		trial := page.Figure{Light: screen.Protocol(r.Anatomy, canvas.Light(), 0), Dark: screen.Protocol(r.Anatomy, canvas.Dark(), 0)}
		addShares(r, sharesOf(r), &list[at])
		list = slices.Insert(list, at+1, trial)
	}
	return list, err
}

// hasFigures reports whether the page is there, and every file of these figures.
func hasFigures(r *Run, list []page.Figure) bool {
	for _, f := range list {
		for _, format := range canvas.Formats {
			if !r.Dir.Has(figureFile(f.Light.Name, format)) {
				return false
			}
		}
	}
	return r.Dir.Has(rundir.PageFile)
}

// drawnLast reports whether the page is younger than what is drawn beside the run.
func drawnLast(r *Run, controls []*Run) bool {
	page, err := os.Stat(r.Dir.Path(rundir.PageFile))
	return err == nil && !slices.ContainsFunc(append([]*Run{r}, controls...), func(x *Run) bool { return changedAfter(x.Dir, page.ModTime()) })
}

// figureFile is the file of a figure.
func figureFile(name, format string) string { return fmt.Sprintf("figures/%s.%s", name, format) }

// unchanged reports whether a figure is the one that was drawn before, and notes
// it: an epoch adds to the learning curves, and leaves most others as they are.
func unchanged(sums map[string][32]byte, dir rundir.Folder, name string, svg []byte) bool {
	if sums == nil {
		return false
	}
	key, sum := dir.Path(name), sha256.Sum256(svg)
	same := sums[key] == sum
	sums[key] = sum
	return same
}
