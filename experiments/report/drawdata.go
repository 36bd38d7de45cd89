package report

import (
	"slices"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/rundir"
	"ventral/plots"
)

// joint are the frames that are drawn beside those of controls.
var joint = map[string]bool{"learning": true, "accuracy": true, "confidence": true, "exact set": true, "entropy": true}

// dataOf is what figures of a run are drawn from, beside its controls.
func dataOf(r *Run, controls []*Run) (plots.Data, error) {
	a := r.Anatomy
	if s := sharesOf(r); s != nil {
		a = weighted(a, s.mean())
	}
	d := plots.Data{Anatomy: a, Frames: r.AllFrames(), Conditions: r.Info.Condition != nil}
	if len(controls) > 0 {
		var frames []analysis.Frame
		for _, f := range d.Frames {
			if joint[f.Name] {
				f = f.With("variant", r.label)
			}
			frames = append(frames, f)
		}
		d.Variants = map[string]*recording.Anatomy{r.label: r.Anatomy}
		for _, c := range controls {
			d.Variants[c.label] = c.Anatomy
			for _, f := range c.AllFrames() {
				own := r.Info.Condition == nil || slices.ContainsFunc(r.Frames, func(x analysis.Frame) bool { return x.Name == f.Name })
				if joint[f.Name] && own && !(f.Name == "learning" && r.Info.Condition != nil) {
					frames = append(frames, f.With("variant", c.label))
				}
			}
		}
		d.Frames = frames
	}
	if err := addConditions(r, &d); err != nil {
		return d, err
	}
	return d, nil
}

// Data is what figures of a run are drawn from, as its page shows it, beside its controls.
// Of several runs the frames have an axis "variant" with their names.
func Data(dirs []rundir.Folder, names []string) (plots.Data, error) {
	if len(dirs) == 1 {
		r, err := ReadTested(dirs[0])
		if err != nil {
			return plots.Data{}, err
		}
		controls, err := beside(r)
		if err != nil {
			return plots.Data{}, err
		}
		return dataOf(r, controls)
	}
	d := plots.Data{Variants: map[string]*recording.Anatomy{}}
	for i, dir := range dirs {
		r, err := ReadTested(dir)
		if err != nil {
			return d, err
		}
		if d.Variants[names[i]] = r.Anatomy; i == 0 {
			d.Anatomy = r.Anatomy
		}
		for _, f := range r.AllFrames() {
			d.Frames = append(d.Frames, f.With("variant", names[i]))
		}
	}
	return d, nil
}

// addConditions adds the anatomies of conditions that frames are of.
func addConditions(r *Run, d *plots.Data) error {
	for _, f := range d.Frames {
		name := f.Label("condition")
		if name == "" || d.Variants[name] != nil {
			continue
		}
		from := r.Dir
		if name != AsTrained {
			from = r.Dir.Condition(name)
		}
		a, err := readAnatomy(from)
		if err != nil {
			return err
		}
		if a == nil {
			continue // the condition is gone; its numbers are not
		}
		if d.Variants == nil {
			d.Variants = map[string]*recording.Anatomy{}
		}
		d.Variants[name] = a
	}
	return nil
}
