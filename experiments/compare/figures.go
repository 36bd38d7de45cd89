package compare

import (
	"slices"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/report"
	"ventral/plots"
	"ventral/plots/canvas"
	"ventral/plots/page"
	"ventral/plots/wiring"
)

// newFigures draws all figures, in the order of the page.
func newFigures(groups []*Group, frames []analysis.Frame) ([]page.Figure, error) {
	variants := map[string]*recording.Anatomy{}
	var anatomies []*recording.Anatomy
	for _, g := range groups {
		r, err := report.ReadTested(g.Runs[0].Folder)
		if err != nil {
			return nil, err
		}
		a := r.Anatomy
		a.Name = g.Name
		anatomies = append(anatomies, a)
		variants[g.Name] = a
	}
	ms := anatomies[0].MSPerStep // 0 where variants differ
	for _, a := range anatomies {
		if a.MSPerStep != ms {
			ms = 0
		}
	}
	of := func(name string) (list []analysis.Frame) {
		for _, f := range frames {
			if f.Name == name {
				list = append(list, f)
			}
		}
		return list
	}
	draw := []func(s canvas.Style) (*canvas.Figure, error){
		func(s canvas.Style) (*canvas.Figure, error) {
			return plots.Comparison(of("comparison")[0], of("runs")[0], s)
		},
		func(s canvas.Style) (*canvas.Figure, error) {
			return plots.Make("accuracy", plots.Data{Anatomy: anatomies[0], Variants: variants, Frames: append(of("accuracy"), of("confidence")...), Style: s})
		},
		func(s canvas.Style) (*canvas.Figure, error) { return plots.Speed(of("speed"), ms, s) },
		func(s canvas.Style) (*canvas.Figure, error) { return wiring.Matrices(anatomies, s) },
	}
	if d := of("difference"); len(d) > 0 {
		draw = append(draw[:2:2], append([]func(s canvas.Style) (*canvas.Figure, error){func(s canvas.Style) (*canvas.Figure, error) {
			return plots.Differences(d, places(d, groups), len(groups), ms, s)
		}}, draw[2:]...)...)
	}
	var list []page.Figure
	for _, f := range draw {
		light, err := f(canvas.Light())
		if err != nil {
			return nil, err
		}
		dark, err := f(canvas.Dark())
		if err != nil {
			return nil, err
		}
		list = append(list, page.Figure{Light: light, Dark: dark})
	}
	more, err := analysisFigures(anatomies[0], variants, frames)
	return append(list, more...), err
}

// analysisFigures draws what analyses give of the variants.
func analysisFigures(first *recording.Anatomy, variants map[string]*recording.Anatomy, frames []analysis.Frame) (list []page.Figure, err error) {
	d := plots.Data{Anatomy: first, Variants: variants}
	for _, f := range frames {
		own := f.Label("variant") != "" && f.Label("run") != "" && !(slices.Contains(joint, f.Name) && f.Analysis == "")
		if own && len(f.Axes) > 3 {
			d.Frames = append(d.Frames, f)
		}
	}
	all, err := plots.PageFigures(d)
	for _, f := range all {
		if f.Light.Name != "anatomy" && f.Light.Name != "matrix" {
			list = append(list, f)
		}
	}
	return list, err
}

// places are the variants that differences are of, by their places among all.
func places(differences []analysis.Frame, groups []*Group) (of []int) {
	for _, f := range differences {
		of = append(of, slices.IndexFunc(groups, func(g *Group) bool { return f.Title == differenceTitle(g.Name, groups[0].Name) }))
	}
	return of
}
