package compare

import (
	"fmt"

	"ventral/cortex/dynamics"
	"ventral/cortex/recording"
	"ventral/experiments"
	"ventral/plots"
)

// joint are the frames of runs that are drawn together.
var joint = []string{"accuracy", "confidence", "learning"}

// frames are what figures are drawn from: those of every run, labelled with
// variant and run.
func (r *Report) frames() ([]dynamics.Frame, error) {
	var list []dynamics.Frame
	for _, g := range r.groups {
		for _, run := range g.Runs {
			_, frames, err := experiments.ReadDrawn(run.Folder)
			if err != nil {
				return nil, err
			}
			for _, f := range frames {
				if has(joint, f.Name) {
					list = append(list, f.With("run", fmt.Sprint(run.Seed)).With("variant", g.Name))
				}
			}
		}
	}
	return list, nil
}

// figures draws all figures.
func (r *Report) figures(frames []dynamics.Frame) ([]plots.PageFigure, error) {
	variants := map[string]*recording.Anatomy{}
	var first *recording.Anatomy
	for _, g := range r.groups {
		a, _, err := experiments.ReadDrawn(g.Runs[0].Folder)
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = a
		}
		variants[g.Name] = a
	}
	var list []plots.PageFigure
	add := func(draw func(s plots.Style) (*plots.Figure, error)) error {
		light, err := draw(plots.Light())
		if err != nil {
			return err
		}
		dark, err := draw(plots.Dark())
		list = append(list, plots.PageFigure{Light: light, Dark: dark})
		return err
	}
	for _, name := range []string{"accuracy"} {
		err := add(func(s plots.Style) (*plots.Figure, error) {
			return plots.Make(name, plots.Data{Anatomy: first, Variants: variants, Frames: frames, Style: s})
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}
