package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/spec/fitting"
	"ventral/experiments/stimuli"
	"ventral/nn"
)

// Condition is how a trained cortex is tested otherwise than it was trained: with
// other images, steps or windows, or with lesions.
type Condition struct {
	Name    string   // of its folder; "" is made of the rest
	Set     []string // "key=value", as in spec.Overrides
	Lesions []string // names of the experiment's, or as spec.Experiment.ParseLesion reads them
	Record  bool     // activity is recorded, too
}

// Test tests the trained cortex of the run in a folder in a condition: with other
// images, more steps, other windows of the input, lesions. It writes results to
// conditions/NAME in that folder and nothing else; conditions/NAME is read as the
// folder of a run. Weights and the statistics that training filled stay as they are;
// statistics that training never filled are estimated from the training images of the
// run, in the condition. It returns the condition's folder.
func Test(ctx context.Context, dir rundir.Folder, c Condition, o Options) (rundir.Folder, error) {
	o = o.Filled()
	e, info, err := OpenTrained(dir)
	if err != nil {
		return "", err
	}
	o.Folder = info.Folder
	v, sum, err := trainedWeights(dir, info)
	if err != nil {
		return "", err
	}
	r, err := newCondition(dir, e, info, c, o)
	if err != nil {
		return "", err
	}
	r.info.Condition.Weights, r.v, r.weights = sum, v, sum
	if err := os.MkdirAll(string(r.dir), 0o777); err != nil {
		return "", err
	}
	err = r.dir.Alone(func() error {
		err := show(ctx, r, origin{e, info}, c.Record)
		if err != nil {
			rundir.Clear(r.dir) // where nothing but the experiment is written
		}
		return err
	})
	if err != nil && !r.dir.IsRun() {
		os.Remove(r.dir.Path(rundir.LockFile))
		os.Remove(string(r.dir)) // which stays where it holds more
	}
	return r.dir, err
}

// CheckCondition returns the first fault of a condition of the run in a folder.
func CheckCondition(dir rundir.Folder, c Condition, o Options) error {
	trained, info, err := OpenTrained(dir)
	if err == nil {
		_, err = newCondition(dir, trained, info, c, o.Filled())
	}
	return err
}

// OpenTrained is Open of a run that trained a cortex. The folder of a condition,
// which has no weights of its own, is an error.
func OpenTrained(dir rundir.Folder) (*spec.Experiment, *rundir.Info, error) {
	e, info, err := Open(dir)
	if err == nil && info.Condition != nil {
		err = fmt.Errorf("%s: is a condition of %s and has no weights of its own; give the run, with all that differs from it, as in %s", dir, rundir.OfCondition(dir), rundir.Again(dir))
	}
	return e, info, err
}

// trainedWeights reads the weights of a finished run, and their SHA-256.
func trainedWeights(dir rundir.Folder, info *rundir.Info) (*nn.Variables, string, error) {
	if !dir.Has(rundir.WeightsFile) {
		return nil, "", &rundir.Damaged{Path: dir.Path(rundir.WeightsFile), Err: rundir.NoWeights(dir, info)}
	}
	if err := rundir.Sound(dir, info, rundir.WeightsFile); err != nil {
		return nil, "", err
	}
	sum, err := rundir.SumOfFile(dir, rundir.WeightsFile)
	if err != nil {
		return nil, "", err
	}
	v, meta, err := rundir.ReadWeights(dir, rundir.WeightsFile)
	if err == nil && meta["experiment"] != info.Experiment {
		err = &rundir.Damaged{Path: dir.Path(rundir.WeightsFile), Err: errors.New(rundir.OfAnother)}
	}
	return v, sum, err
}

