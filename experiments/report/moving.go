package report

import (
	"path"
	"slices"
	"strings"

	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/plots/movie"
	"ventral/plots/page"
)

// onTop puts the anatomy beside what a trial is.
func onTop(r *Run, p *page.Page) {
	at := slices.IndexFunc(p.Figures, func(f page.Figure) bool { return f.Light.Name == "anatomy" })
	if at < 0 {
		return
	}
	n := 1
	if at+1 < len(p.Figures) && p.Figures[at+1].Light.Name == "protocol" {
		n = 2
	}
	p.Top = slices.Clone(p.Figures[at : at+n])
	p.Figures = slices.Delete(p.Figures, at, at+n)
}

// addMoving adds to the page of a tested run what its slider runs over: the movies of
// figures, and the images to choose from. Figures get links to the tables of their numbers.
func addMoving(r *Run, p *page.Page) error {
	for i := range p.Figures {
		link(r, &p.Figures[i])
	}
	if r.Anatomy == nil || r.Test == nil {
		return nil
	}
	p.Timeline = timelineOf(r.Anatomy)
	var err error
	if p.Images, err = chooser(r); err != nil {
		return err
	}
	movies, err := moviesOf(r, p.Images)
	if err != nil {
		return err
	}
	attach(p.Figures, movies)
	return nil
}

// timelineOf is what the slider runs over.
func timelineOf(a *recording.Anatomy) *page.Timeline {
	t := &page.Timeline{Steps: a.Steps, MSPerStep: a.MSPerStep, Screen: make([]string, a.Steps), Onset: a.ReadoutOnset()}
	for _, s := range a.Strip {
		for k := max(s.From, 0); k <= min(s.To, a.Steps-1); k++ {
			t.Screen[k] = s.Text
		}
	}
	return t
}

// attach gives figures the movies of their frames.
func attach(figures []page.Figure, movies []movie.Movie) {
	for i := range figures {
		f := &figures[i]
		for k := range movies {
			m := &movies[k]
			if f.Movie == nil && m.Analysis == f.Light.Analysis && slices.Contains(f.Light.Frames, m.Frame) {
				f.Movie = m
			}
		}
	}
}

// link adds the tables of the numbers of a figure to its files.
func link(r *Run, f *page.Figure) {
	for _, name := range f.Light.Frames {
		if name == "learning" && r.Dir.Has(rundir.MetricsTable) {
			f.Files = append(f.Files, page.Link{Text: "CSV", Path: rundir.MetricsTable})
		}
		for _, t := range r.tables {
			if t.path != "" && t.frame == name && t.analysis == f.Light.Analysis {
				base := strings.TrimSuffix(path.Base(t.path), ".csv")
				f.Files = append(f.Files, page.Link{Text: "CSV " + base, Path: t.path})
			}
		}
	}
}
