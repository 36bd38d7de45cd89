package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// opened are data sets that are used again by the next conditions of a run, and the mean
// colours of their training images, by dataKey.
type opened struct {
	data map[string]stimuli.Data
	mean map[string][]float64
}

// dataKey tells the images of an experiment from others.
func dataKey(e *spec.Experiment) string {
	return fmt.Sprintf("%s %+v %d", e.Stimuli.Kind, e.Stimuli.Settings, e.Env("", "").Seed)
}

// keepOnly closes and forgets those that are not among keys.
func (o *opened) keepOnly(keys []string) error {
	var errs []error
	for key, d := range o.data {
		if slices.Contains(keys, key) {
			continue
		}
		if c, ok := d.(io.Closer); ok {
			errs = append(errs, c.Close())
		}
		delete(o.data, key)
		delete(o.mean, key)
	}
	return errors.Join(errs...)
}

// openData opens the images of an experiment.
func openData(ctx context.Context, r *run, e *spec.Experiment) (stimuli.Data, error) {
	env, key := e.Env(r.Folder, r.Cache), dataKey(e)
	if r.opened != nil && r.opened.data[key] != nil {
		return r.opened.data[key], nil
	}
	env.Progress, env.Context = r.Report.Work, ctx
	env.Note = func(text string) { r.Report.Note("%s", text) }
	d, err := e.Stimuli.Settings.Open(env)
	if err == nil && r.opened != nil {
		r.opened.data[key] = d
	}
	return d, err
}

// sameData reports images, of these hashes, that are not those that the run began
// with, or not those that the experiment was read with.
func sameData(r *run, hashes map[string]string) error {
	if err := sameHashes(r.dir, r.info.Data, hashes, r.data); err != nil {
		return err
	}
	were, are := r.e.Stimuli.Described, r.data.Description()
	if r.e.Stimuli.Unlabelled { // it has the labels of the trained cortex
		were.Targets, are.Targets = stimuli.WithoutLabel(were.Targets), stimuli.WithoutLabel(are.Targets)
	}
	if d := are.Difference(were); d != "" {
		return fmt.Errorf("%s: the data changed since the experiment was read: %s", r.dir, d)
	}
	return nil
}

// sameHashes reports data that changed since the run in a folder began: a file that
// is missing, another one, or new. A run that knows no hashes yet
// knows no change.
func sameHashes(dir rundir.Folder, were, are map[string]string, data stimuli.Data) error {
	for _, name := range slices.Sorted(maps.Keys(were)) {
		switch was, is := were[name], are[name]; is {
		case was:
		case "":
			return fmt.Errorf("%s: the data changed since the run began: %s is missing", dir, name)
		default:
			if x, ok := data.(stimuli.Tracing); ok {
				if file := x.Differs(name, was); file != "" {
					return fmt.Errorf("%s: the data changed since the run began: %s", dir, file)
				}
			}
			return fmt.Errorf("%s: the data changed since the run began: %s has another SHA-256 (%s, was %s)", dir, name, is, was)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(are)) {
		if _, ok := were[name]; !ok && len(were) > 0 {
			return fmt.Errorf("%s: the data changed since the run began: %s is new", dir, name)
		}
	}
	return nil
}

// identities tell which images each split of a data set holds.
func identities(d stimuli.Data) (map[string]string, error) {
	ids := map[string]string{}
	for name, s := range spec.Splits {
		id, err := stimuli.Identity(d, s)
		if err != nil {
			return nil, err
		}
		if id != "" {
			ids[name] = id
		}
	}
	return ids, nil
}

// describe notes in run.json what is known of the images.
func describe(i *rundir.Info, d stimuli.Description) {
	i.Shape, i.Frames, i.Classes, i.True, i.Images = d.Shape, d.Frames, d.Label().Classes, d.Label().True, map[string]int{}
	for name, s := range spec.Splits {
		i.Images[name] = d.Images[s]
	}
	i.ImageBytes, i.Targets = d.Held, nil
	for _, t := range d.Targets {
		if t.Name != stimuli.Label {
			i.Targets = append(i.Targets, rundir.Target(t))
		}
	}
}

// Trained are the labels of the cortex that a condition was shown to, nil of a run that
// trained one.
func Trained(i *rundir.Info) *stimuli.Target {
	if i.Condition == nil {
		return nil
	}
	t := stimuli.Labels(i.Classes, i.True)
	return &t
}

// Described is the description of the images in a run's run.json, so that the images
// themselves are not needed; nil where it has none.
func Described(i *rundir.Info) *stimuli.Description {
	if i.Frames == 0 {
		return nil
	}
	d := &stimuli.Description{Shape: i.Shape, Frames: i.Frames, Targets: []stimuli.Target{stimuli.Labels(i.Classes, i.True)}, Held: i.ImageBytes}
	for _, t := range i.Targets {
		d.Targets = append(d.Targets, stimuli.Target(t))
	}
	for name, s := range spec.Splits {
		d.Images[s] = i.Images[name]
	}
	return d
}