// newCondition makes the run of a condition: its experiment, its graph and its
// provenance. A condition of another definition is not overwritten.
func newCondition(dir rundir.Folder, trained *spec.Experiment, info *rundir.Info, c Condition, o Options) (*run, error) {
	if len(c.Set) == 0 && len(c.Lesions) == 0 && c.Name == "" {
		return nil, errors.New("nothing differs from the run itself; want --set key=value or --lesion, such as --lesion \"role:feedback gain=0\"")
	}
	e, err := experimentOf(dir, trained, info, c)
	if err != nil {
		return nil, err
	}
	g, err := trained.Graph()
	if err != nil {
		return nil, err
	}
	shown, err := e.Graph()
	if err != nil {
		return nil, err
	}
	if shown.Image != g.Image || shown.Classes != g.Classes {
		return nil, e.Fault([]string{"stimuli"}, "found images of %v (height, width, channels) and %d classes, but the cortex was trained on %v and %d classes"+recordThem(shown.Image == g.Image), shown.Image, shown.Classes, g.Image, g.Classes)
	}
	if is, was := e.Stimuli.Described.Label().Classes, info.Classes; !slices.Equal(is, was) {
		k := 0
		for is[k] == was[k] {
			k++
		}
		return nil, e.Fault([]string{"stimuli"}, "found %q as class %d, but the cortex was trained with %q; want the same classes in the same order"+recordThem(true), is[k], k, was[k])
	}
	shown, again, err := spec.Lesioned(e, cortex.TrainedAs(shown, g), c.Lesions)
	if err != nil {
		return nil, err
	}
	if e.Stimuli.Unlabelled && !c.Record {
		return nil, e.Fault([]string{"stimuli"}, "found images without labels, which no test can judge; cortex record records what the cortex does with them")
	}
	name := c.Name
	if name == "" {
		name = ConditionName(c)
	}
	if !decode.FileName(name) {
		return nil, fmt.Errorf("--name: found %q, want a name that a file can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > |", name)
	}
	r := &run{network: network{Options: o, e: e, dir: dir.Condition(name), condition: name, g: shown, again: again, norm: stimuli.Normaliser(info.Normaliser)}}
	r.text = e.TOML()
	r.info = newInfo(e, r.text, o, o.Now())
	r.info.Controls, r.info.LeaveTest, r.info.Normaliser, r.info.Seed = nil, info.LeaveTest, info.Normaliser, info.Seed
	r.info.Parameters, r.info.Epochs, r.info.EpochsDone, r.info.Seconds = info.Parameters, info.Epochs, info.EpochsDone, info.Seconds
	r.info.Diverged, r.info.Notes, r.info.Variant = info.Diverged, info.Notes, info.Variant
	r.info.Condition = &rundir.Condition{Name: name, Set: append([]string{}, c.Set...), Lesions: append([]string{}, c.Lesions...)}
	var old rundir.Info
	if r.dir.Has(rundir.InfoFile) {
		if err := r.dir.ReadJSON(rundir.InfoFile, &old); err != nil {
			return nil, err
		}
		was, is := old.Condition, r.info.Condition
		if was == nil || !slices.Equal(shownBy(was), shownBy(is)) || !slices.Equal(was.Lesions, is.Lesions) {
			return nil, fmt.Errorf("%s: holds another condition of this name, with %s; cortex rm %s removes it, or give this one another name: that of its table, or --name", r.dir, told(was), r.dir)
		}
		if r.dir.Has("recordings") && !slices.Equal(was.Set, is.Set) {
			return nil, fmt.Errorf("%s: was recorded with other images or signals; cortex rm %s removes it, or give this one another name: that of its table, or --name", r.dir, r.dir)
		}
	}
	return r, nil
}

// told says what a condition changes.
func told(c *rundir.Condition) string {
	if c == nil {
		return "nothing that differs"
	}
	var parts []string
	for _, s := range c.Set {
		parts = append(parts, "--set "+s)
	}
	for _, l := range c.Lesions {
		parts = append(parts, "--lesion "+l)
	}
	return strings.Join(parts, " ")
}

// recordThem says what can be done with images of other classes.
func recordThem(can bool) string {
	if can {
		return "; cortex record takes images of other classes, and does not judge them"
	}
	return ""
}

// shownBy are the settings of a condition without those of [record], which change no
// answer.
func shownBy(c *rundir.Condition) []string {
	return slices.DeleteFunc(slices.Clone(c.Set), func(s string) bool { return strings.HasPrefix(s, "record.") })
}

// experimentOf reads the experiment of a condition. Settings that weights depend on
// cannot change.
func experimentOf(dir rundir.Folder, trained *spec.Experiment, info *rundir.Info, c Condition) (*spec.Experiment, error) {
	text, err := dir.ReadText(rundir.ExperimentFile)
	if err != nil {
		return nil, err
	}
	o := spec.Overrides{Set: c.Set, Auto: info.Precision, Folder: info.Folder, Images: Described(info), Unjudged: c.Record}
	if o.Images != nil {
		label := o.Images.Label()
		o.Labels = &label
	}
	e, err := spec.Read(dir.Path(rundir.ExperimentFile), text, o)
	if err != nil {
		return nil, OfRun(err)
	}
	e.Variant = info.Variant
	for _, d := range spec.Differences(trained, e) {
		if !fitting.Changeable(d.Key) {
			return nil, fmt.Errorf("%s: %s %s", dir, d.Key, fitting.Fixed)
		}
	}
	return e, nil
}

