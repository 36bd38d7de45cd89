package compare

import (
	"fmt"
	"io"
	"path/filepath"

	"ventral/cortex/analysis"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/plots/canvas"
	"ventral/plots/page"
)

// Write writes what the comparison showed into its folder: comparison.json,
// tables as CSV, frames.json, figures, and index.html.
func (r *Report) Write(dir rundir.Folder) error {
	for i, g := range r.groups {
		for k, run := range g.Runs {
			r.Variants[i].Folders[k] = relative(dir, run.Folder)
		}
	}
	var err error
	if r.analysed, err = analysesOf(r.groups); err != nil {
		return err
	}
	r.Analyses = compareAnalyses(r.groups, r.analysed)
	if err := dir.WriteJSON(reportFile, r); err != nil {
		return err
	}
	for name, rows := range csvTables(r) {
		if err := rundir.WriteCSV(dir, name, rows); err != nil {
			return err
		}
	}
	frames, err := newFrames(r)
	if err != nil {
		return err
	}
	if err := dir.Write("frames.json", func(w io.Writer) error { return analysis.WriteFrames(w, frames) }); err != nil {
		return err
	}
	figures, err := newFigures(r.groups, frames)
	if err != nil {
		return err
	}
	for i := range figures {
		f := figures[i].Light
		for _, format := range canvas.Formats {
			name := fmt.Sprintf("figures/%s.%s", f.Name, format)
			if err := dir.Write(name, func(w io.Writer) error { return canvas.Save(w, format, f, 0, 0) }); err != nil {
				return err
			}
			figures[i].Files = append(figures[i].Files, page.Link{Text: format, Path: name})
		}
	}
	p, err := newPage(r, dir, figures)
	if err != nil {
		return err
	}
	return dir.Write("index.html", func(w io.Writer) error { return page.Write(w, p) })
}

// Replot makes the tests, tables, figures and page of a comparison again from its
// runs, without an engine.
func Replot(dir rundir.Folder) error {
	return dir.Alone(func() error { return replot(dir) })
}

// replot is Replot in a folder that the caller holds.
func replot(dir rundir.Folder) error {
	old := &Report{}
	if err := dir.ReadJSON(reportFile, old); err != nil {
		return err
	}
	if err := rundir.CheckFormat(old.Format); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(string(dir), reportFile), err)
	}
	var groups []*Group
	for i := range old.Variants {
		s := &old.Variants[i]
		if len(s.Folders) == 0 {
			return &rundir.Damaged{Path: filepath.Join(string(dir), reportFile), Err: fmt.Errorf("variants: found no runs of %q", s.Name)}
		}
		g := &Group{Variant: &s.Variant}
		for _, path := range s.Folders {
			run := rundir.Folder(filepath.Join(string(dir), filepath.FromSlash(path)))
			if !run.IsRun() {
				run = rundir.Folder(path)
			}
			r, err := readRun(run)
			if err != nil {
				return err
			}
			g.Runs = append(g.Runs, r)
		}
		var err error
		if g.e, err = spec.Read(s.Name, s.Text, spec.Overrides{Folder: s.Folder, Images: g.Runs[0].images}); err != nil {
			return err
		}
		groups = append(groups, g)
	}
	r, err := NewReport(old.Name, old.Primary, groups, old.LeftOut)
	if err != nil {
		return err
	}
	r.Provenance, r.Looks = old.Provenance, append(r.Looks, old.Looks...)
	return r.Write(dir)
}

// relative is a run's folder as seen from the comparison's, with slashes; as it is
// where there is no way between them.
func relative(dir, run rundir.Folder) string {
	from, err := filepath.Abs(string(dir))
	if err != nil {
		return string(run)
	}
	to, err := filepath.Abs(string(run))
	if err != nil {
		return string(run)
	}
	path, err := filepath.Rel(from, to)
	if err != nil {
		return to
	}
	return filepath.ToSlash(path)
}
