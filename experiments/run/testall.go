package run

import (
	"context"
	"errors"
	"maps"
	"slices"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// TestAll tests the trained cortex of a run in several conditions, one after the other,
// as [Test] does. Images that they share are opened once, and closed when no later one
// needs them. A condition that these weights were shown before, with these images, and
// that has all that is asked for, is left as it is; it is told to left, which may be nil.
// It returns the folders of the conditions that are there, of all of them where the error
// is nil.
func TestAll(ctx context.Context, dir rundir.Folder, list []Condition, o Options, left func(rundir.Folder)) (folders []rundir.Folder, err error) {
	trained, info, err := OpenTrained(dir)
	if err != nil {
		return nil, err
	}
	o.opened = &opened{map[string]stimuli.Data{}, map[string][]float64{}}
	defer func() { err = errors.Join(err, o.opened.keepOnly(nil)) }()
	sum, err := rundir.SumOfFile(dir, rundir.WeightsFile)
	if err != nil {
		sum = "" // Test says what is wrong
	}
	var todo []*spec.Experiment // of the conditions, nil where they are there already
	for _, c := range list {
		e, err := experimentOf(dir, trained, info, c)
		if err != nil {
			return nil, err
		}
		if sum != "" && shownAlready(dir, c, e, info, o, sum) {
			e = nil
		}
		todo = append(todo, e)
	}
	for i, c := range list {
		if todo[i] == nil {
			folders = append(folders, dir.Condition(c.Name))
			if left != nil {
				left(folders[i])
			}
			continue
		}
		there, err := Test(ctx, dir, c, o)
		if err != nil {
			return folders, err
		}
		folders = append(folders, there)
		if err := o.opened.keepOnly(neededLater(trained, todo[i+1:])); err != nil {
			return folders, err
		}
	}
	return folders, nil
}

// neededLater are the keys of the data sets of experiments of which some are nil, and of
// what their cortex was trained on; none where all are nil.
func neededLater(trained *spec.Experiment, list []*spec.Experiment) (keys []string) {
	for _, e := range list {
		if e != nil {
			keys = append(keys, dataKey(e), dataKey(trained))
		}
	}
	return keys
}

// shownAlready reports whether a finished test of a condition is there, of these weights
// and of the images that its experiment has now.
func shownAlready(dir rundir.Folder, c Condition, e *spec.Experiment, of *rundir.Info, o Options, weights string) bool {
	there := dir.Condition(c.Name)
	var info rundir.Info
	if c.Name == "" || there.ReadJSON(rundir.InfoFile, &info) != nil || info.State != rundir.Finished || info.Condition == nil {
		return false
	}
	if info.Condition.Weights != weights || !slices.Equal(info.Condition.Set, c.Set) || !slices.Equal(info.Condition.Lesions, c.Lesions) || c.Record && !there.Has("recordings") {
		return false
	}
	_, hashes, err := stimuli.Content(e.Stimuli.Settings, e.Env(of.Folder, o.Cache))
	if err != nil {
		return false
	}
	hashes = maps.Clone(hashes)
	maps.DeleteFunc(hashes, func(name, hash string) bool { return info.Data[name] == hash })
	return len(hashes) == 0
}