// ConditionName makes a name of what a condition changes: "IT-V4@4..-gain=0".
func ConditionName(c Condition) string {
	var parts []string
	for _, text := range append(slices.Clone(c.Lesions), c.Set...) {
		parts = append(parts, decode.FileWord(text, "'[]{},"))
	}
	name := strings.ReplaceAll(strings.Join(parts, "+"), "--", "-")
	if len(name) > 100 {
		name = strings.ToValidUTF8(name[:100], "")
	}
	return strings.Trim(name, ".-")
}

// show tests, and records if that is asked for, the network of a condition, and
// writes everything into its folder, which is that of a run once run.json is there.
func show(ctx context.Context, r *run, of origin, record bool) (err error) {
	if r.norms, err = cortex.TrainedNorms(r.g); err != nil {
		return err
	}
	if err := r.e.Wrap(nil, cortex.CheckTested(r.g, r.norms)); err != nil {
		return err
	}
	if err := openShown(ctx, r, of); err != nil {
		return err
	}
	if r.info.MultiplyAdds, err = cortex.MultiplyAdds(r.g, r.g.TestSteps()); err != nil {
		return err
	}
	r.info.Chance = rundir.Number(chance(r.e, r.g))
	defer r.closeAnswering()
	var old rundir.Info
	if r.dir.Has(rundir.InfoFile) {
		if err := r.dir.ReadJSON(rundir.InfoFile, &old); err != nil {
			return err
		}
	}
	// Until run.json is there again, what an earlier test left counts for nothing.
	if err := os.Remove(r.dir.Path(rundir.InfoFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := removeOtherActivity(r, &old); err != nil {
		return err
	}
	if err := r.dir.WriteText(rundir.ExperimentFile, r.text); err != nil {
		return err
	}
	if err := test(ctx, r, record); err != nil {
		return err
	}
	if err := measureControls(ctx, r, of); err != nil {
		return err
	}
	if record {
		if err := measureAsked(ctx, r, of); err != nil {
			return err
		}
	}
	if err := saveAnatomy(r); err != nil {
		return err
	}
	if _, err := settle(r); err != nil {
		return err
	}
	r.info.State = rundir.Finished
	return r.saveInfo()
}

// origin is the run whose cortex a condition shows.
type origin struct {
	e    *spec.Experiment
	info *rundir.Info
}

// openShown opens the images of a condition, and those that its cortex was trained on.
func openShown(ctx context.Context, r *run, of origin) (err error) {
	if err := r.open(ctx); err != nil {
		return err
	}
	trainedOn := r.data
	r.trainedOn = dataKey(of.e)
	if slices.ContainsFunc(spec.Differences(of.e, r.e), func(d decode.Difference) bool { return strings.HasPrefix(d.Key, "stimuli.") }) {
		r.Report.Stage("preparing the training images of the run")
		trainedOn, err = openData(ctx, r, of.e)
		if err != nil && sameHashes(r.dir, of.info.Data, r.data.Hashes(), r.data) == nil {
			trainedOn, err = r.data, nil // the images of the run, which were moved
		}
		if err != nil {
			return fmt.Errorf("the training images of the run, from which statistics are estimated: %w; put them back, or give the folder that has all of them now by --set stimuli.path", err)
		}
		r.training = trainedOn
	}
	return sameHashes(r.dir, of.info.Data, trainedOn.Hashes(), trainedOn)
}

// removeOtherActivity removes recordings, what probes measured, and analyses, unless a finished test of this
// condition with these weights left them. It keeps the SHA-256 of those that stay.
func removeOtherActivity(r *run, old *rundir.Info) error {
	if old.State == rundir.Finished && old.Condition != nil && old.Condition.Weights == r.info.Condition.Weights {
		r.info.Results = maps.Clone(old.Results) // newCondition has compared the rest
		maps.DeleteFunc(r.info.Results, func(name, _ string) bool {
			return !strings.HasPrefix(name, "recordings/") && !strings.HasPrefix(name, "probes/")
		})
		return nil
	}
	return errors.Join(os.RemoveAll(r.dir.Path("recordings")), os.RemoveAll(r.dir.Path("probes")), os.RemoveAll(r.dir.Path("analyses")))
}
